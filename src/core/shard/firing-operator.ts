import { effectIdOf } from "../alert/alert-identity.ts";
import {
  endByTime,
  FiringState,
  type GivenAlert,
  noteEvaluation,
  noteGiven,
  noteWindow,
  resolveNow,
  retract,
} from "../alert/firing.ts";
import type { ResolvedCause } from "../alert/effect.ts";
import type { FiringNode } from "../plan/plan.ts";
import { type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import type { AlertDraft, Output } from "./output.ts";
import type { Evaluation } from "./evaluation.ts";
import type { KeyRecord } from "./key-record.ts";
import { recordAt, settleOperator, stateAt } from "./records.ts";
import type { KeyPlace, Shard } from "./shard.ts";

/** Gives the results of an evaluation that holds; with or without the alert. Gives the alert, where it was given. */
type GiveResults = (alerts: boolean) => AlertDraft["alert"] | undefined;

/** What an evaluation of a rule whose alerts begin or end by themselves leads to. */
export function decideFiring(
  shard: Shard,
  evaluation: Evaluation,
  node: FiringNode,
  holds: boolean,
  outputs: Output[],
  giveResults: GiveResults,
): void {
  const { place, at } = evaluation;
  // Where nothing is known of the key, nothing ends.
  if (!holds && !hasState(shard, place, node)) return;
  const record = recordAt(shard, place, outputs);
  const state = firingOf(record, node);
  const window = lateWindowOf(evaluation, node);
  if (!holds && window !== undefined)
    resolve(shard, node, place, retract(state, window.name), at, "retracted", outputs);
  const { acts, alerts, resolved } = noteEvaluation(node.firing.program, state, holds, at);
  resolve(shard, node, place, resolved, at, "whenFalse", outputs);
  const alert = acts ? giveResults(alerts) : undefined;
  if (alert !== undefined) {
    const given = { id: alert.id, at, fingerprint: alert.fingerprint };
    noteGiven(node.firing.program, state, given);
    if (window !== undefined && !noteWindow(state, window.name, given, window.until))
      shard.stats.rememberedAlertsShed += 1;
  }
  settleOperator(shard, record, node);
}

function hasState(shard: Shard, { dimension, keyString }: KeyPlace, node: FiringNode): boolean {
  return shard.records[dimension]?.get(keyString)?.states[node.state] !== undefined;
}

function firingOf(record: KeyRecord, node: FiringNode): FiringState {
  return stateAt(
    record,
    node,
    (known) => known instanceof FiringState,
    () => new FiringState(),
  );
}

/** The firing of a window that may fire again, and until when. */
function lateWindowOf({ because }: Evaluation, { firing }: FiringNode) {
  if (because.kind !== "window" || !firing.lateWindows.has(because.declared.name)) return undefined;
  const { declared, fired } = because;
  const { allowedLatenessMs, agoMs } = declared.program;
  const until = eventTimeMs(fired.end + Math.max(allowedLatenessMs, agoMs) + 1);
  return { name: `${declared.name} ${fired.start} ${fired.end}`, until };
}

/** The condition of `resolve` is tried on an event of the key: `isMet` is asked only where an alert stands. */
export function tryResolve(
  shard: Shard,
  { place, at }: Evaluation,
  node: FiringNode,
  isMet: () => boolean,
  outputs: Output[],
): void {
  const record = shard.records[place.dimension]?.get(place.keyString);
  const state = record?.states[node.state];
  if (record === undefined || !(state instanceof FiringState) || state.active === undefined || !isMet()) return;
  resolve(shard, node, place, resolveNow(state), at, "condition", outputs);
  settleOperator(shard, record, node);
}

/** Event time came to `deadline`: alerts that end by it. */
export function endFirings(
  shard: Shard,
  record: KeyRecord,
  node: FiringNode,
  deadline: EventTimeMs,
  outputs: Output[],
): void {
  const state = record.states[node.state];
  if (!(state instanceof FiringState)) return;
  const ended = endByTime(node.firing.program, state, deadline);
  if (ended !== undefined) resolve(shard, node, record, ended.given, ended.at, ended.cause, outputs);
  settleOperator(shard, record, node);
}

function resolve(
  shard: Shard,
  { rule }: FiringNode,
  { key }: KeyPlace,
  given: GivenAlert | undefined,
  time: EventTimeMs,
  cause: ResolvedCause,
  outputs: Output[],
): void {
  if (given === undefined) return;
  const { id, isShadow, alert } = rule.program;
  shard.stats.alertsResolved += 1;
  outputs.push({
    kind: "resolved",
    resolved: {
      id: effectIdOf(["resolved", given.id, cause, time]),
      alert: given.id,
      rule: id,
      key,
      time,
      cause,
      fingerprint: given.fingerprint,
      channels: alert?.channels ?? [],
      ...(isShadow ? { mode: "shadow" } : {}),
    },
  });
}
