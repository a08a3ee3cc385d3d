import { didYouMean } from "../../base/text-distance.ts";
import { literalsOf, type Expr } from "../ast.ts";
import { addFault, brokenExpr, type CompileState, type Place } from "../compile-state.ts";
import { ExprError } from "../expr-error.ts";
import type { FunctionEntry } from "../function/function-entry.ts";
import { functionNames, functionOf } from "../function/function-table.ts";
import { compileCidrs } from "../function/ip-address.ts";
import { isListTest, unknownListMessage, useList } from "../json/list-name.ts";
import type { ListTestName } from "../json/list-name.ts";
import { compilePattern } from "../function/regular-expression.ts";

/**
 * `math.abs`, where `math.abs(x)` is meant. Undefined where `math` is a field and `x` its method: `sets.contains('a')` has
 * one argument too few for the function and is one of text.
 */
export function qualifiedName(namespace: string, name: string, argCount: number): string | undefined {
  if (!["math", "sets", "lists", "strings"].includes(namespace)) return undefined;
  const qualified = `${namespace}.${name}`;
  const entry = functionOf(qualified);
  const fits = entry !== undefined && argCount >= entry.argCountMin && argCount <= entry.argCountMax;
  return fits || functionOf(name) === undefined ? qualified : undefined;
}

/** A call of a function of the table; faults for what can never work. */
export function compileCelCall(state: CompileState, name: string, args: readonly Expr[], place: Place): Expr {
  const entry = functionOf(name);
  if (entry === undefined)
    return addFault(state, place, "unknown-name", `unknown function "${name}"${didYouMean(name, functionNames)}`);
  if (args.length < entry.argCountMin || args.length > entry.argCountMax) {
    return addFault(state, place, "expression", `${name} takes ${countText(entry)}, not ${args.length}`);
  }
  if (isListTest(name)) return compileListCall(state, name, args, place);
  const refusal = refusalOf(name, args);
  if (refusal !== undefined) return addFault(state, place, "expression", refusal);
  if (!entry.isVariadic) return folded(state, { kind: "call", name, args }, entry, place);
  const [only] = args;
  const list: Expr = args.length === 1 && only !== undefined ? only : { kind: "list", items: args };
  return { kind: "call", name, args: [list] };
}

/** Which list is asked stands in the document, so that it is known which rules read what others write. */
function compileListCall(state: CompileState, name: ListTestName, args: readonly Expr[], place: Place): Expr {
  const [, list] = args;
  if (list === brokenExpr) return brokenExpr;
  if (list?.kind !== "literal" || typeof list.value !== "string")
    return addFault(state, place, "expression", `${name} takes the list's id in quotes as its second argument`);
  if (!useList(state.context, list.value))
    return addFault(state, place, "unknown-name", unknownListMessage(state.context, list.value));
  return { kind: "call", name, args };
}

function countText({ argCountMin, argCountMax, isVariadic }: FunctionEntry): string {
  if (isVariadic) return `${argCountMin} to ${argCountMax} arguments`;
  if (argCountMin !== argCountMax) return `${argCountMin} or ${argCountMax} arguments`;
  return argCountMin === 1 ? "1 argument" : `${argCountMin} arguments`;
}

/** What literal arguments give away. */
function refusalOf(name: string, args: readonly Expr[]): string | undefined {
  const [, second] = args;
  if (name === "matches" && second?.kind === "literal" && typeof second.value === "string") {
    const test = compilePattern(second.value, { ignoreCase: false });
    return test instanceof ExprError ? `${test.message}; matches takes RE2 syntax` : undefined;
  }
  if (name === "inCidr" && second !== undefined && second !== brokenExpr) {
    const blocks = literalsOf(second);
    const test = blocks === undefined ? undefined : compileCidrs(blocks);
    return test instanceof ExprError ? test.message : undefined;
  }
  return undefined;
}

/** A call whose arguments are all literals is its value; one that can only fail for what they say is a fault. */
function folded(
  state: CompileState,
  call: Extract<Expr, { readonly kind: "call" }>,
  entry: FunctionEntry,
  place: Place,
): Expr {
  const values: unknown[] = [];
  for (const arg of call.args) {
    if (arg.kind !== "literal" || arg === brokenExpr) return call;
    values.push(arg.value);
  }
  const value = entry.call(values[0], values[1], values[2], values[3]);
  if (value instanceof ExprError) return addFault(state, place, "expression", value.message);
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? { kind: "literal", value }
    : call;
}
