import { literalsOf, type Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import { binaryBody } from "../closure/compile-binary.ts";
import { named, emitFallible, type Emitted, type Fail, type Generation } from "./generation.ts";

type Emit = (generation: Generation, expr: Expr, fail: Fail) => Emitted;

/** CEL's operators of two operands: numbers, and literals on the right, without a call. */
export function emitBinary(generation: Generation, emit: Emit, expr: ExprOf<"binary">, fail: Fail): Emitted {
  const { writer } = generation;
  const { operator, left, right } = expr;
  if ((operator === "==" || operator === "!=") && isPrimitive(right)) {
    const value = emit(generation, left, fail);
    return { text: `(${value.text}${operator}=${emit(generation, right, fail).text})`, isBoolean: true };
  }
  const members = operator === "in" ? primitivesOf(right) : undefined;
  if (members !== undefined) {
    const value = emit(generation, left, fail);
    return { text: `${writer.constant(members)}.has(${value.text})`, isBoolean: true };
  }
  const a = named(generation, emit(generation, left, fail));
  const b = named(generation, emit(generation, right, fail));
  const body = `${writer.constant(binaryBody(operator))}(${a},${b})`;
  switch (operator) {
    case "==":
    case "!=":
      return { text: body, isBoolean: true };
    case "<":
    case "<=":
    case ">":
    case ">=":
      return { ...emitFallible(generation, `${areNumbers(a, b)}?${a}${operator}${b}:${body}`, fail), isBoolean: true };
    case "-":
    case "*":
      return emitFallible(generation, `${areNumbers(a, b)}?${a}${operator}${b}:${body}`, fail);
    case "+":
    case "/":
    case "%":
      return emitFallible(generation, body, fail);
    case "in":
      return { ...emitFallible(generation, body, fail), isBoolean: true };
  }
}

function areNumbers(a: string, b: string): string {
  return `typeof ${a}==="number"&&typeof ${b}==="number"`;
}

function isPrimitive(expr: Expr): boolean {
  return expr.kind === "literal" && (typeof expr.value !== "object" || expr.value === null);
}

/** A list of literals without members of their own; a set compares them as CEL does. */
function primitivesOf(expr: Expr): ReadonlySet<unknown> | undefined {
  const literals = literalsOf(expr);
  if (!Array.isArray(literals)) return undefined;
  const members: readonly unknown[] = literals;
  return members.some((member) => typeof member === "object" && member !== null) ? undefined : new Set(members);
}
