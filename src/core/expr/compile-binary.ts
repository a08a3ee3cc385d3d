import type { Expr } from "./ast.ts";
import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { compareNumbers, compareTexts, type Relation } from "./coercion.ts";
import { isEqual, isMember } from "./equality.ts";
import { ExprError } from "./expr-error.ts";
import { textLengthMax, tooLong, typeNameOf } from "./function-entry.ts";
import { isList, isMap, ownMember } from "./property.ts";

const divisionByZero = new ExprError("division-by-zero", "division by zero");

export function compileBinary(assembly: Assembly, expr: ExprOf<"binary">): Evaluate {
  const { operator, left, right } = expr;
  switch (operator) {
    case "==":
      return compileEquality(assembly, left, right, true);
    case "!=":
      return compileEquality(assembly, left, right, false);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return strict(assembly, expr, (a, b) => compare(operator, a, b));
    case "+":
      return strict(assembly, expr, add);
    case "-":
      return arithmetic(assembly, expr, (a, b) => a - b);
    case "*":
      return arithmetic(assembly, expr, (a, b) => a * b);
    case "/":
      return arithmetic(assembly, expr, (a, b) => (b === 0 ? divisionByZero : a / b));
    case "%":
      return arithmetic(assembly, expr, (a, b) => (b === 0 ? divisionByZero : a % b));
    case "in":
      return strict(assembly, expr, contains);
  }
}

/** Evaluates both sides, the left one's error first. */
function strict(
  { compile }: Assembly,
  expr: ExprOf<"binary">,
  body: (left: unknown, right: unknown) => unknown,
): Evaluate {
  const left = compile(expr.left);
  const right = compile(expr.right);
  return (scope) => {
    const a = left(scope);
    if (a instanceof ExprError) return a;
    const b = right(scope);
    return b instanceof ExprError ? b : body(a, b);
  };
}

function arithmetic(
  assembly: Assembly,
  expr: ExprOf<"binary">,
  body: (left: number, right: number) => number | ExprError,
): Evaluate {
  const { operator } = expr;
  return strict(assembly, expr, (left, right) => {
    if (typeof left === "number" && typeof right === "number") return body(left, right);
    return noOverload(operator, left, right);
  });
}

function noOverload(operator: string, left: unknown, right: unknown): ExprError {
  return new ExprError("type", `${operator} does not take ${typeNameOf(left)} and ${typeNameOf(right)}`);
}

/** A literal on the right, which is the usual form, needs no deep comparison. */
function compileEquality(assembly: Assembly, left: Expr, right: Expr, wanted: boolean): Evaluate {
  if (right.kind === "literal" && (typeof right.value !== "object" || right.value === null)) {
    const of = assembly.compile(left);
    const { value: literal } = right;
    return (scope) => {
      const value = of(scope);
      return value instanceof ExprError ? value : (value === literal) === wanted;
    };
  }
  return strict(assembly, { kind: "binary", operator: "==", left, right }, (a, b) => isEqual(a, b) === wanted);
}

function compare(operator: Relation, left: unknown, right: unknown): unknown {
  if (typeof left === "number" && typeof right === "number") return compareNumbers(operator, left, right);
  if (typeof left === "string" && typeof right === "string") return compareTexts(operator, left, right);
  if (typeof left === "boolean" && typeof right === "boolean")
    return compareNumbers(operator, Number(left), Number(right));
  return noOverload(operator, left, right);
}

function add(left: unknown, right: unknown): unknown {
  if (typeof left === "number" && typeof right === "number") return left + right;
  if (typeof left === "string" && typeof right === "string") {
    return left.length + right.length > textLengthMax ? tooLong("+") : left + right;
  }
  return isList(left) && isList(right) ? [...left, ...right] : noOverload("+", left, right);
}

/** An item of a list, or a key of a map. */
function contains(value: unknown, holder: unknown): unknown {
  if (isList(holder)) return isMember(holder, value);
  if (!isMap(holder)) return noOverload("in", value, holder);
  return typeof value === "string" && ownMember(holder, value) !== undefined;
}
