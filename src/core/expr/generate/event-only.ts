import { childrenOf, type Expr } from "../ast.ts";
import { functionOf } from "../function/function-table.ts";
import { operatorOf } from "../json/json-operator.ts";
import type { NameRef } from "../scope.ts";

/** Operators and functions that ask lists or tables: what they answer changes from one evaluation to the next. */
const readersOfLists: readonly string[] = ["inList", "notInList", "lookup"];

/**
 * True where a value depends on the event alone: its fields, envelope and time. Equal nodes then have one value an event,
 * whatever rule they stand in and whatever state that has. What a plug-in computes is not known to be so.
 */
export function readsEventOnly(expr: Expr): boolean {
  switch (expr.kind) {
    case "name":
    case "has-name":
    case "fact":
      if (!isOfEvent(expr.ref)) return false;
      break;
    case "test":
      if (operatorOf(expr.operator) === undefined || readersOfLists.includes(expr.operator)) return false;
      break;
    case "call":
      if (functionOf(expr.name) === undefined || readersOfLists.includes(expr.name)) return false;
      break;
    case "custom-test":
    case "dynamic-fact":
      return false;
    case "literal":
    case "local":
    case "member":
    case "index":
    case "has":
    case "list":
    case "map":
    case "not":
    case "negate":
    case "binary":
    case "and":
    case "or":
    case "choose":
    case "loop":
    case "bind":
    case "path":
    case "boolean":
    case "all-of":
    case "any-of":
    case "none-of":
      break;
  }
  return childrenOf(expr).every(readsEventOnly);
}

function isOfEvent({ kind }: NameRef): boolean {
  return kind === "field" || kind === "input" || kind === "meta" || kind === "now";
}
