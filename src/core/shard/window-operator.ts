import type { ReportExprError } from "../expr/context.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { RuleWindow, WindowNode } from "../plan/plan.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { WindowEvidence, WindowFact } from "../window/window-fact.ts";
import type { WindowOutcome, WindowState } from "../window/window-state.ts";
import { createWindowState } from "../window/window-store.ts";
import { isWindowState, type KeyRecord } from "./key-record.ts";
import type { KeyPlace, Shard } from "./shard.ts";

/** Offers the event in the scope to the windows of a key that are kept together; what became of it at each. What a limit costs is counted. */
export function addToWindows(
  shard: Shard,
  record: KeyRecord,
  node: WindowNode,
  event: TocsinEvent,
  report: ReportExprError,
): readonly WindowOutcome[] {
  const known = record.states[node.state];
  const state = known !== undefined && isWindowState(known) ? known : createWindowState(node.store);
  record.states[node.state] = state;
  const { intake } = shard;
  intake.event = event;
  intake.watermark = shard.timeReached;
  intake.logTime = shard.logTime;
  intake.report = report;
  const outcomes = state.add(intake);
  for (const { kind } of outcomes) if (kind === "shed" || kind === "refused") shard.stats.windowEventsShed += 1;
  return outcomes;
}

/** The window as it stands for a key at `at`; undefined where it is gone. */
export function windowFactAt(
  shard: Shard,
  { node, member }: Pick<RuleWindow, "node" | "member">,
  place: KeyPlace,
  at: EventTimeMs,
): WindowFact | undefined {
  return stateOf(shard, node, place).fact(member, { at, watermark: shard.timeReached });
}

export function windowEvidenceAt(
  shard: Shard,
  { node, member }: Pick<RuleWindow, "node" | "member">,
  place: KeyPlace,
  at: EventTimeMs,
): WindowEvidence {
  return stateOf(shard, node, place).evidence(member, { at, watermark: shard.timeReached });
}

/** An empty one where the key has none. */
function stateOf(shard: Shard, node: WindowNode, { dimension, keyString }: KeyPlace): WindowState {
  const state = shard.records[dimension]?.get(keyString)?.states[node.state];
  return state !== undefined && isWindowState(state) ? state : createWindowState(node.store);
}
