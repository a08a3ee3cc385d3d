import type { Shard } from "../core/shard/shard.ts";
import { holderOf, inputsOf } from "../core/time/watermark-view.ts";
import type { ShardStatus } from "./shard-run.ts";

/** Who holds the watermark back, and how many are not waited for. `name` is what the one source is called where settings do not say. */
export function watermarkStatus(
  { watermark, logTime }: Pick<Shard, "watermark" | "logTime">,
  name: string,
): Pick<ShardStatus, "inputCount" | "idleInputCount" | "watermarkHeldBy"> {
  const inputs = inputsOf(watermark);
  const holder = holderOf(watermark);
  const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
  return {
    inputCount: inputs.length,
    idleInputCount: inputs.filter(({ input }) => input.isIdle).length,
    watermarkHeldBy: holder && {
      source: holder.source.time.source || name,
      ...(holder.input.partition === undefined ? {} : { partition: holder.input.partition }),
      watermarkMs: finite(holder.input.at),
      lagMs: finite(logTime - holder.input.at),
    },
  };
}
