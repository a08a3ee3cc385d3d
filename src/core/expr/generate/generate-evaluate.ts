import { measureExpr, type Expr } from "../ast.ts";
import type { Evaluate } from "../closure/closure.ts";
import { makeFunction, mayGenerateCode } from "../../base/code-permission.ts";
import { CodeWriter } from "./code-writer.ts";
import { compileNode, startAssembly } from "../closure/compile-closures.ts";
import { emitNode } from "./generate-node.ts";
import { readOfField, type Generation } from "./generation.ts";
import type { SharedValues } from "./shared-values.ts";

/** Above so much an expression stays closures: named conditions that are used twice, again and again, would double its text. */
const nodeCountMax = 2_000;
const heightMax = 100;

/** Evaluations by closures before a program is thought worth its code. */
const coldEvaluationCount = 500;

/**
 * A program for an expression: closures at first, made when it is first evaluated, and one function where it is evaluated
 * often. What it shares with other rules it reads where that is kept; its own value it works out at each call.
 */
export function programOf(expr: Expr, shared?: SharedValues): Evaluate {
  let current: Evaluate = (scope) => {
    const closures = compileOwn(expr, shared);
    let left = coldEvaluationCount;
    const counted: Evaluate = (inner) => {
      left -= 1;
      if (left === 0) current = generateEvaluate(expr, shared);
      return closures(inner);
    };
    current = isWorthCode(expr) ? counted : closures;
    return closures(scope);
  };
  return (scope) => current(scope);
}

export function isWorthCode(expr: Expr): boolean {
  if (!mayGenerateCode) return false;
  const { nodeCount, height } = measureExpr(expr, new Map());
  return nodeCount <= nodeCountMax && height <= heightMax;
}

/** One function for an expression. */
export function generateEvaluate(expr: Expr, shared?: SharedValues): Evaluate {
  const { source, constants } = writeEvaluate(expr, shared);
  return makeFunction<Evaluate>(source, constants);
}

/** The text of that function, and its data. */
export function writeEvaluate(
  expr: Expr,
  shared?: SharedValues,
): { readonly source: string; readonly constants: readonly unknown[] } {
  const generation = startGeneration(shared);
  const { writer } = generation;
  const own = writer.constant(compileOwn(expr, shared));
  const { text } = emitNode(generation, expr, (error) => `return ${error};`);
  const reads = [...generation.fields].map(([name, variable]) => `const ${readOfField(generation, name, variable)}`);
  const body = `const fields=scope.event.fields;${reads.join("")}${writer.text}\nreturn ${text};`;
  const source = `return function(scope){if(scope.event===undefined)return ${own}(scope);${body}}`;
  return { source, constants: writer.constants };
}

export function startGeneration(shared: SharedValues | undefined): Generation {
  return {
    writer: new CodeWriter(),
    variables: new Map(),
    fields: new Map(),
    closureOf: (expr) => compileOwn(expr, shared),
    shared,
    sharedEvaluate: (expr) => programOf(expr, shared),
  };
}

function compileOwn(expr: Expr, shared: SharedValues | undefined): Evaluate {
  return compileNode(
    startAssembly((node) => readerOf(node, shared)),
    expr,
  );
}

/** An expression's value: read where it is kept if it is shared, else worked out at each call. */
export function evaluateShared(expr: Expr, shared: SharedValues): Evaluate {
  return readerOf(expr, shared) ?? programOf(expr, shared);
}

function readerOf(expr: Expr, shared: SharedValues | undefined): Evaluate | undefined {
  const slot = shared?.slotOf(expr);
  return slot === undefined ? undefined : shared?.readerOf(slot, () => programOf(expr, shared));
}
