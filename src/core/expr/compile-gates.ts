import type { Expr } from "./ast.ts";
import type { Evaluate } from "./closure.ts";
import { makeFunction, mayGenerateCode } from "./code-permission.ts";
import { coldEvaluationCount, evaluateShared, isWorthCode, startGeneration } from "./generate-evaluate.ts";
import { emit } from "./generate-node.ts";
import { emitFallible, fieldReads, type Generation } from "./generation.ts";
import type { Scope } from "./scope.ts";
import type { SharedValues } from "./shared-values.ts";

/**
 * What must hold for something to happen: of its parts none may be false. A part in error is not false: what stands behind
 * the gate then finds the error, and counts it.
 */
export interface Gate {
  readonly ordinal: number;
  readonly parts: readonly Expr[];
}

/**
 * Tries the gates of one leaf at the event in the scope. Writes the ordinals of those that may hold into `hits`, from
 * `count` on, and gives the new count.
 */
export type TryGates = (scope: Scope, leaf: number, hits: Int32Array, count: number) => number;

/** The gates of several leaves: closures at first, made when one of them is first tried, and one function where they are tried often. */
export function compileGates(leaves: readonly (readonly Gate[])[], shared: SharedValues): TryGates {
  let current: TryGates = (scope, leaf, hits, count) => {
    const closures = gatesOfClosures(leaves, shared);
    let left = coldEvaluationCount;
    const counted: TryGates = (...inner) => {
      left -= 1;
      if (left === 0) current = generateGates(leaves, shared);
      return closures(...inner);
    };
    current = mayGenerateCode ? counted : closures;
    return closures(scope, leaf, hits, count);
  };
  return (scope, leaf, hits, count) => current(scope, leaf, hits, count);
}

export function gatesOfClosures(leaves: readonly (readonly Gate[])[], shared: SharedValues): TryGates {
  const compiled = leaves.map((gates) =>
    gates.map(({ ordinal, parts }) => ({ ordinal, parts: parts.map((part) => evaluateShared(part, shared)) })),
  );
  return (scope, leaf, hits, count) => {
    let next = count;
    for (const { ordinal, parts } of compiled[leaf] ?? []) {
      if (!mayHold(parts, scope)) continue;
      hits[next] = ordinal;
      next += 1;
    }
    return next;
  };
}

function mayHold(parts: readonly Evaluate[], scope: Scope): boolean {
  for (const part of parts) if (part(scope) === false) return false;
  return true;
}

export function generateGates(leaves: readonly (readonly Gate[])[], shared: SharedValues): TryGates {
  const generation = startGeneration(shared);
  const { writer } = generation;
  for (const [leaf, gates] of leaves.entries()) {
    const own: Generation = { ...generation, fields: new Map() };
    const text = writer.apart(() => {
      for (const gate of gates) writeGate(own, gate);
    });
    writer.line(`case ${leaf}:{${fieldReads(own)}${text}\nreturn n;}`);
  }
  const source = `return function(scope,leaf,hits,n){switch(leaf){${writer.text}}return n;}`;
  return makeFunction<TryGates>(source, writer.constants);
}

function writeGate(generation: Generation, { ordinal, parts }: Gate): void {
  const { writer, closureOf } = generation;
  const gate = writer.fresh();
  writer.line(`${gate}:{`);
  for (const part of parts) {
    const label = writer.fresh();
    const fail = () => `break ${label};`;
    writer.line(`${label}:{`);
    const value = isWorthCode(part)
      ? emit(generation, part, fail)
      : emitFallible(generation, `${writer.constant(closureOf(part))}(scope)`, fail);
    writer.line(`if(${value.isBoolean ? `!${value.text}` : `${value.text}===false`})break ${gate};}`);
  }
  writer.line(`hits[n++]=${ordinal};}`);
}
