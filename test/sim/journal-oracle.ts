import type { Effect } from "../../src/core/alert/effect.ts";
import { decodeMessage } from "../../src/core/event/decode.ts";
import type { EnvelopeSettings } from "../../src/core/event/envelope.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { noDocuments } from "../../src/core/plan/document-set.ts";
import { compilePlan } from "../../src/core/plan/compile-plan.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import type { ShardSettings } from "../../src/core/shard/shard.ts";
import { activatePlan } from "../../src/core/shard/snapshot.ts";
import { step } from "../../src/core/shard/step.ts";
import { EffectMaker } from "../../src/engine/effects-of.ts";
import type { StoredJournalEntry } from "../../src/ports/shard-store.ts";
import type { SourceMessage } from "../../src/ports/source.ts";

/**
 * What the log and the journal say, by one run over both that nothing disturbs: docs/protocol.md, rules 4 and 5. Whatever
 * was killed when, the outbox has to have seen exactly this.
 */
export function effectsOfJournal(options: {
  readonly messages: readonly SourceMessage[];
  readonly journal: readonly StoredJournalEntry[];
  readonly plans: readonly Plan[];
  readonly envelope: EnvelopeSettings;
  readonly settings: ShardSettings;
}): readonly Effect[] {
  const maker = new EffectMaker(() => undefined);
  const outputs: Output[] = [];
  const journal = new Map(options.journal.map(({ ordinal, entry }) => [ordinal, entry]));
  const empty = compilePlan(noDocuments).plan;
  if (empty === undefined) throw new Error("no documents compile");
  let shard = new Shard(empty, options.settings);
  const takeJournal = (): void => {
    for (let entry = journal.get(shard.ordinal + 1); entry !== undefined; entry = journal.get(shard.ordinal + 1)) {
      const journalled = entry;
      if (journalled.kind !== "activation") {
        step(shard, { kind: "journal", entry: journalled }, outputs);
        continue;
      }
      const plan = options.plans.find(({ documents }) => documents === journalled.documents);
      if (plan === undefined) throw new Error(`unknown documents ${journalled.documents}`);
      const { ordinal } = shard;
      shard = activatePlan(shard, plan);
      shard.ordinal = ordinal + 1;
    }
  };
  for (const message of options.messages) {
    takeJournal();
    const elements = decodeMessage(message, options.envelope);
    step(shard, { kind: "message", stampMs: message.stampMs, elements }, outputs);
  }
  takeJournal();
  return outputs.flatMap((output) => maker.effectOf(output) ?? []);
}
