import { assert } from "../core/base/assert.ts";
import type { EnvelopeSettings } from "../core/event/envelope.ts";
import { compileDecoder } from "../core/event/projecting-decoder.ts";
import type { Plan } from "../core/plan/plan.ts";
import { fieldsDecodedFor } from "../core/shard/fields-decoded.ts";
import type { Output } from "../core/shard/output.ts";
import { Shard } from "../core/shard/shard.ts";
import type { ShardSettings } from "../core/shard/shard.ts";
import type { ShardStats } from "../core/shard/shard-stats.ts";
import { step } from "../core/shard/step.ts";
import type { Clock } from "../ports/clock.ts";
import type { Source } from "../ports/source.ts";
import { answerOf, defaultAsking } from "./question-asker.ts";

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
  /** For rules with asynchronous facts; undefined: the plan has none. */
  readonly asking?: ReplayAsking;
  readonly onProgress?: (progress: { readonly byteCount: number; readonly eventCount: number }) => void;
}

export interface ReplayAsking {
  readonly clock: Clock;
  readonly timeoutMs: number;
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
  asking,
  onOutputs,
  onProgress,
}: ReplayOptions): Promise<ShardStats> {
  const shard = new Shard(plan, settings);
  const decode = compileDecoder(envelope, fieldsDecodedFor(plan, settings));
  const outputs: Output[] = [];
  const identity = await source.open();
  await source.seek(identity.firstSequence);
  let byteCount = 0;
  for (let isFinished = false; !isFinished; ) {
    const batch = await source.pull({ messageCountMax, waitMs });
    for (const message of batch.messages) {
      byteCount += message.bytes.length + 1;
      step(shard, { kind: "message", stampMs: message.stampMs, elements: decode(message) }, outputs);
      if (shard.questions.size > 0) await answerAll(shard, asking, outputs);
    }
    isFinished = batch.isFinished;
    if (isFinished) {
      step(shard, { kind: "end" }, outputs);
      await answerAll(shard, asking, outputs);
    }
    await onOutputs(outputs);
    outputs.length = 0;
    onProgress?.({ byteCount, eventCount: shard.stats.events });
  }
  await source.close();
  return shard.stats;
}

/** Answers what an entry asked before the next is taken, in the order of asking: runs of equal answers are equal. */
async function answerAll(shard: Shard, asking: ReplayAsking | undefined, outputs: Output[]): Promise<void> {
  assert(
    asking !== undefined || shard.questions.size === 0,
    "a plan with asynchronous facts is given what to ask them by",
  );
  if (asking === undefined) return;
  const { clock, timeoutMs } = asking;
  while (shard.questions.size > 0) {
    const open = [...shard.questions.values()].slice(0, defaultAsking.concurrentCountMax);
    const answers = await Promise.all(open.map((question) => answerOf(question, shard, { timeoutMs }, clock)));
    for (const answer of answers)
      step(shard, { kind: "journal", entry: { kind: "answer", at: shard.logTime, ...answer } }, outputs);
  }
}
