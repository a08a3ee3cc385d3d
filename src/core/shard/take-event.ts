import { keyString } from "../event/key.ts";
import { keepEvent, type TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { Match } from "../pattern/match.ts";
import { offerEvent } from "../pattern/matcher.ts";
import { newPatternState, PatternState } from "../pattern/partial-match.ts";
import type {
  HistoryNode,
  Intake,
  LonePattern,
  PatternNode,
  RuleNode,
  RuleWindow,
  Taker,
  WindowNode,
} from "../plan/plan.ts";
import type { DeclaredWindow } from "../rule/rule-program.ts";
import type { FiredWindow } from "../window/window-fact.ts";
import type { KeyProgram } from "../rule/key-program.ts";
import { keyFactOf, keysOf } from "../rule/key-program.ts";
import { noHistory } from "../rule/history-state.ts";
import type { History } from "../rule/history-state.ts";
import { eventTimeMs } from "../time/instant.ts";
import { firesByItself } from "../window/window-program.ts";
import { evaluateRule } from "./evaluate-rule.ts";
import type { Evaluation } from "./evaluation.ts";
import { noteReach, noteVisit } from "./explain-reach.ts";
import { historyAt, takeIntoHistory } from "./history-operator.ts";
import { fillLookups } from "./fill-lookups.ts";
import { settleLate } from "./late-event.ts";
import { settleListChanges } from "./list-changes.ts";
import { collectingSink } from "./pattern-operator.ts";
import type { Output } from "./output.ts";
import { letGoIfEmpty, recordAt, settleOperator, stateAt } from "./records.ts";
import { enterEvent } from "./shard.ts";
import type { KeyPlace, Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";
import type { WindowOutcome } from "../window/window-state.ts";
import { noteKeySeen } from "./tick-operator.ts";
import { addToWindows, windowFactAt } from "./window-operator.ts";

/** An event under one of its keys, and what it has done there so far: operators that several rules share take it once. */
interface Placed {
  readonly place: KeyPlace;
  /** What operators of several users gave; each map is made when it is first written to. */
  histories: Map<HistoryNode, History> | undefined;
  windows: Map<WindowNode, readonly WindowOutcome[]> | undefined;
  patterns: Map<PatternNode, readonly Match[]> | undefined;
  /** Windows that the event fired. */
  readonly fired: { readonly node: WindowNode; readonly fired: FiredWindow }[];
}

/** An event at a rule or a lone pattern that sees it, under one key. */
interface Visit {
  readonly id: string;
  readonly rule: RuleNode | undefined;
  readonly lone: LonePattern | undefined;
  readonly place: KeyPlace;
  readonly placed: Placed;
  readonly report: ReportExprError;
  history: History;
  /** A sliding window that the rule is evaluated for was entered. */
  isAsked: boolean;
}

interface Taking {
  readonly event: TocsinEvent;
  readonly isLate: boolean;
  /** The event's keys by dimension, found when first asked for. */
  readonly places: (readonly Placed[] | undefined)[];
  readonly evaluations: Evaluation[];
  /** What rules asked to be done with it where it is late, each once. */
  lateDone: Set<string> | undefined;
  readonly outputs: Output[];
}

/**
 * Takes an event through the stages, in this order: `prev`, windows, patterns, then the rules' decisions; within a stage in rule
 * order, and of one rule in the order of the event's keys. A late event of an ordered rule only reaches its windows that
 * have an end. What the rules derive waits for the caller: `takeDerived`.
 */
export function takeEvent(
  shard: Shard,
  event: TocsinEvent,
  intake: Intake,
  outputs: Output[],
  audience: "all" | "shadow" = "all",
): void {
  const { index } = shard.plan;
  const asked = shard.settings.observing.explain === undefined ? undefined : noteReach(shard, event, intake, outputs);
  const hitCount = index.match(enterEvent(shard, event), intake);
  if (hitCount === 0 && asked === undefined) return;
  keepEvent(event);
  const isLate = intake === "late";
  const taking: Taking = {
    event,
    isLate,
    places: [],
    evaluations: [],
    lateDone: undefined,
    outputs,
  };
  const visits: Visit[] = [];
  for (let hit = 0; hit < hitCount; hit += 1) {
    const taker = index.takers[index.hits[hit] ?? -1];
    if (taker !== undefined && isOf(audience, taker)) visit(shard, taking, visits, taker);
  }
  // The index leaves out what cannot hold; of the rule that is asked about it is to be told why.
  if (asked !== undefined && isOf(audience, asked) && !visits.some(({ rule }) => rule === asked.rule))
    visit(shard, taking, visits, asked);
  if (visits.length === 0) return;
  for (const at of visits) visitHistory(shard, taking, at);
  for (let first = 0; first < visits.length; first = endOfTaker(visits, first))
    visitWindows(shard, taking, visits, first);
  for (let first = 0; first < visits.length; first = endOfTaker(visits, first))
    visitPatterns(shard, taking, visits, first);
  for (const { rule, place, history, isAsked } of visits) {
    if (rule?.tick !== undefined) noteKeySeen(shard, place, rule.tick, event, outputs);
    if (rule === undefined || (isLate && rule.program.knowsLateness)) continue;
    if (rule.firing?.firing.resolve !== undefined)
      taking.evaluations.push({ rule, place, at: event.time, event, history, because: { kind: "resolve" } });
    if (!isAsked && !rule.program.evaluate.atEvents) continue;
    taking.evaluations.push({ rule, place, at: event.time, event, history, because: { kind: "event", ordinal: 0 } });
  }
  if (taking.evaluations.length > 1) taking.evaluations.sort((a, b) => a.rule.order - b.rule.order);
  if (shard.settings.observing.explain !== undefined) noteVisits(shard, taking, visits);
  for (const evaluation of taking.evaluations) evaluateRule(shard, evaluation, outputs);
  settleListChanges(shard, outputs);
  letGoOfEmptyRecords(shard, visits);
}

function noteVisits(shard: Shard, { event, evaluations, outputs }: Taking, visits: readonly Visit[]): void {
  for (const at of visits) {
    const isEvaluated = evaluations.some(({ rule, place }) => rule === at.rule && place === at.place);
    noteVisit(shard, event, at, isEvaluated, outputs);
  }
}

/** What a shadow rule derived reaches shadow rules alone. */
function isOf(audience: "all" | "shadow", { rule }: Taker): boolean {
  return audience === "all" || rule?.program.isShadow === true;
}

/** Adds a visit for each key of an event that the filter lets through. */
function visit(shard: Shard, taking: Taking, visits: Visit[], { rule, lone }: Taker): void {
  const { id, filter } = rule === undefined ? lone : rule.program;
  const { dimension } = rule ?? lone;
  const report: ReportExprError = (error) => countError(shard.stats, id, error);
  const scope = enterEvent(shard, taking.event);
  if (filter.where !== undefined) {
    const outcome = filter.where.holds(scope);
    if (outcome instanceof ExprError) report(outcome);
    if (outcome !== true) return;
  }
  const program = shard.plan.dimensions[dimension]?.key;
  if (program === undefined) return;
  const places = (taking.places[dimension] ??= placesOf(shard, program, dimension, report));
  if (places.length === 0) shard.stats.eventsWithoutKey += 1;
  for (const placed of places)
    visits.push({ id, rule, lone, place: placed.place, placed, report, history: noHistory, isAsked: false });
}

function placesOf(shard: Shard, program: KeyProgram, dimension: number, report: ReportExprError): readonly Placed[] {
  return keysOf(program, shard.scope, report).map((values) => ({
    place: { dimension, keyString: keyString(values), values, key: keyFactOf(program, values) },
    histories: undefined,
    windows: undefined,
    patterns: undefined,
    fired: [],
  }));
}

function enterVisit(shard: Shard, event: TocsinEvent, { place, history }: Visit): void {
  const scope = enterEvent(shard, event);
  scope.key = place.key;
  scope.prev = history.prev;
  scope.keySince = history.since;
}

/** What the rule knew of the key before the event. A late one is not remembered by rules that take events in order. */
function visitHistory(shard: Shard, { event, isLate, outputs }: Taking, at: Visit): void {
  const { rule, place, placed } = at;
  const node = rule?.history;
  if (rule === undefined || node === undefined) return;
  const known = placed.histories?.get(node);
  const isSeen = !(isLate && rule.program.knowsLateness);
  at.history = known ?? (isSeen ? takeIntoHistory(shard, place, node, event, outputs) : historyAt(shard, place, node));
  (placed.histories ??= new Map()).set(node, at.history);
  if (!isSeen && node.keepsEvent)
    noteLate(shard, outputs, { rule: at.id, window: undefined, pattern: undefined, event });
}

/** Visits of one rule or lone pattern stand together, one for each of the event's keys: the first behind those of `first`. */
function endOfTaker(visits: readonly Visit[], first: number): number {
  const id = visits[first]?.id;
  const rule = visits[first]?.rule;
  let end = first + 1;
  while (end < visits.length && visits[end]?.rule === rule && visits[end]?.id === id) end += 1;
  return end;
}

/** The windows of the rule that `first` is of, by name, each under all of the event's keys. */
function visitWindows(shard: Shard, taking: Taking, visits: readonly Visit[], first: number): void {
  const rule = visits[first]?.rule;
  if (rule === undefined) return;
  const end = endOfTaker(visits, first);
  for (const window of rule.windows) {
    for (let index = first; index < end; index += 1) {
      const at = visits[index];
      if (at !== undefined) visitWindow(shard, taking, at, rule, window);
    }
  }
}

/** Several rules take what an operator made of an event, or an explanation tells it. */
function isAskedAgain({ settings }: Shard, { users }: WindowNode | PatternNode): boolean {
  return users.length > 1 || settings.observing.explain !== undefined;
}

function visitWindow(shard: Shard, taking: Taking, at: Visit, rule: RuleNode, window: RuleWindow): void {
  const { event, isLate, outputs } = taking;
  const { declared, node, member } = window;
  const outcomes = at.placed.windows?.get(node) ?? offerToWindow(shard, taking, node, at);
  if (isAskedAgain(shard, node)) (at.placed.windows ??= new Map()).set(node, outcomes);
  const outcome = outcomes[member];
  switch (outcome?.kind) {
    case "late":
      noteLate(shard, outputs, { rule: at.id, window: declared.name, pattern: undefined, event });
      settleLate(shard, event, { rule, declared }, (taking.lateDone ??= new Set()), outputs);
      return;
    case "added":
    case "shed":
      if (isLate || firesByItself(declared.program.shape)) return;
      noteSliding(shard, taking, at, window);
      if (rule.program.evaluate.windows.has(declared.name)) at.isAsked = true;
      return;
    case "fired":
      for (const fired of outcome.fired) at.placed.fired.push({ node, fired });
      for (const fired of outcome.fired) noteFiring(shard, taking, { at, rule, declared, fired });
      return;
    case "filtered":
    case "refused":
    case undefined:
  }
}

/** A firing that the event caused: its line, and the decision that it asks for. */
function noteFiring(
  { settings }: Shard,
  { event, outputs, evaluations }: Taking,
  firing: {
    readonly at: Visit;
    readonly rule: RuleNode;
    readonly declared: DeclaredWindow;
    readonly fired: FiredWindow;
  },
): void {
  const { at, rule, declared, fired } = firing;
  const { place, history } = at;
  if (settings.observing.windows) {
    const { start, end, values, firing: kind } = fired;
    outputs.push({
      kind: "window",
      rule: at.id,
      window: declared.name,
      key: place.key,
      start,
      end,
      values,
      firing: kind,
    });
  }
  if (!rule.program.evaluate.windows.has(declared.name)) return;
  const because = { kind: "window", declared, fired, together: at.placed.fired } as const;
  evaluations.push({ rule, place, at: fired.at, event: fired.isByEvent ? event : undefined, history, because });
}

function offerToWindow(
  shard: Shard,
  { event, outputs }: Taking,
  node: WindowNode,
  at: Visit,
): readonly WindowOutcome[] {
  enterVisit(shard, event, at);
  fillLookups(shard, node.lookups, undefined);
  const record = recordAt(shard, at.place, outputs);
  const outcomes = addToWindows(shard, record, node, event, at.report);
  settleOperator(shard, record, node);
  return outcomes;
}

function noteSliding(shard: Shard, { event, outputs }: Taking, { id, place }: Visit, window: RuleWindow): void {
  if (!shard.settings.observing.windows) return;
  const { name, program } = window.declared;
  const { start, end, ...fact } = windowFactAt(shard, window, place, event.time) ?? {};
  const values = Object.fromEntries(program.aggregateNames.map((aggregate) => [aggregate, fact[aggregate] ?? null]));
  outputs.push({
    kind: "window",
    rule: id,
    window: name,
    key: place.key,
    start: eventTimeMs(Number(start)),
    end: eventTimeMs(Number(end)),
    values,
    firing: "onTime",
  });
}

function noteLate(
  shard: Shard,
  outputs: Output[],
  late: {
    readonly rule: string | undefined;
    readonly window: string | undefined;
    readonly pattern: string | undefined;
    readonly event: TocsinEvent;
  },
): void {
  shard.stats.lateEvents += 1;
  if (shard.settings.observing.late) outputs.push({ kind: "late", ...late, event: late.event.id });
}

/** A pattern as a rule uses it, or as it runs alone. */
interface UsedPattern {
  readonly declared: { readonly name: string; readonly label: string };
  readonly node: PatternNode;
}

/** The patterns of the rule, or the lone one, that `first` is of, by name, each under all of the event's keys. */
function visitPatterns(shard: Shard, taking: Taking, visits: readonly Visit[], first: number): void {
  const { rule, lone } = visits[first] ?? {};
  const used: readonly UsedPattern[] =
    rule?.patterns ?? (lone === undefined ? [] : [{ declared: { name: lone.id, label: lone.id }, node: lone.node }]);
  const end = endOfTaker(visits, first);
  for (const pattern of used) {
    for (let index = first; index < end; index += 1) {
      const at = visits[index];
      if (at !== undefined) visitPattern(shard, taking, at, pattern);
    }
  }
}

function visitPattern(shard: Shard, taking: Taking, at: Visit, { declared, node }: UsedPattern): void {
  const { event, outputs } = taking;
  const { rule, place, history } = at;
  if (!passesFilter(shard, event, at, node)) return;
  if (taking.isLate) {
    noteLate(shard, outputs, { rule: rule?.program.id, window: undefined, pattern: declared.label, event });
    return;
  }
  const found = at.placed.patterns?.get(node) ?? offerToPattern(shard, taking, node, at);
  if (isAskedAgain(shard, node)) (at.placed.patterns ??= new Map()).set(node, found);
  for (const match of found) {
    if (shard.settings.observing.matches)
      outputs.push({ kind: "match", pattern: declared.label, rule: rule?.program.id, key: place.key, match });
    if (rule?.program.evaluate.patterns.has(declared.name) !== true) continue;
    const because = { kind: "match", name: declared.name, match } as const;
    taking.evaluations.push({ rule, place, at: match.time, event, history, because });
  }
}

function passesFilter(shard: Shard, event: TocsinEvent, at: Visit, { filter, lookups }: PatternNode): boolean {
  const { fitsType, where } = filter;
  if (!fitsType(event.type)) return false;
  if (where === undefined) return true;
  enterVisit(shard, event, at);
  fillLookups(shard, lookups, undefined);
  const outcome = where.holds(shard.scope);
  if (outcome instanceof ExprError) at.report(outcome);
  return outcome === true;
}

function offerToPattern(shard: Shard, { event, outputs }: Taking, node: PatternNode, at: Visit): readonly Match[] {
  enterVisit(shard, event, at);
  fillLookups(shard, node.lookups, undefined);
  for (const window of at.rule?.windows ?? []) {
    const { slot } = window.declared;
    if (node.windowSlots.has(slot)) shard.scope.slots[slot] = windowFactAt(shard, window, at.place, event.time);
  }
  const record = recordAt(shard, at.place, outputs);
  const state = stateAt(record, node, (known) => known instanceof PatternState, newPatternState);
  const sink = collectingSink(shard, at.report);
  offerEvent(node.program, state, event, shard.scope, sink);
  settleOperator(shard, record, node);
  return sink.matches;
}

function letGoOfEmptyRecords(shard: Shard, visits: readonly Visit[]): void {
  for (const { place } of visits) {
    const record = shard.records[place.dimension]?.get(place.keyString);
    if (record !== undefined) letGoIfEmpty(shard, record);
  }
}
