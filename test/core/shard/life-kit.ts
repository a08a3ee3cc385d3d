import { type Documents, run } from "./scenario.ts";

export { play, type Row } from "./scenario.ts";

/** Keys that the shard still has where the stream has ended. */
export function alertsLeft(documents: Documents, stream: string): number {
  const { shard } = run(documents, stream);
  return shard.records.reduce((sum, records) => sum + records.size, 0);
}
