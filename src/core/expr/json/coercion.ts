import { ExprError } from "../expr-error.ts";

/*
 * JavaScript's own coercions, which json-rules-engine's operators rest on, as total functions: where JavaScript would
 * throw (an object whose own `toString` is no function) they give an ExprError.
 */

const unprintable = new ExprError("operator", "a value can't be compared: its own toString is not a function");

/** ToString. An object without a prototype counts as a plain one: some of our own facts are made so. */
export function textOf(value: unknown): string | ExprError {
  if (typeof value === "string") return value;
  try {
    return String(value);
  } catch {
    const isBare = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
    return isBare && !Object.hasOwn(value, "toString") ? "[object Object]" : unprintable;
  }
}

/** json-rules-engine's check of what the numeric operators take: a number, or what begins like one once it is text. */
export function isNumberLike(value: unknown): boolean | ExprError {
  if (typeof value === "number") return !Number.isNaN(value);
  const text = textOf(value);
  return text instanceof ExprError ? text : !Number.isNaN(Number.parseFloat(text));
}

export type Relation = "<" | "<=" | ">" | ">=";

/** JavaScript's relational operators: two strings by their code units, everything else as numbers. */
export function compareLoosely(relation: Relation, left: unknown, right: unknown): boolean | ExprError {
  if (typeof left === "number" && typeof right === "number") return compareNumbers(relation, left, right);
  const leftPrimitive = primitiveOf(left);
  if (leftPrimitive instanceof ExprError) return leftPrimitive;
  const rightPrimitive = primitiveOf(right);
  if (rightPrimitive instanceof ExprError) return rightPrimitive;
  if (typeof leftPrimitive === "string" && typeof rightPrimitive === "string") {
    return compareTexts(relation, leftPrimitive, rightPrimitive);
  }
  return compareNumbers(relation, Number(leftPrimitive), Number(rightPrimitive));
}

/** ToPrimitive with the hint "number". Of a JSON object `valueOf` gives nothing primitive, so its text decides. */
function primitiveOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? textOf(value) : value;
}

export function compareNumbers(relation: Relation, left: number, right: number): boolean {
  switch (relation) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

export function compareTexts(relation: Relation, left: string, right: string): boolean {
  switch (relation) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}
