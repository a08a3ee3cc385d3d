import { assert } from "../base/assert.ts";
import { endThrottlePeriods, ThrottleState } from "../alert/throttle.ts";
import type { Match } from "../pattern/match.ts";
import { advanceTime } from "../pattern/advance-time.ts";
import { PatternState } from "../pattern/partial-match.ts";
import type {
  FiringNode,
  OperatorNode,
  PatternNode,
  PatternUser,
  TickNode,
  WindowNode,
  WindowUser,
} from "../plan/plan.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";
import type { Timer } from "../time/timer-queue.ts";
import type { FiredWindow } from "../window/window-fact.ts";
import { evaluateRule } from "./evaluate-rule.ts";
import type { Evaluation } from "./evaluation.ts";
import { endFirings } from "./firing-operator.ts";
import { historyAt } from "./history-operator.ts";
import { isWindowState, type KeyRecord } from "./key-record.ts";
import type { Output } from "./output.ts";
import { settleListChanges } from "./list-changes.ts";
import { collectingSink } from "./pattern-operator.ts";
import { letGoIfEmpty, packRecords, settleOperator } from "./records.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";
import { seedListedKeys, settleTick, takeTick } from "./tick-operator.ts";
import { takeDerived } from "./take-derived.ts";
import { takeEvent } from "./take-event.ts";

interface WindowFiring {
  readonly user: WindowUser;
  readonly record: KeyRecord;
  readonly fired: FiredWindow;
}

interface TimedMatch {
  readonly user: PatternUser;
  readonly record: KeyRecord;
  readonly match: Match;
}

/** What came due at one deadline, on one level. */
interface Due {
  readonly firings: WindowFiring[];
  /** By key: what fired together. */
  readonly together: Map<KeyRecord, { readonly node: WindowNode; readonly fired: FiredWindow }[]>;
  readonly matches: TimedMatch[];
  readonly ticks: { readonly node: TickNode; readonly record: KeyRecord; readonly at: EventTimeMs }[];
  /** Rules' alerts that may end: what is evaluated at the same time comes before. */
  readonly endings: { readonly node: FiringNode; readonly record: KeyRecord }[];
  readonly records: Set<KeyRecord>;
}

/**
 * Does all that the watermark has made due, in event-time order: a deadline d (due at a watermark of d - 1) before the
 * waiting events of time d.
 *
 * @param arrivingAt time of an event that is to be taken next. Sessions that end at that very time wait until it is: it may join them.
 */
export function runDue(shard: Shard, outputs: Output[], arrivingAt?: EventTimeMs): void {
  shard.sessionsHeldAt = arrivingAt;
  runAllDue(shard, outputs);
  shard.sessionsHeldAt = undefined;
}

/** The event is taken: sessions that ended at its very time, and that it did not join, come due. */
export function runHeldSessions(shard: Shard, outputs: Output[]): void {
  const { heldSessions } = shard;
  if (heldSessions.length === 0) return;
  for (const { node, key } of heldSessions.splice(0)) {
    const record = shard.records[node.dimension]?.get(key);
    if (record !== undefined) settleOperator(shard, record, node);
  }
  runAllDue(shard, outputs);
}

function runAllDue(shard: Shard, outputs: Output[]): void {
  for (;;) {
    packRecords(shard);
    const { at } = shard.watermark;
    const deadline = shard.timers.peekDeadline();
    const time = shard.reorder.peekTime();
    const isTimerDue = deadline !== undefined && at >= deadline - 1;
    const isEventDue = time !== undefined && time <= at;
    if (isTimerDue && !(isEventDue && time < deadline)) {
      // What a deadline makes travels before the watermark that let it come due: Flink's order of a result and its watermark.
      const before = eventTimeMs(Math.min(shard.timeReached, deadline - 2));
      reach(shard, deadline - 1);
      fireTimers(shard, { deadline, before }, outputs);
    } else if (isEventDue) {
      reach(shard, time - 1);
      takeWaiting(shard, outputs);
    } else {
      shard.timeReached = at;
      seedListedKeys(shard, outputs);
      return;
    }
  }
}

function reach(shard: Shard, time: number): void {
  if (time > shard.timeReached) shard.timeReached = eventTimeMs(time);
}

function takeWaiting(shard: Shard, outputs: Output[]): void {
  const waiting = shard.reorder.take();
  assert(waiting !== undefined, "an event that is due waits");
  const { event, isShadow } = waiting;
  takeEvent(shard, event, "released", outputs, isShadow ? "shadow" : "all");
  takeDerived(shard, shard.timeReached, outputs);
}

/**
 * Fires all timers of a deadline, level by level: what one level makes is taken before the next comes due, so that a window
 * that ends with the window of a rule before it has that one's results.
 */
function fireTimers(
  shard: Shard,
  { deadline, before }: { readonly deadline: EventTimeMs; readonly before: EventTimeMs },
  outputs: Output[],
): void {
  const waiting: Timer[][] = Array.from({ length: shard.plan.levelMax + 1 }, () => []);
  for (const [level, ofLevel] of waiting.entries()) {
    for (let timer = shard.timers.popDue(deadline); timer !== undefined; timer = shard.timers.popDue(deadline)) {
      const node = shard.plan.operators[timer.operatorIndex];
      if (node !== undefined && isHeldSession(shard, node, timer)) shard.heldSessions.push({ node, key: timer.key });
      else waiting[Math.max(level, node?.level ?? 0)]?.push(timer);
    }
    if (ofLevel.length === 0) continue;
    fireLevel(shard, ofLevel, deadline, outputs);
    takeDerived(shard, before, outputs);
  }
}

function isHeldSession({ sessionsHeldAt }: Shard, node: OperatorNode, { deadline }: Timer): boolean {
  return deadline === sessionsHeldAt && node.kind === "window" && node.store.family === "session";
}

function fireLevel(shard: Shard, timers: readonly Timer[], deadline: EventTimeMs, outputs: Output[]): void {
  const due = nothingDue();
  for (const timer of timers) {
    const node = shard.plan.operators[timer.operatorIndex];
    assert(node !== undefined, "a timer belongs to an operator of the plan");
    const record = shard.records[node.dimension]?.get(timer.key);
    if (record === undefined) continue;
    comeDue(shard, node, record, deadline, due);
    if (node.kind !== "firing") settleOperator(shard, record, node);
    due.records.add(record);
  }
  tellDue(shard, due, outputs);
  for (const { node, record, at } of due.ticks) settleTick(shard, record, node, at);
  for (const { node, record } of due.endings) endFirings(shard, record, node, deadline, outputs);
  for (const record of due.records) letGoIfEmpty(shard, record);
}

function nothingDue(): Due {
  return { firings: [], together: new Map(), matches: [], ticks: [], endings: [], records: new Set() };
}

function comeDue(shard: Shard, node: OperatorNode, record: KeyRecord, deadline: EventTimeMs, due: Due): void {
  const state = record.states[node.state];
  switch (node.kind) {
    case "window":
      if (state !== undefined && isWindowState(state)) noteFired(node, record, state.comeDue(deadline), due);
      return;
    case "pattern": {
      if (!(state instanceof PatternState)) return;
      const [owner] = node.users;
      const sink = collectingSink(shard, (error) =>
        countError(shard.stats, owner?.rule?.program.id ?? owner?.label ?? "", error),
      );
      advanceTime(node.program, state, deadline, shard.scope, sink);
      collectMatches(node, record, sink.matches, due);
      return;
    }
    case "throttle":
      if (state instanceof ThrottleState) endThrottlePeriods(state, deadline, node.keptMs);
      return;
    case "firing":
      due.endings.push({ node, record });
      return;
    case "tick": {
      const at = takeTick(record, node);
      if (at !== undefined) due.ticks.push({ node, record, at });
      return;
    }
    case "history":
      assert(false, "a history has no deadline");
  }
}

function noteFired(node: WindowNode, record: KeyRecord, windows: readonly FiredWindow[], due: Due): void {
  if (windows.length === 0) return;
  const together = due.together.get(record) ?? [];
  due.together.set(record, together);
  for (const fired of windows) {
    together.push({ node, fired });
    for (const user of node.users) if (user.member === fired.member) due.firings.push({ user, record, fired });
  }
}

/** Fires what log time has made due, by time; of one time in the order of operators and keys. */
export function runDueInLogTime(shard: Shard, outputs: Output[]): void {
  for (
    let at = shard.logTimers.peekDeadline();
    at !== undefined && at <= shard.logTime;
    at = shard.logTimers.peekDeadline()
  ) {
    const due = nothingDue();
    for (let timer = shard.logTimers.popDue(at); timer !== undefined; timer = shard.logTimers.popDue(at)) {
      const node = shard.plan.operators[timer.operatorIndex];
      const record = node === undefined ? undefined : shard.records[node.dimension]?.get(timer.key);
      if (node?.kind !== "window" || record === undefined) continue;
      const state = record.states[node.state];
      if (state === undefined || !isWindowState(state)) continue;
      noteFired(node, record, state.comeDueInLogTime(at, shard.timeReached), due);
      settleOperator(shard, record, node);
      due.records.add(record);
    }
    tellDue(shard, due, outputs);
    for (const record of due.records) letGoIfEmpty(shard, record);
    takeDerived(shard, shard.timeReached, outputs);
  }
}

function collectMatches({ users }: PatternNode, record: KeyRecord, matches: readonly Match[], due: Due): void {
  for (const match of matches) for (const user of users) due.matches.push({ user, record, match });
}

/** Window lines, match lines, then decisions; each in rule order, by declared name, by key. */
function tellDue(shard: Shard, { firings, together, matches, ticks }: Due, outputs: Output[]): void {
  const evaluations: Evaluation[] = [];
  firings.sort((a, b) => compareUsers(a, b) || a.fired.end - b.fired.end || a.fired.start - b.fired.start);
  for (const { user, record, fired } of firings) {
    const { rule, declared } = user;
    if (shard.settings.observing.windows) {
      const { start, end, values, firing } = fired;
      outputs.push({
        kind: "window",
        rule: rule.program.id,
        window: declared.name,
        key: record.key,
        start,
        end,
        values,
        firing,
      });
    }
    if (!rule.program.evaluate.windows.has(declared.name)) continue;
    evaluations.push({
      rule,
      place: record,
      at: fired.at,
      event: undefined,
      history: historyAt(shard, record, rule.history),
      because: { kind: "window", declared, fired, together: together.get(record) ?? [] },
    });
  }
  matches.sort(compareUsers);
  for (const { user, record, match } of matches) {
    const { rule, name, label } = user;
    if (shard.settings.observing.matches)
      outputs.push({ kind: "match", pattern: label, rule: rule?.program.id, key: record.key, match });
    if (rule?.program.evaluate.patterns.has(name) !== true) continue;
    evaluations.push({
      rule,
      place: record,
      at: match.time,
      event: undefined,
      history: historyAt(shard, record, rule.history),
      because: { kind: "match", name, match },
    });
  }
  for (const { node, record, at } of ticks) {
    const { rule } = node;
    const history = historyAt(shard, record, rule.history);
    evaluations.push({ rule, place: record, at, event: undefined, history, because: { kind: "tick" } });
  }
  evaluations.sort((a, b) => a.rule.order - b.rule.order);
  for (const evaluation of evaluations) evaluateRule(shard, evaluation, outputs);
  settleListChanges(shard, outputs);
}

function compareUsers(a: WindowFiring | TimedMatch, b: WindowFiring | TimedMatch): number {
  const byRule = (a.user.rule?.order ?? Infinity) - (b.user.rule?.order ?? Infinity);
  if (byRule !== 0 && !Number.isNaN(byRule)) return byRule;
  return compareTexts(nameOf(a), nameOf(b)) || compareTexts(a.record.keyString, b.record.keyString);
}

function nameOf({ user }: WindowFiring | TimedMatch): string {
  return "declared" in user ? user.declared.name : user.name;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
