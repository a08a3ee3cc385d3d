import type { Expr } from "../ast.ts";
import type { Evaluate } from "../closure/closure.ts";
import { makeFunction, mayGenerateCode } from "../../base/code-permission.ts";
import { evaluateShared, isWorthCode, startGeneration } from "./generate-evaluate.ts";
import { emit } from "./generate-node.ts";
import { emitFallible, readOfField, type Generation } from "./generation.ts";
import type { Scope } from "../scope.ts";
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

/** Tries by closures before gates are thought worth their code: they are tried for every event of their types. */
const coldTryCount = 50;

/** The gates of some leaves, compiled together. */
export interface GateChunk {
  tryGates: TryGates;
}

/**
 * The gates of several leaves: closures at first, made when one of them is first tried, and one function where they are
 * tried often.
 */
export function compileGates(leaves: readonly (readonly Gate[])[], shared: SharedValues): GateChunk {
  const chunk: GateChunk = {
    tryGates: (scope, leaf, hits, count) => {
      const closures = gatesOfClosures(leaves, shared);
      let left = coldTryCount;
      const counted: TryGates = (inner, at, found, next) => {
        left -= 1;
        if (left === 0) chunk.tryGates = generateGates(leaves, shared);
        return closures(inner, at, found, next);
      };
      chunk.tryGates = mayGenerateCode ? counted : closures;
      return closures(scope, leaf, hits, count);
    },
  };
  return chunk;
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
  for (const [leaf, gates] of leaves.entries()) writer.line(`case ${leaf}:{${textOfLeaf(generation, gates)}return n;}`);
  const source = `return function(scope,leaf,hits,n){const fields=scope.event.fields;switch(leaf){${writer.text}}return n;}`;
  return makeFunction<TryGates>(source, writer.constants);
}

/** A part of a gate as text, with the fields that it reads. */
interface WrittenPart {
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** A field that several gates read is read before all of them, one that a single gate reads where that first asks for it. */
function textOfLeaf(generation: Generation, gates: readonly Gate[]): string {
  const leaf: Generation = { ...generation, variables: new Map() };
  const written = gates.map(({ parts }) => {
    const label = generation.writer.fresh();
    return { label, parts: parts.map((part) => writePart(leaf, part, label)) };
  });
  const readerCounts = new Map<string, number>();
  for (const { parts } of written) {
    for (const name of new Set(parts.flatMap(({ fields }) => [...fields.keys()])))
      readerCounts.set(name, (readerCounts.get(name) ?? 0) + 1);
  }
  const isCommon = (name: string) => (readerCounts.get(name) ?? 0) > 1;
  const common = [...leaf.variables].filter(([name]) => isCommon(name));
  const reads = common.map(([name, variable]) => `const ${readOfField(leaf, name, variable)}`).join("");
  const texts = written.map(({ label, parts }, index) => {
    const known = new Set<string>();
    const lines = parts.map(({ text, fields }) => {
      const own = [...fields].filter(([name]) => !isCommon(name) && !known.has(name));
      for (const [name] of own) known.add(name);
      return `${own.map(([name, variable]) => readOfField(leaf, name, variable)).join("")}${text}`;
    });
    const declared = [...known].map((name) => leaf.variables.get(name)).join(",");
    const ordinal = gates[index]?.ordinal ?? 0;
    return `${label}:{${declared === "" ? "" : `let ${declared};`}${lines.join("\n")}hits[n++]=${ordinal};}`;
  });
  return `${reads}${texts.join("\n")}`;
}

/** Leaves the gate where the part is false. */
function writePart(generation: Generation, part: Expr, gate: string): WrittenPart {
  const { writer, closureOf } = generation;
  const own: Generation = { ...generation, fields: new Map() };
  const label = writer.fresh();
  const text = writer.apart(() => {
    writer.line(`${label}:{`);
    const value = isWorthCode(part)
      ? emit(own, part, () => `break ${label};`)
      : emitFallible(own, `${writer.constant(closureOf(part))}(scope)`, () => `break ${label};`);
    writer.line(`if(${value.isBoolean ? `!${value.text}` : `${value.text}===false`})break ${gate};}`);
  });
  return { text, fields: own.fields };
}
