import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { ExprError } from "../expr-error.ts";
import { wrongType } from "../function/function-entry.ts";
import { isList, isMap } from "./property.ts";
import type { Scope } from "../scope.ts";

/** One round of a loop: its test and what it gives, with the variable set. */
interface Round {
  readonly test: Evaluate;
  readonly give: Evaluate;
}

/** CEL's macros over a list, or over the keys of a map. */
export function compileLoop({ compile, frame }: Assembly, expr: ExprOf<"loop">): Evaluate {
  const { macro, local } = expr;
  const itemsOf = compile(expr.of);
  const round: Round = {
    test: expr.test === undefined ? () => true : compile(expr.test),
    give: expr.give === undefined ? () => frame[local] : compile(expr.give),
  };
  const run = runnerOf(macro, round, frame, local);
  return (scope) => {
    const value = itemsOf(scope);
    if (value instanceof ExprError) return value;
    const items = isList(value) ? value : isMap(value) ? Object.keys(value) : undefined;
    if (items === undefined) return wrongType(macro, "a list or a map", value);
    const result = run(items, scope);
    frame[local] = undefined;
    return result;
  };
}

type Runner = (items: readonly unknown[], scope: Scope) => unknown;

function runnerOf(macro: ExprOf<"loop">["macro"], round: Round, frame: unknown[], local: number): Runner {
  switch (macro) {
    case "all":
      return quantifier(macro, round, frame, local, false);
    case "exists":
      return quantifier(macro, round, frame, local, true);
    case "exists_one":
      return (items, scope) => {
        const found = collect(macro, round, frame, local, items, scope);
        return found instanceof ExprError ? found : found.length === 1;
      };
    case "map":
    case "filter":
      return (items, scope) => collect(macro, round, frame, local, items, scope);
  }
}

/** `all` is `&&` over the items and `exists` is `||`: an item that decides wins over errors of others. */
function quantifier(macro: string, { test }: Round, frame: unknown[], local: number, deciding: boolean): Runner {
  return (items, scope) => {
    let error: ExprError | undefined;
    for (const item of items) {
      frame[local] = item;
      const value = test(scope);
      if (value === deciding) return deciding;
      if (value === !deciding) continue;
      error ??= value instanceof ExprError ? value : wrongType(macro, "a condition that is a boolean", value);
    }
    return error ?? !deciding;
  };
}

/** What is given for the items that pass; any error ends it. */
function collect(
  macro: string,
  { test, give }: Round,
  frame: unknown[],
  local: number,
  items: readonly unknown[],
  scope: Scope,
): unknown[] | ExprError {
  const given: unknown[] = [];
  for (const item of items) {
    frame[local] = item;
    const passes = test(scope);
    if (passes === false) continue;
    if (passes !== true)
      return passes instanceof ExprError ? passes : wrongType(macro, "a condition that is a boolean", passes);
    const value = give(scope);
    if (value instanceof ExprError) return value;
    given.push(value);
  }
  return given;
}
