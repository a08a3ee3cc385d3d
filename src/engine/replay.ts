import { decodeMessage } from "../core/event/decode.ts";
import type { EnvelopeSettings } from "../core/event/envelope.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { Output } from "../core/shard/output.ts";
import { Shard } from "../core/shard/shard.ts";
import type { ShardSettings } from "../core/shard/shard.ts";
import type { ShardStats } from "../core/shard/shard-stats.ts";
import { step } from "../core/shard/step.ts";
import type { Source } from "../ports/source.ts";

const messageCountMax = 1_000;
const waitMs = 1_000;

export interface ReplayOptions {
  /** A bounded log. */
  readonly source: Source;
  readonly plan: Plan;
  readonly envelope: EnvelopeSettings;
  readonly settings: ShardSettings;
  /** Given all that the entries of one pull told, in order; the array is reused. */
  readonly onOutputs: (outputs: readonly Output[]) => Promise<void> | void;
  readonly onProgress?: (progress: { readonly byteCount: number; readonly eventCount: number }) => void;
}

/**
 * Runs a bounded log through exactly the engine that runs live: the same `step`, without idle advance. At the end of
 * input the watermark goes to plus infinity. Returns the counts.
 */
export async function replay({
  source,
  plan,
  envelope,
  settings,
  onOutputs,
  onProgress,
}: ReplayOptions): Promise<ShardStats> {
  const shard = new Shard(plan, settings);
  const outputs: Output[] = [];
  const identity = await source.open();
  await source.seek(identity.firstSequence);
  let byteCount = 0;
  for (let isFinished = false; !isFinished; ) {
    const batch = await source.pull({ messageCountMax, waitMs });
    for (const message of batch.messages) {
      byteCount += message.bytes.length + 1;
      step(shard, { kind: "message", stampMs: message.stampMs, elements: decodeMessage(message, envelope) }, outputs);
    }
    isFinished = batch.isFinished;
    if (isFinished) step(shard, { kind: "end" }, outputs);
    await onOutputs(outputs);
    outputs.length = 0;
    onProgress?.({ byteCount, eventCount: shard.stats.events });
  }
  await source.close();
  return shard.stats;
}
