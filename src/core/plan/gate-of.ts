import type { Expr } from "../expr/ast.ts";
import type { Gate } from "../expr/generate/compile-gates.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import { readsEventOnly } from "../expr/generate/event-only.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import type { Taker } from "./plan.ts";

/**
 * A necessary condition for a taker to do anything at all with an event, read off its `where` and, where nothing of the
 * rule outlasts the event, its conditions: those of their parts that the event alone decides.
 */
export function gateOf(taker: Taker, ordinal: number): Gate {
  const where = (taker.rule === undefined ? taker.lone : taker.rule.program).filter.where;
  const conditions =
    taker.rule === undefined || hasState(taker.rule.program) ? undefined : taker.rule.program.conditions;
  return { ordinal, parts: [...partsOf(where), ...partsOf(conditions)] };
}

/** Windows, patterns and what `prev` and `keySince` read take each event that the filter lets through. */
function hasState({ windows, patterns, history, asynchronous, firing, evaluate }: RuleProgram): boolean {
  if (firing !== undefined || evaluate.everyMs.length > 0) return true;
  return windows.length > 0 || patterns.length > 0 || history !== undefined || asynchronous !== undefined;
}

function partsOf(condition: CompiledCondition | undefined): readonly Expr[] {
  return condition === undefined ? [] : conjunctsOf(condition.expr).filter(readsEventOnly);
}

/** Parts that must all be true where the whole is. */
function conjunctsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === "literal") return expr.value === true ? [] : [expr];
  if (expr.kind === "and") return expr.operands.flatMap(conjunctsOf);
  if (expr.kind === "boolean") return conjunctsOf(expr.of);
  if (expr.kind !== "all-of" && expr.kind !== "any-of") return [expr];
  const members = expr.sets.flat();
  return expr.kind === "all-of" || members.length < 2 ? members.flatMap(conjunctsOf) : [expr];
}
