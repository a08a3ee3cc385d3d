import { assert } from "../base/assert.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import type { WindowNode } from "../plan/plan.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";
import {
  addToSliding,
  createSlidingState,
  slidingEvidence,
  slidingFact,
  SlidingWindowState,
} from "../window/sliding-window.ts";
import {
  addToTumbling,
  createTumblingState,
  openTumblingEvidence,
  openTumblingFact,
  TumblingWindowState,
} from "../window/tumbling-window.ts";
import type { SlidingOutcome } from "../window/sliding-window.ts";
import type { TumblingOutcome } from "../window/tumbling-window.ts";
import type { WindowEvidence, WindowFact } from "../window/window-fact.ts";
import type { KeyRecord } from "./key-record.ts";
import { stateAt } from "./records.ts";
import type { KeyPlace, Shard } from "./shard.ts";

/** What became of an event at a window. */
export type WindowOutcome = TumblingOutcome;

/** Offers the event in the scope to a window of a key. What a limit costs is counted. */
export function addToWindow(
  shard: Shard,
  record: KeyRecord,
  node: WindowNode,
  event: TocsinEvent,
  report: ReportExprError,
): WindowOutcome {
  const outcome = offer(shard, record, node, event, report);
  if (outcome === "added-at-limit" || (typeof outcome === "object" && outcome.kind === "refused")) {
    shard.stats.windowEventsShed += 1;
  }
  if (typeof outcome === "object") return outcome;
  return outcome === "filtered" ? { kind: "filtered" } : { kind: "added" };
}

function offer(
  shard: Shard,
  record: KeyRecord,
  node: WindowNode,
  event: TocsinEvent,
  report: ReportExprError,
): SlidingOutcome | TumblingOutcome {
  const { program } = node;
  if (program.kind === "sliding") {
    const state = stateAt(record, node, isSliding, () => createSlidingState(program));
    return addToSliding(program, state, event, shard.scope, report);
  }
  const state = stateAt(record, node, isTumbling, createTumblingState);
  return addToTumbling(program, state, event, shard.scope, shard.timeReached, report);
}

/** The window as it stands for a key at `at`; undefined where it is gone. */
export function windowFactAt(
  shard: Shard,
  node: WindowNode,
  { dimension, keyString }: KeyPlace,
  at: EventTimeMs,
): WindowFact | undefined {
  const { program } = node;
  const state = shard.records[dimension]?.get(keyString)?.states[node.state];
  if (program.kind === "sliding") {
    const sliding = state !== undefined && isSliding(state) ? state : createSlidingState(program);
    return slidingFact(program, sliding, notBefore(sliding, at));
  }
  assert(state === undefined || isTumbling(state), "a window's state is of its own kind");
  return openTumblingFact(program, state ?? createTumblingState(), at, shard.timeReached);
}

export function windowEvidenceAt(
  shard: Shard,
  node: WindowNode,
  { dimension, keyString }: KeyPlace,
  at: EventTimeMs,
): WindowEvidence {
  const { program } = node;
  const state = shard.records[dimension]?.get(keyString)?.states[node.state];
  if (state !== undefined && isSliding(state) && program.kind === "sliding")
    return slidingEvidence(program, state, notBefore(state, at));
  if (state !== undefined && isTumbling(state) && program.kind === "tumbling")
    return openTumblingEvidence(program, state, at);
  return { ids: [], count: 0 };
}

/** A late firing of another window evaluates in the past; a sliding window has moved on and is read as it stands. */
function notBefore(state: SlidingWindowState, at: EventTimeMs): EventTimeMs {
  return eventTimeMs(Math.max(at, state.times.back() ?? at));
}

function isSliding(state: unknown): state is SlidingWindowState {
  return state instanceof SlidingWindowState;
}

function isTumbling(state: unknown): state is TumblingWindowState {
  return state instanceof TumblingWindowState;
}
