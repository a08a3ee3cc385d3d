import { effectIdOf } from "../core/alert/alert-identity.ts";
import { compileDecoder, type DecodeMessage } from "../core/event/projecting-decoder.ts";
import { fieldsDecodedFor } from "../core/shard/fields-decoded.ts";
import type { JournalEntry } from "../core/shard/journal.ts";
import type { Output } from "../core/shard/output.ts";
import type { Shard } from "../core/shard/shard.ts";
import { activatePlan } from "../core/shard/snapshot.ts";
import { step } from "../core/shard/step.ts";
import { summaryOf } from "../core/table/list-view.ts";
import { logTimeMs } from "../core/time/instant.ts";
import { CepError } from "../ports/error.ts";
import type { SourceRecord, StoredEffect, StoredJournalEntry } from "../ports/shard-store.ts";
import type { Source, SourceBatch, SourceMessage } from "../ports/source.ts";
import { Committer } from "./committer.ts";
import type { Patiently } from "./document-store.ts";
import { EffectMaker } from "./effects-of.ts";
import type { ListCommands } from "./list-commands.ts";
import { loadPlan } from "./load-shard.ts";
import type { LoadedShard } from "./load-shard.ts";
import { othersTurn } from "./others-turn.ts";
import { PatientSource } from "./patient-source.ts";
import { defaultAsking, QuestionAsker } from "./question-asker.ts";
import type { RunShardOptions, ShardStatus } from "./shard-run.ts";
import { StatsReporter } from "./stats-reporter.ts";
import { StoreWriter } from "./store-writer.ts";
import { takeListCommands } from "./take-commands.ts";
import { watermarkStatus } from "./watermark-status.ts";

/** Longest wait for input, so that ticks, checkpoints and stops are in time. */
const waitMsMax = 250;

interface Signals {
  readonly stopping: AbortSignal;
  readonly givingUp: AbortSignal;
}

/** Journal entries that answers may add before they are written. */
const answerEntryCountMax = 50;

/** One life of a shard in memory, from loading it to a stop or to the moment its memory is found to be wrong. */
export class Incarnation {
  readonly options: RunShardOptions;
  readonly source: PatientSource;
  readonly loaded: LoadedShard;
  readonly signals: Signals;
  readonly commands: ListCommands;
  readonly writer: StoreWriter;
  readonly committer: Committer;
  readonly effects: EffectMaker;
  readonly stats: StatsReporter;
  readonly asker: QuestionAsker;
  readonly outputs: Output[] = [];
  shard: Shard;
  /** For the plan in force; an activation makes another. */
  decode: DecodeMessage;
  /** Journal entries behind the checkpoint that are still to be taken again. */
  recovering: readonly StoredJournalEntry[];
  pendingJournal: StoredJournalEntry[] = [];
  pendingEffects: StoredEffect[] = [];
  position: SourceRecord;
  isReady = false;
  isAtEnd = false;
  /** Since when, by the clock, the source has been at its end without a message. */
  quietSince: number;

  /** The batch that is on its way; it is waited for again where a command came first. */
  pulling: Promise<SourceBatch> | undefined;

  constructor(
    options: RunShardOptions,
    source: Source,
    loaded: LoadedShard,
    { signals, commands }: { readonly signals: Signals; readonly commands: ListCommands },
  ) {
    const { acquired, shard } = loaded;
    const { clock, telemetry, store } = options;
    this.options = options;
    this.source = new PatientSource({ source, clock, telemetry, stopping: signals.stopping });
    this.loaded = loaded;
    this.signals = signals;
    this.commands = commands;
    this.shard = shard;
    this.decode = compileDecoder(options.envelope, fieldsDecodedFor(shard.plan, options.settings));
    this.recovering = acquired.journal;
    this.writer = new StoreWriter({ store, fence: acquired.fence, clock, telemetry, signal: signals.givingUp });
    this.committer = new Committer(options, this.writer, loaded);
    this.effects = new EffectMaker((rule, error) =>
      telemetry.warn("a summary template failed; the alert has its plain line", { rule, error }),
    );
    this.stats = new StatsReporter(telemetry);
    this.asker = new QuestionAsker(options.asking ?? defaultAsking, clock);
    this.position = { name: source.name, created: "", sequence: -1, stampMs: undefined };
    this.quietSince = clock.now();
  }

  async run(): Promise<void> {
    const { documents, onReady, clock } = this.options;
    const { stopping } = this.signals;
    const position = await this.source.openBehind(this.loaded.acquired.checkpoint?.sources ?? []);
    if (position === undefined) return;
    this.position = position;
    const remaining = await this.recover();
    if (stopping.aborted) return this.commit();
    if (this.shard.plan.documents !== documents.plan.documents) await this.activate();
    this.isReady = true;
    onReady?.();
    if (remaining !== undefined) await this.takeBatch(remaining);
    while (!stopping.aborted) {
      const batch = await this.nextBatch();
      if (batch !== undefined) await this.takeBatch(batch);
      if (stopping.aborted) break;
      await this.takeAnswers();
      await this.takeCommands();
      this.passTime();
      await this.flush();
      this.stats.report(this.shard, clock.now());
      this.options.telemetry.gauge("tocsin_uncommitted_entries", this.committer.uncommittedCount(this.shard));
      if (this.committer.isDue(this.shard)) await this.commit();
      await othersTurn();
    }
    // A source that is being read can't be closed.
    await this.pulling;
    await this.commit();
  }

  /** The next batch; undefined where a command or an answer came first, or so many questions are open that input waits. */
  private async nextBatch(): Promise<SourceBatch | undefined> {
    this.asker.ask(this.shard);
    const arrivals = [
      ...(this.canTakeCommands() ? [this.commands.arrival()] : []),
      ...(this.asker.isWaiting ? [this.asker.arrival()] : []),
    ];
    if (this.asker.isFull(this.shard)) return this.waitWithoutInput(arrivals);
    if (this.pulling === undefined) {
      this.pulling = this.source.pull(this.waitMs());
      // What it fails with is met where it is waited for.
      this.pulling.catch(() => undefined);
    }
    const batch = await Promise.race([this.pulling, ...arrivals]);
    if (batch !== undefined) this.pulling = undefined;
    return batch;
  }

  /** What is due meanwhile is done all the same, and a stop is heeded. */
  private async waitWithoutInput(arrivals: readonly Promise<undefined>[]): Promise<undefined> {
    const { clock } = this.options;
    const ended = new AbortController();
    await Promise.race([...arrivals, clock.sleep(waitMsMax, ended.signal)]);
    ended.abort();
  }

  /** Finishes the evaluations that have what they waited for, each by an entry of the journal. */
  private async takeAnswers(): Promise<void> {
    for (let answer = this.asker.take(); answer !== undefined; answer = this.asker.take()) {
      // One that was given up meanwhile needs no entry.
      if (this.shard.questions.has(answer.question))
        this.journal({ kind: "answer", at: this.shard.logTime, ...answer });
      if (this.pendingJournal.length >= answerEntryCountMax) await this.flush();
    }
  }

  /** Log time is known: what a member lasts is counted in it. */
  private canTakeCommands(): boolean {
    return this.isAtEnd || Number.isFinite(this.shard.logTime);
  }

  private takeCommands(): Promise<void> {
    const { stopping } = this.signals;
    const { clock, telemetry } = this.options;
    return takeListCommands(this.commands, {
      shard: this.shard,
      telemetry,
      canTake: () => this.canTakeCommands() && !stopping.aborted,
      pendingCount: () => this.pendingJournal.length,
      // While the source has more, its own stamps are the time: a backlog is not made late by the clock.
      changeTime: () => (this.isAtEnd ? logTimeMs(Math.max(clock.now(), this.shard.logTime)) : this.shard.logTime),
      journal: (entry) => this.journal(entry),
      flush: async () => {
        await this.flush();
        await othersTurn();
      },
    });
  }

  /**
   * Reads again what was read before the crash, at least as far as effects became visible, each journal entry at its old
   * ordinal. What is left of the last batch is returned.
   */
  private async recover(): Promise<SourceBatch | undefined> {
    const { through } = this.loaded.acquired;
    const target = Math.max(through?.ordinal ?? 0, this.recovering.at(-1)?.ordinal ?? 0);
    let batch: SourceBatch = { messages: [], isAtEnd: false, isFinished: false };
    let index = 0;
    while (this.shard.ordinal < target && !this.signals.stopping.aborted) {
      if (await this.retakeJournal()) continue;
      const message = batch.messages[index];
      if (message !== undefined) {
        index += 1;
        this.takeMessage(message);
        if (this.pendingEffects.length >= recoveredEffectCountMax) await this.flush();
        continue;
      }
      if (batch.isAtEnd && batch.messages.length === 0) throw this.rolledBack(target);
      batch = await this.source.pull(waitMsMax);
      if (batch.gap !== undefined) this.passGap(batch.gap);
      index = 0;
      await othersTurn();
    }
    await this.flush();
    if (index === batch.messages.length) return undefined;
    const { isAtEnd, isFinished } = batch;
    return { messages: batch.messages.slice(index), isAtEnd, isFinished };
  }

  private rolledBack(target: number): CepError {
    const message = `source ${this.position.name} ends before what was read of it already (entry ${this.shard.ordinal} of ${target}): the log was rolled back`;
    return new CepError("SOURCE_ROLLED_BACK", message);
  }

  private readonly patiently: Patiently = (call) => this.writer.retry(call);

  /** Takes the journal entry that stands next, if one does. */
  private async retakeJournal(): Promise<boolean> {
    const [next, ...rest] = this.recovering;
    // Behind a gap an entry may stand at an ordinal that is past.
    if (next === undefined || next.ordinal > this.shard.ordinal + 1) return false;
    this.recovering = rest;
    const { entry } = next;
    const { store, readDocuments, documents, extensionsFor } = this.options;
    const loading = { store, readDocuments, known: documents.plan, patiently: this.patiently, extensionsFor };
    if (entry.kind === "activation") this.activateAs(await loadPlan(entry.documents, loading));
    else step(this.shard, { kind: "journal", entry }, this.outputs);
    this.collect();
    return true;
  }

  private async activate(): Promise<void> {
    const { documents, telemetry } = this.options;
    this.activateAs(documents.plan);
    this.pendingJournal.push({
      ordinal: this.shard.ordinal,
      entry: { kind: "activation", documents: documents.plan.documents },
    });
    telemetry.info("documents are in force", {
      documents: documents.plan.documents,
      rules: documents.plan.rules.length,
    });
    await this.flush();
  }

  private activateAs(plan: Shard["plan"]): void {
    const next = activatePlan(this.shard, plan);
    next.ordinal += 1;
    this.shard = next;
    this.decode = compileDecoder(this.options.envelope, fieldsDecodedFor(plan, this.options.settings));
    this.committer.rewriteWhole();
  }

  /** Takes all of a batch, or what a stop leaves of it. */
  private async takeBatch(batch: SourceBatch): Promise<void> {
    const { clock, sliceMs } = this.options;
    if (batch.gap !== undefined) this.passGap(batch.gap);
    this.isAtEnd = batch.isAtEnd;
    let sliceStart = clock.now();
    for (const message of batch.messages) {
      if (this.signals.stopping.aborted) break;
      this.takeMessage(message);
      if (clock.now() - sliceStart < sliceMs) continue;
      this.endSlice(sliceStart);
      await this.flush();
      await othersTurn();
      sliceStart = clock.now();
    }
    if (batch.messages.length > 0) this.endSlice(sliceStart);
    if (batch.messages.length > 0 || !batch.isAtEnd) this.quietSince = clock.now();
  }

  private endSlice(startedAt: number): void {
    const { telemetry, clock } = this.options;
    telemetry.observe("tocsin_step_duration_seconds", (clock.now() - startedAt) / 1_000);
  }

  private takeMessage(message: SourceMessage): void {
    const { fitsSubject } = this.options;
    const isPassedOver = message.subject !== undefined && fitsSubject?.(message.subject) === false;
    const elements = isPassedOver ? [] : this.decode(message);
    step(this.shard, { kind: "message", stampMs: message.stampMs, elements }, this.outputs);
    this.position = { ...this.position, sequence: message.sequence, stampMs: message.stampMs };
    this.options.telemetry.count("tocsin_messages_total");
    this.collect();
  }

  /**
   * Moves log time on while the source is quiet at its end: docs/protocol.md, rule 5. Also after a restart or an outage it
   * must have been quiet for so long first: whoever could not deliver gets the chance to.
   */
  private passTime(): void {
    const { watermark } = this.shard;
    const now = this.options.clock.now();
    if (!this.isAtEnd || now - this.quietSince < this.options.idleMs) return;
    if (watermark.idleAt === undefined) {
      // Where partitions are still expected, the watermark is only known once they are left out.
      if (Number.isFinite(watermark.eventTimeMax))
        this.journal({ kind: "idle", at: logTimeMs(Math.max(now, this.shard.logTime)) });
      return;
    }
    const due = this.nextDue();
    if (due !== undefined && watermark.at + (now - watermark.idleAt) >= due)
      this.journal({ kind: "tick", at: logTimeMs(now) });
  }

  /** The watermark at which something is to be done though no event comes. */
  private nextDue(): number | undefined {
    const deadline = this.shard.timers.peekDeadline();
    const waiting = this.shard.reorder.peekTime();
    if (deadline === undefined && waiting === undefined) return undefined;
    return Math.min(deadline === undefined ? Infinity : deadline - 1, waiting ?? Infinity);
  }

  private journal(entry: Exclude<JournalEntry, { readonly kind: "activation" }>): void {
    step(this.shard, { kind: "journal", entry }, this.outputs);
    this.pendingJournal.push({ ordinal: this.shard.ordinal, entry });
    this.collect();
  }

  private waitMs(): number {
    const { watermark } = this.shard;
    const due = this.nextDue();
    if (!this.isAtEnd || watermark.idleAt === undefined || due === undefined) return waitMsMax;
    const dueAt = Math.max(watermark.idleAt + (due - watermark.at), this.quietSince + this.options.idleMs);
    return Math.max(1, Math.min(waitMsMax, dueAt - this.options.clock.now()));
  }

  /** Goes on behind messages that are gone. Each counts as an entry, so that the journal's ordinals still fit. */
  private passGap({ from, to }: { readonly from: number; readonly to: number }): void {
    const { telemetry } = this.options;
    const { name } = this.position;
    const message = `source ${name} no longer has messages ${from} to ${to}: what they would have led to is lost`;
    telemetry.error(message);
    telemetry.count("tocsin_log_gaps_total");
    this.shard.ordinal += to - from + 1;
    this.position = { ...this.position, sequence: to, stampMs: undefined };
    const id = effectIdOf(["alarm", "log-gap", name, from, to]);
    this.pendingEffects.push({
      ordinal: this.shard.ordinal,
      effect: { kind: "alarm", id, alarm: { code: "log-gap", message } },
    });
  }

  private collect(): void {
    for (const output of this.outputs) {
      const effect = this.effects.effectOf(output);
      if (effect !== undefined) this.pendingEffects.push({ ordinal: this.shard.ordinal, effect });
    }
    this.outputs.length = 0;
  }

  /** Makes what was decided visible: one `advance`, if there is anything. */
  private async flush(): Promise<void> {
    if (this.pendingJournal.length === 0 && this.pendingEffects.length === 0) return;
    const journal = this.pendingJournal;
    const effects = this.pendingEffects;
    const through = this.committer.throughOf(this.shard, this.position);
    await this.writer.write((fence) => this.options.store.advance(fence, { journal, effects, through }));
    this.pendingJournal = [];
    this.pendingEffects = [];
    this.options.onEffects?.(effects.map(({ effect }) => effect));
  }

  private async commit(): Promise<void> {
    await this.flush();
    await this.committer.commit(this.shard, this.position);
    await this.source.release(this.position.sequence + 1);
  }

  status(): ShardStatus {
    const { shard } = this;
    const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
    return {
      isReady: this.isReady,
      eventCount: shard.stats.events,
      alertCount: shard.stats.alerts,
      keyCount: shard.records.reduce((sum, records) => sum + records.size, 0),
      waitingEventCount: shard.reorder.size,
      watermarkMs: finite(shard.watermark.at),
      eventTimeMaxMs: finite(shard.watermark.eventTimeMax),
      logTimeMs: finite(shard.logTime),
      sequence: this.position.sequence,
      lists: [...shard.lists.byId.values()].map(summaryOf),
      isIdle: shard.watermark.idleAt !== undefined,
      isAtEnd: this.isAtEnd,
      ...watermarkStatus(shard, this.position.name),
    };
  }
}

/** Effects that recovery gathers before it writes them; those that were visible before are in the ledger and go no further. */
const recoveredEffectCountMax = 500;
