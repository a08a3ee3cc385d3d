import type { ExplainedName } from "../alert/why.ts";
import { explainExpression } from "../expr/explain/explanation.ts";
import { ExprError } from "../expr/expr-error.ts";
import { shownValue } from "../expr/explain/shown-value.ts";
import type { RuleWindow } from "../plan/plan.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { sizeOf } from "../window/window-program.ts";
import { firedWith } from "./evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Shard } from "./shard.ts";
import { windowEvidenceAt } from "./window-operator.ts";

/** Ids of events told of one step: the last. */
const stepEventCountMax = 20;

/** The declared names that an evaluation rests on, each with how it came about. The scope stands at the evaluation. */
export function explainedNames(shard: Shard, evaluation: Evaluation): Readonly<Record<string, ExplainedName>> {
  const { program } = evaluation.rule;
  const names: Record<string, ExplainedName> = {};
  for (const name of namesBehind(program, evaluation.because)) {
    const explained = explainName(shard, evaluation, name);
    if (explained !== undefined) names[name] = explained;
  }
  return names;
}

/** Names that the conditions lead to; of a rule without conditions the one that decided. */
function namesBehind(program: RuleProgram, because: Evaluation["because"]): ReadonlySet<string> {
  const names = new Set(program.conditions?.reads ?? []);
  if (because.kind === "window") names.add(because.declared.name);
  if (because.kind === "match") names.add(because.name);
  for (const name of names) {
    const reads =
      program.lets.find((declared) => declared.name === name)?.expression.reads ??
      program.patterns.find((declared) => declared.name === name)?.program.reads ??
      program.lookups.find((declared) => declared.name === name)?.key.reads ??
      [];
    for (const read of reads) names.add(read);
  }
  return names;
}

function explainName(shard: Shard, evaluation: Evaluation, name: string): ExplainedName | undefined {
  const { program, windows } = evaluation.rule;
  const { scope } = shard;
  const context = program.conditions?.source.context;
  const declaredLet = program.lets.find((declared) => declared.name === name);
  if (declaredLet !== undefined && context !== undefined)
    return { kind: "let", ...explainExpression(declaredLet.expression, scope, context) };
  const lookup = program.lookups.find((declared) => declared.name === name);
  if (lookup !== undefined && context !== undefined) {
    const value = shownSlot(scope.slots[lookup.slot]);
    return { kind: "lookup", table: lookup.table, key: explainExpression(lookup.key, scope, context), value };
  }
  const window = windows.find(({ declared }) => declared.name === name);
  if (window !== undefined) return explainWindow(shard, evaluation, window);
  const pattern = program.patterns.find((declared) => declared.name === name);
  if (pattern !== undefined) {
    const value = shownSlot(scope.slots[pattern.slot]);
    return { kind: "pattern", pattern: pattern.label, value, ...stepsOf(evaluation, name) };
  }
  return undefined;
}

function explainWindow(shard: Shard, evaluation: Evaluation, window: RuleWindow): ExplainedName {
  const { declared } = window;
  const { shape } = declared.program;
  const sizeMs = sizeOf(shape);
  const told = { kind: "window", type: shape.kind, ...(sizeMs === undefined ? {} : { sizeMs }) } as const;
  const value = shownSlot(shard.scope.slots[declared.slot]);
  if (evaluation.because.kind === "answer") return { ...told, value };
  const fired = firedWith(evaluation, window)?.evidence;
  const { count } = fired ?? windowEvidenceAt(shard, window, evaluation.place, evaluation.at);
  return { ...told, eventCount: count, value };
}

function stepsOf({ because }: Evaluation, name: string) {
  if (because.kind !== "match" || because.name !== name) return {};
  const steps = [...because.match.steps].map(
    ([step, events]) => [step, events.slice(-stepEventCountMax).map(({ id }) => id)] as const,
  );
  return { steps: Object.fromEntries(steps) };
}

function shownSlot(value: unknown) {
  return value instanceof ExprError ? null : shownValue(value);
}
