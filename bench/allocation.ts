import { getHeapStatistics } from "node:v8";
import type { JsonObject } from "../src/core/base/json.ts";
import type { Output } from "../src/core/shard/output.ts";
import { step, type LogEntry } from "../src/core/shard/step.ts";
import { eventOf, planOf, shardOf } from "./rule-set.ts";

const stepCount = 200_000;
const roundCount = 7;

/**
 * Bytes that one step takes from the heap, for events that match nothing: the least of some rounds, for a collection in
 * between gives memory back and a first use of code takes some.
 */
export function allocatedBytes(rules: readonly object[], events: readonly JsonObject[]): number {
  const shard = shardOf(planOf(rules));
  const entries = events.map(
    (fields, sequence): LogEntry => ({
      kind: "message",
      stampMs: 1_767_225_600_000,
      elements: [{ kind: "event", event: eventOf(fields, sequence) }],
    }),
  );
  const outputs: Output[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < roundCount; round += 1) {
    const before = getHeapStatistics().used_heap_size;
    for (let index = 0; index < stepCount; index += 1) {
      const entry = entries[index % entries.length];
      if (entry !== undefined) step(shard, entry, outputs);
    }
    const bytes = getHeapStatistics().used_heap_size - before;
    if (outputs.length > 0) throw new Error("an event matched a rule");
    if (bytes >= 0) least = Math.min(least, bytes / stepCount);
  }
  return least;
}
