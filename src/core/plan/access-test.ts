import { literalsOf, type Expr } from "../expr/ast.ts";
import type { ExprOf } from "../expr/closure/closure.ts";
import { isList } from "../expr/closure/property.ts";

/**
 * A test that an index answers for many gates at once: one value of the event, and what it must be. Where the value is
 * anything else the test is not true.
 */
export type AccessTest =
  /** One of the values, by `===`. */
  | { readonly kind: "values"; readonly of: Expr; readonly values: readonly unknown[] }
  /** A number between the bounds; or a text or list, which json-rules-engine compares in its own way. */
  | { readonly kind: "range"; readonly of: Expr; readonly low: number; readonly high: number }
  /** A text that begins with this one; its first `from` letters are known to be right. */
  | { readonly kind: "prefix"; readonly of: Expr; readonly text: string; readonly from: number };

/** The test that a part of a gate is, or undefined. */
export function accessTestOf(expr: Expr): AccessTest | undefined {
  switch (expr.kind) {
    case "name":
    case "member":
      return { kind: "values", of: sourceOf(expr), values: [true] };
    case "not":
      return expr.of.kind === "name" || expr.of.kind === "member"
        ? { kind: "values", of: sourceOf(expr.of), values: [false] }
        : undefined;
    case "test":
      return expr.decorators.length === 0 && expr.value.kind === "literal"
        ? accessOfTest(expr, expr.value.value)
        : undefined;
    case "binary":
      return accessOfBinary(expr);
    case "call":
      return accessOfCall(expr);
    case "or":
      return unionOf(expr.operands);
    case "any-of":
      return unionOf(expr.sets.flat());
    case "literal":
    case "local":
    case "index":
    case "has-name":
    case "has":
    case "list":
    case "map":
    case "negate":
    case "and":
    case "choose":
    case "loop":
    case "bind":
    case "path":
    case "boolean":
    case "fact":
    case "custom-test":
    case "dynamic-fact":
    case "all-of":
    case "none-of":
      return undefined;
  }
}

/**
 * The value that is looked up. A fact without a path and CEL's name are one, absent as `undefined`: CEL's tests for null are
 * left out of the index for it.
 */
function sourceOf(expr: Expr): Expr {
  if (expr.kind === "name" && expr.ref.kind === "field")
    return { kind: "fact", ref: expr.ref, name: "", path: undefined, isOptional: true };
  if (expr.kind !== "fact") return expr;
  const isWhole = expr.path?.kind === "walk" && expr.path.steps.length === 0;
  return { kind: "fact", ref: expr.ref, name: "", path: isWhole ? undefined : expr.path, isOptional: true };
}

function accessOfTest({ operator, fact }: ExprOf<"test">, value: unknown): AccessTest | undefined {
  const of = sourceOf(fact);
  switch (operator) {
    case "equal":
      return isPrimitive(value) ? { kind: "values", of, values: [value] } : undefined;
    case "in":
      return Array.isArray(value) ? { kind: "values", of, values: value.filter(isPrimitive) } : undefined;
    case "startsWith":
      return typeof value === "string" ? { kind: "prefix", of, text: value, from: 0 } : undefined;
    case "between": {
      const [low, high] = isList(value) ? value : [];
      if (typeof low !== "number" || typeof high !== "number") return undefined;
      return { kind: "range", of, low, high };
    }
    case "lessThan":
      return rangeOf(of, "<", value);
    case "lessThanInclusive":
      return rangeOf(of, "<=", value);
    case "greaterThan":
      return rangeOf(of, ">", value);
    case "greaterThanInclusive":
      return rangeOf(of, ">=", value);
    default:
      return undefined;
  }
}

type Relation = "<" | "<=" | ">" | ">=";

/** Both bounds are inside: one that is not becomes the number next to it. */
function rangeOf(of: Expr, relation: Relation, bound: unknown): AccessTest | undefined {
  if (typeof bound !== "number") return undefined;
  switch (relation) {
    case "<":
      return { kind: "range", of, low: Number.NEGATIVE_INFINITY, high: -numberAbove(-bound) };
    case "<=":
      return { kind: "range", of, low: Number.NEGATIVE_INFINITY, high: bound };
    case ">":
      return { kind: "range", of, low: numberAbove(bound), high: Number.POSITIVE_INFINITY };
    case ">=":
      return { kind: "range", of, low: bound, high: Number.POSITIVE_INFINITY };
  }
}

const mirrored: Readonly<Record<Relation, Relation>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/** The least number above a finite one: numbers of one sign stand in the order of their bits (IEEE 754). */
function numberAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function accessOfBinary({ operator, left, right }: ExprOf<"binary">): AccessTest | undefined {
  const literal = right.kind === "literal" ? right : left.kind === "literal" ? left : undefined;
  const of = literal === right ? left : right;
  switch (operator) {
    case "==":
      return literal === undefined || !isPlain(literal.value)
        ? undefined
        : { kind: "values", of: sourceOf(of), values: [literal.value] };
    case "<":
    case "<=":
    case ">":
    case ">=": {
      if (literal === undefined) return undefined;
      return rangeOf(sourceOf(of), literal === right ? operator : mirrored[operator], literal.value);
    }
    case "in": {
      const members = literalsOf(right);
      if (!Array.isArray(members) || !members.every(isPlain)) return undefined;
      return { kind: "values", of: sourceOf(left), values: members };
    }
    default:
      return undefined;
  }
}

function accessOfCall({ name, args }: ExprOf<"call">): AccessTest | undefined {
  const [of, prefix] = args;
  if (name !== "startsWith" || of === undefined || prefix?.kind !== "literal") return undefined;
  return typeof prefix.value === "string"
    ? { kind: "prefix", of: sourceOf(of), text: prefix.value, from: 0 }
    : undefined;
}

/** Alternatives that all ask one and the same field for one of several values. */
function unionOf(members: readonly Expr[]): AccessTest | undefined {
  const values: unknown[] = [];
  const sources = new Map<string, Expr>();
  for (const member of members) {
    const test = accessTestOf(member.kind === "boolean" ? member.of : member);
    if (test?.kind !== "values" || test.of.kind !== "fact") return undefined;
    sources.set(JSON.stringify(test.of), test.of);
    values.push(...test.values);
  }
  const [of] = sources.values();
  return of === undefined || sources.size > 1 ? undefined : { kind: "values", of, values };
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== "object" || value === null) && !Number.isNaN(value);
}

/** A primitive other than null, which in CEL also stands for what is absent. */
function isPlain(value: unknown): boolean {
  return value !== null && isPrimitive(value);
}
