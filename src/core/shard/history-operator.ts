import type { TocsinEvent } from "../event/event.ts";
import type { HistoryNode } from "../plan/plan.ts";
import type { History } from "../rule/history-state.ts";
import { HistoryState, noHistory } from "../rule/history-state.ts";
import type { Output } from "./output.ts";
import { recordAt, settleOperator, stateAt } from "./records.ts";
import type { KeyPlace, Shard } from "./shard.ts";

/** Remembers the event, and gives what was known before it; its own time where it is the key's first. */
export function takeIntoHistory(
  shard: Shard,
  place: KeyPlace,
  node: HistoryNode,
  event: TocsinEvent,
  outputs: Output[],
): History {
  const record = recordAt(shard, place, outputs);
  const state = stateAt(record, node, isHistory, () => new HistoryState(event.time));
  const history = { prev: state.last, since: state.since };
  if (node.keepsEvent) state.last = event;
  settleOperator(shard, record, node);
  return history;
}

/** What is known of a key where no event is taken. */
export function historyAt(
  shard: Shard,
  { dimension, keyString }: Pick<KeyPlace, "dimension" | "keyString">,
  node: HistoryNode | undefined,
): History {
  if (node === undefined) return noHistory;
  const state = shard.records[dimension]?.get(keyString)?.states[node.state];
  return state instanceof HistoryState ? { prev: state.last, since: state.since } : noHistory;
}

function isHistory(state: unknown): state is HistoryState {
  return state instanceof HistoryState;
}
