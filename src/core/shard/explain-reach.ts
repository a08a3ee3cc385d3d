import type { TocsinEvent } from "../event/event.ts";
import { explainCondition, type ExplainedValue } from "../expr/explain/explanation.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { Scope } from "../expr/scope.ts";
import { shownText, shownValue } from "../expr/explain/shown-value.ts";
import type { Match } from "../pattern/match.ts";
import { chainOf, type PartialMatch, PatternState } from "../pattern/partial-match.ts";
import type { Intake, PatternNode, RuleNode, Taker, WindowNode } from "../plan/plan.ts";
import { keysOf, type KeyPart, type KeyProgram } from "../rule/key-program.ts";
import type { Output } from "./output.ts";
import type { VisitedPattern, VisitedWindow } from "./rule-explanation.ts";
import { enterEvent } from "./shard.ts";
import type { KeyPlace, Shard } from "./shard.ts";
import type { WindowOutcome } from "../window/window-state.ts";
import { sizeOf } from "../window/window-program.ts";
import { windowFactAt } from "./window-operator.ts";

const whereNodeCountMax = 2_000;

/**
 * Tells how far an event comes on the way to the rule that is asked about, once for each event. Gives the rule where the
 * event reaches it.
 */
export function noteReach(shard: Shard, event: TocsinEvent, intake: Intake, outputs: Output[]): Taker | undefined {
  const asked = shard.settings.observing.explain;
  const rule = shard.plan.rules.find(({ program }) => program.id === asked);
  if (rule === undefined) return undefined;
  const { program } = rule;
  // An event that waits for the watermark comes twice: for this rule it comes when the rule would take it.
  if (intake === (program.isOrdered ? "arrival" : "released")) return undefined;
  const { id: name, type, time } = event;
  const { types: on, where } = program.filter;
  const told = {
    kind: "reach",
    rule: program.id,
    event: name,
    type,
    time,
    isLate: intake === "late",
    isOrdered: program.isOrdered,
    on,
    fitsType: program.filter.fitsType(type),
  } as const;
  const scope = enterEvent(shard, event);
  const tell = (more: object, reached: boolean): Taker | undefined => {
    outputs.push({ kind: "explanation", explanation: { ...told, ...more } });
    return reached ? { rule, lone: undefined } : undefined;
  };
  if (!told.fitsType) return tell({}, false);
  const explained =
    where === undefined ? {} : { where: explainCondition(where, scope, { nodeCountMax: whereNodeCountMax }) };
  if (explained.where !== undefined && explained.where.result !== true) return tell(explained, false);
  const keyProgram = shard.plan.dimensions[rule.dimension]?.key;
  if (keyProgram === undefined) return tell(explained, false);
  const key = explainKey(keyProgram, scope);
  return tell({ ...explained, key }, key.count > 0);
}

function explainKey(program: KeyProgram, scope: Scope) {
  const parts = program.parts.flatMap((part, index) => {
    const name = program.names[index] ?? "";
    const expressions = expressionsOf(part, scope);
    if (expressions.length === 0) return [{ name, text: name, error: "no expression for this type of event" }];
    return expressions.map((expression) => ({ name, ...valueOf(expression, scope) }));
  });
  return { parts, count: keysOf(program, scope, () => undefined).length };
}

function expressionsOf(part: KeyPart, scope: Scope): readonly CompiledExpression[] {
  switch (part.kind) {
    case "one":
      return [part.expression];
    case "each":
      return part.expressions;
    case "by-type": {
      const type = scope.event?.type ?? "";
      return part.choices
        .filter(({ fitsType }) => fitsType(type))
        .slice(0, 1)
        .map(({ expression }) => expression);
    }
  }
}

function valueOf({ text, evaluate }: CompiledExpression, scope: Scope): ExplainedValue {
  const value = evaluate(scope);
  return value instanceof ExprError
    ? { text: shownText(text), error: value.message }
    : { text: shownText(text), value: shownValue(value) };
}

/** What an event did at a rule under one key: as much of a visit as is told. */
interface Visited {
  readonly rule: RuleNode | undefined;
  readonly place: KeyPlace;
  readonly placed: {
    readonly windows: ReadonlyMap<WindowNode, readonly WindowOutcome[]> | undefined;
    readonly patterns: ReadonlyMap<PatternNode, readonly Match[]> | undefined;
  };
}

/** Tells what an event did at the rule that is asked about, before the rule decides. */
export function noteVisit(
  shard: Shard,
  event: TocsinEvent,
  { rule, place, placed }: Visited,
  isEvaluated: boolean,
  outputs: Output[],
): void {
  if (rule === undefined || rule.program.id !== shard.settings.observing.explain) return;
  outputs.push({
    kind: "explanation",
    explanation: {
      kind: "visit",
      rule: rule.program.id,
      event: event.id,
      key: place.key,
      isEvaluated,
      windows: rule.windows.map((window): VisitedWindow => {
        const { declared, node, member } = window;
        const sizeMs = sizeOf(declared.program.shape);
        const outcome = placed.windows?.get(node)?.[member]?.kind ?? "late";
        const value = shownValue(windowFactAt(shard, window, place, event.time));
        const type = declared.program.shape.kind;
        return { name: declared.name, type, ...(sizeMs === undefined ? {} : { sizeMs }), outcome, value };
      }),
      patterns: rule.patterns.map(({ declared, node }): VisitedPattern => {
        const state = shard.records[place.dimension]?.get(place.keyString)?.states[node.state];
        const partials = state instanceof PatternState ? state.partialMatches : [];
        const matches = placed.patterns?.get(node);
        return {
          name: declared.name,
          pattern: declared.label,
          isSeen: matches !== undefined,
          matchCount: matches?.length ?? 0,
          partialMatchCount: partials.length,
          ...furthestOf(node, partials),
        };
      }),
    },
  });
}

function furthestOf({ program }: PatternNode, partials: readonly PartialMatch[]) {
  const [first, ...more] = partials;
  if (first === undefined) return {};
  const furthest = more.reduce((best, next) => (isFurther(next, best) ? next : best), first);
  const taken: Record<string, number> = {};
  for (const { step } of chainOf(furthest.taken)) {
    const name = program.steps[step] ?? "";
    taken[name] = (taken[name] ?? 0) + 1;
  }
  const waitingFor = furthest.waiting.map((step) => program.steps[step] ?? "the end of its time");
  return { furthest: { taken, waitingFor: [...new Set(waitingFor)] } };
}

function isFurther(a: PartialMatch, b: PartialMatch): boolean {
  return a.taken.step > b.taken.step || (a.taken.step === b.taken.step && a.taken.count > b.taken.count);
}
