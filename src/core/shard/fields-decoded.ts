import { projectionOf, type Projection } from "../event/projection.ts";
import { fieldsReadBy } from "../plan/fields-read.ts";
import type { Plan } from "../plan/plan.ts";
import { timesOf } from "../time/source-time.ts";
import type { ShardSettings } from "./shard.ts";

/** The fields that a shard reads of events: its plan's, and those that tell partitions apart. */
export function fieldsDecodedFor(
  plan: Plan,
  settings: Pick<ShardSettings, "sources" | "outOfOrdernessMs">,
): Projection {
  const read = fieldsReadBy(plan);
  const names = timesOf(settings).flatMap(({ partitions }) => (partitions === undefined ? [] : [partitions.by]));
  return read === "all" || names.length === 0 ? read : projectionOf([...read, ...names]);
}
