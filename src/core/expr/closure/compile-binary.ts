import type { BinaryOperator, Expr } from "../ast.ts";
import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { compareNumbers, compareTexts, type Relation } from "../json/coercion.ts";
import { isEqual, isMember } from "./equality.ts";
import { ExprError } from "../expr-error.ts";
import { textLengthMax, tooLong, typeNameOf } from "../function/function-entry.ts";
import { isList, isMap, ownMember } from "./property.ts";

const divisionByZero = new ExprError("division-by-zero", "division by zero");

export function compileBinary(assembly: Assembly, expr: ExprOf<"binary">): Evaluate {
  const { operator, left, right } = expr;
  if (operator === "==" || operator === "!=") return compileEquality(assembly, left, right, operator === "==");
  return strict(assembly, expr, binaryBody(operator));
}

type BinaryBody = (left: unknown, right: unknown) => unknown;

/** An operator over two values, neither of them an error. */
export function binaryBody(operator: BinaryOperator): BinaryBody {
  switch (operator) {
    case "==":
      return isEqual;
    case "!=":
      return isUnequal;
    case "<":
    case "<=":
    case ">":
    case ">=":
      return (a, b) => compare(operator, a, b);
    case "+":
      return add;
    case "-":
      return arithmetic(operator, (a, b) => a - b);
    case "*":
      return arithmetic(operator, (a, b) => a * b);
    case "/":
      return arithmetic(operator, (a, b) => (b === 0 ? divisionByZero : a / b));
    case "%":
      return arithmetic(operator, (a, b) => (b === 0 ? divisionByZero : a % b));
    case "in":
      return contains;
  }
}

function isUnequal(left: unknown, right: unknown): boolean {
  return !isEqual(left, right);
}

/** Evaluates both sides, the left one's error first. */
function strict({ compile }: Assembly, expr: ExprOf<"binary">, body: BinaryBody): Evaluate {
  const left = compile(expr.left);
  const right = compile(expr.right);
  return (scope) => {
    const a = left(scope);
    if (a instanceof ExprError) return a;
    const b = right(scope);
    return b instanceof ExprError ? b : body(a, b);
  };
}

function arithmetic(operator: string, body: (left: number, right: number) => number | ExprError): BinaryBody {
  return (left, right) => {
    if (typeof left === "number" && typeof right === "number") return body(left, right);
    return noOverload(operator, left, right);
  };
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
  const operator = wanted ? "==" : "!=";
  return strict(assembly, { kind: "binary", operator, left, right }, binaryBody(operator));
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
