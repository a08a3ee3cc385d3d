import type { Expr } from "../ast.ts";
import type { NameOfSlot } from "./expr-text.ts";
import type { JsonPath } from "../json-path.ts";
import type { NameRef } from "../scope.ts";

/** Longest text that stands in a message. */
const wordsLengthMax = 60;

/** An expression about as it was written, for messages; undefined for one that is too long to be told. */
export function wordsOf(expr: Expr, nameOfSlot: NameOfSlot): string | undefined {
  const words = write(expr, nameOfSlot);
  return words !== undefined && words.length <= wordsLengthMax ? words : undefined;
}

function write(expr: Expr, nameOfSlot: NameOfSlot): string | undefined {
  const of = (child: Expr) => write(child, nameOfSlot);
  const join = (parts: readonly (string | undefined)[], between: string) =>
    parts.includes(undefined) ? undefined : parts.join(between);
  switch (expr.kind) {
    case "literal":
      return JSON.stringify(expr.value);
    case "name":
      return refWords(expr.ref, nameOfSlot);
    case "has-name":
      return `has(${refWords(expr.ref, nameOfSlot)})`;
    case "member":
      return join([of(expr.of), expr.name], ".");
    case "index":
      return join([of(expr.of), "[", of(expr.at), "]"], "");
    case "has":
      return join(["has(", of(expr.of), "[", of(expr.at), "])"], "");
    case "list":
      return join(["[", join(expr.items.map(of), ", "), "]"], "");
    case "boolean":
      return of(expr.of);
    case "not":
      return join(["!", of(expr.of)], "");
    case "negate":
      return join(["-", of(expr.of)], "");
    case "binary":
      return join([of(expr.left), expr.operator, of(expr.right)], " ");
    case "call":
      return join([`${expr.name}(`, join(expr.args.map(of), ", "), ")"], "");
    case "fact":
      return refWords(expr.ref, nameOfSlot) + pathWords(expr.path);
    case "test":
      return join([of(expr.fact), [...expr.decorators, expr.operator].join(":"), of(expr.value)], " ");
    case "local":
    case "map":
    case "and":
    case "or":
    case "choose":
    case "loop":
    case "bind":
    case "path":
    case "custom-test":
    case "dynamic-fact":
    case "all-of":
    case "any-of":
    case "none-of":
      return undefined;
  }
}

function pathWords(path: JsonPath | undefined): string {
  if (path === undefined) return "";
  return path.kind === "query" ? ` at ${path.text}` : path.steps.map((step) => `.${step}`).join("");
}

function refWords(ref: NameRef, nameOfSlot: NameOfSlot): string {
  switch (ref.kind) {
    case "field":
      return ref.name;
    case "slot":
      return nameOfSlot(ref.index);
    case "key-since":
      return "keySince";
    case "input":
    case "meta":
    case "key":
    case "now":
    case "prev":
      return ref.kind;
  }
}
