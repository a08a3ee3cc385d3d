import { prngFromSeed } from "../../src/core/base/prng.ts";
import type { Prng } from "../../src/core/base/prng.ts";
import type { Effect } from "../../src/core/alert/effect.ts";
import { defaultEnvelope } from "../../src/core/event/envelope.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import type { ShardSettings } from "../../src/core/shard/shard.ts";
import { durationMs } from "../../src/core/time/instant.ts";
import { runShard } from "../../src/engine/run-shard.ts";
import type { RunningShard } from "../../src/engine/run-shard.ts";
import { ShardLostError } from "../../src/engine/store-writer.ts";
import type { ListChange } from "../../src/core/table/list-change.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { CepError } from "../../src/ports/error.ts";
import { readDocumentSet } from "../../src/spec/document-set-text.ts";
import { faultyPort } from "../contract/faulty-port.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { memoryShard, memoryShardStore } from "../contract/memory-shard-store.ts";
import type { MemoryShard } from "../contract/memory-shard-store.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { versions } from "./documents.ts";
import { drawFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { effectsOfJournal } from "./journal-oracle.ts";
import { withBug } from "./planted-bug.ts";
import type { PlantedBug } from "./planted-bug.ts";
import { simulatedSource, simulateLog } from "./simulated-log.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly messageCount?: number;
  readonly faults?: Faults;
  readonly bug?: PlantedBug;
}

export interface SimulationResult {
  /** What the notifier took from the outbox over all lives, in order. */
  readonly delivered: readonly Effect[];
  /** What log and journal say. */
  readonly expected: readonly Effect[];
  /** What made a life end that was neither killed nor stopped nor taken over. */
  readonly failures: readonly string[];
  readonly faults: Faults;
  readonly lifeCount: number;
  readonly callCount: number;
  readonly tickCount: number;
  readonly failoverCount: number;
  /** Changes of lists that were said to be done, and those of them that the journal does not have. */
  readonly doneCount: number;
  readonly undone: readonly string[];
}

interface Life {
  readonly shard: RunningShard;
  isDead: boolean;
  isEnded: boolean;
}

const startMs = 1_700_000_000_000;
const tickMs = 150;
const tailMs = 12_000;
const lifeCountMax = 20;
const envelope = { ...defaultEnvelope, source: "events" };
const storeCalls = [
  "acquire",
  "readFence",
  "loadSegment",
  "stageSegment",
  "advance",
  "commit",
  "putDocuments",
  "getDocuments",
  "absentContents",
  "putContent",
  "getContent",
] as const;
const sourceCalls = ["open", "stampOf", "seek", "pull", "release", "close"] as const;

const never = (): Promise<never> => new Promise(() => undefined);
const away = (code: "STORE_UNAVAILABLE" | "SOURCE_UNAVAILABLE") =>
  new CepError(code, "planted", { retryable: true, retryAfterMs: 120 });

/** Runs the real engine on simulated ports under one seed, until the log is read and nothing more comes of it. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = new World(options);
  await world.run();
  return world.result();
}

class World {
  readonly prng: Prng;
  readonly faults: Faults;
  readonly bug: PlantedBug | undefined;
  readonly clock = createManualClock(startMs);
  readonly log;
  readonly store = memoryShard();
  readonly settings: ShardSettings;
  readonly slice: { readonly sliceMs: number; readonly checkpointIntervalMs: number; readonly entryCountMax: number };
  readonly lives: Life[] = [];
  readonly delivered: Effect[] = [];
  readonly failures: string[] = [];
  earlier: MemoryShard;
  callCount = 0;
  ownerCount = 0;
  failoverCount = 0;
  storeBackAt = 0;
  sourceBackAt = 0;
  /** Members that were added, each another, and the lists' changes that were said to be done. */
  commandCount = 0;
  readonly done: string[] = [];
  /** Set once the last life is told to stop. */
  isOver = false;

  constructor({ seed, messageCount = 80, faults, bug }: SimulationOptions) {
    const prng = prngFromSeed(seed);
    this.faults = faults ?? drawFaults(prng.fork("faults"));
    this.bug = bug;
    this.log = simulateLog(prng.fork("log"), { startMs, messageCount });
    this.prng = prng.fork("world");
    this.settings = {
      outOfOrdernessMs: durationMs([0, 500][this.prng.nextBelow(2)] ?? 0),
      keyCountMax: 100,
      bufferedEventCountMax: 100,
      derivedEventCountMax: 1_000,
      observing: observeNothing,
    };
    this.slice = {
      sliceMs: [0, 20][this.prng.nextBelow(2)] ?? 0,
      checkpointIntervalMs: [200, 1_000, 7_000][this.prng.nextBelow(3)] ?? 0,
      entryCountMax: [3, 1_000][this.prng.nextBelow(2)] ?? 0,
    };
    this.earlier = structuredClone(this.store);
  }

  async run(): Promise<void> {
    let isFinished = false;
    const running = this.live().then(
      () => {
        isFinished = true;
      },
      (error: unknown) => {
        this.failures.push(`the world: ${String(error)}`);
        isFinished = true;
      },
    );
    void this.beat(() => isFinished);
    try {
      await this.clock.advanceUntil(() => isFinished, 20_000);
      await running;
    } catch {
      const lives = this.lives.map(({ isDead, isEnded, shard }) => ({ isDead, isEnded, ...shard.status() }));
      this.failures.push(
        `it does not come to an end: ${JSON.stringify({ isOver: this.isOver, lives: lives.slice(-2) })}`,
      );
    }
  }

  /** Time goes on also while a process only computes. */
  private async beat(isFinished: () => boolean): Promise<void> {
    while (!isFinished()) await this.clock.sleep(tickMs);
  }

  /** The world goes on in ticks: something may happen, and the notifier takes what is in the outbox. */
  private async live(): Promise<void> {
    this.start();
    while (!this.isReadToItsEnd()) {
      await this.clock.sleep(tickMs);
      if (this.failures.length > 0) return;
      this.mayHappen();
      if (this.prng.nextBelow(3) === 0) this.notify();
      if (this.lives.every(({ isDead, isEnded }) => isDead || isEnded)) this.start();
    }
    this.isOver = true;
    for (const { shard, isDead } of this.lives) if (!isDead) await shard.stop().catch((error) => this.ended(error));
    this.notify();
  }

  /** The log is read, and so much time has gone by that all deadlines are over. */
  private isReadToItsEnd(): boolean {
    const isRead = this.lives.some(
      ({ shard, isDead, isEnded }) =>
        !isDead && !isEnded && shard.status().isReady && shard.status().sequence === this.log.messages.length,
    );
    return isRead && this.clock.now() > this.log.endMs + tailMs;
  }

  private mayHappen(): void {
    const { faults, clock } = this;
    if (clock.now() > this.log.endMs + tailMs) return;
    if (this.isDrawn(faults.awayOneIn)) this.storeBackAt = clock.now() + this.prng.nextBelow(6_000);
    if (this.isDrawn(faults.awayOneIn)) this.sourceBackAt = clock.now() + this.prng.nextBelow(6_000);
    if (this.isDrawn(faults.secondOneIn)) this.start();
    if (this.isDrawn(faults.stopOneIn))
      this.lives
        .at(-1)
        ?.shard.stop()
        .catch(() => undefined);
    if (this.isDrawn(faults.commandOneIn)) this.command();
    if (faults.failoverOneIn === 0) return;
    if (this.isDrawn(faults.failoverOneIn)) {
      this.failoverCount += 1;
      Object.assign(this.store, structuredClone(this.earlier));
    } else if (this.isDrawn(20)) this.earlier = structuredClone(this.store);
  }

  /** Adds or removes one of the people, and marks the change by a member that nobody is. */
  private command(): void {
    const life = this.lives.at(-1);
    const member = ["ann", "bob", "cid"][this.prng.nextBelow(3)] ?? "ann";
    const mark = `mark ${(this.commandCount += 1)}`;
    const ttlMs = [undefined, 1_000, 5_000][this.prng.nextBelow(3)];
    const change: ListChange =
      this.prng.nextBelow(2) === 0 ? { kind: "remove", member } : { kind: "add", member, fields: {}, ttlMs };
    life?.shard
      .changeList("watchlist", [change, { kind: "add", member: mark, fields: {}, ttlMs: undefined }])
      .then(({ kind }) => {
        if (kind === "done") this.done.push(mark);
        else this.failures.push(`a change was refused: ${mark}`);
      })
      .catch((error: unknown) => {
        if (!(error instanceof CepError) || !error.retryable) this.failures.push(`a change failed: ${String(error)}`);
      });
  }

  private isDrawn(oneIn: number): boolean {
    return oneIn > 0 && this.prng.nextBelow(oneIn) === 0;
  }

  private notify(): void {
    this.delivered.push(...this.store.outbox.map(({ effect }) => effect));
    this.store.outbox = [];
  }

  private start(): void {
    const life = { isDead: false };
    const clock: Clock = {
      now: () => this.clock.now(),
      sleep: async (ms, signal) => {
        await this.clock.sleep(ms, signal);
        if (life.isDead) await never();
      },
    };
    const source = () =>
      faultyPort(
        simulatedSource(this.log, { clock, prng: this.prng.fork(`source ${this.lives.length}`) }),
        sourceCalls,
        () => this.planFor(life, "SOURCE_UNAVAILABLE", this.sourceBackAt),
      );
    const plain = memoryShardStore(this.store, {
      newOwner: () => `owner${(this.ownerCount += 1)}`.padEnd(16, "-"),
      sleep: (ms) => clock.sleep(ms),
    });
    const store = faultyPort(withBug(plain, this.store, this.bug), storeCalls, () =>
      this.planFor(life, "STORE_UNAVAILABLE", this.storeBackAt),
    );
    const documents = versions[this.faults.isEdited ? this.prng.nextBelow(versions.length) : 0];
    if (documents === undefined) throw new Error("there are documents");
    const shard = runShard({
      openSource: source,
      store,
      documents,
      readDocuments: readDocumentSet,
      envelope,
      settings: this.settings,
      clock,
      telemetry: recordTelemetry(),
      checkpointIntervalMs: this.slice.checkpointIntervalMs,
      sliceMs: this.slice.sliceMs,
      uncommittedEntryCountMax: this.slice.entryCountMax,
      idleMs: this.faults.idleMs,
      ledgerHorizonMs: 5_000,
    });
    const lived: Life = Object.assign(life, { shard, isEnded: false });
    this.lives.push(lived);
    shard.finished.then(
      () => {
        lived.isEnded = true;
      },
      (error: unknown) => {
        lived.isEnded = true;
        this.ended(error);
      },
    );
  }

  private ended(error: unknown): void {
    if (error instanceof ShardLostError && error.isTaken && this.lives.length > 1) return;
    this.failures.push(String(error instanceof Error ? error.stack : error));
  }

  /** What happens at one call of a port: see `Faults`. */
  private planFor(life: { isDead: boolean }, code: "STORE_UNAVAILABLE" | "SOURCE_UNAVAILABLE", backAt: number) {
    if (life.isDead) return { before: never };
    const { faults } = this;
    if (!this.isOver) this.callCount += 1;
    const die = async (): Promise<void> => {
      if (this.isOver) return;
      life.isDead = true;
      await never();
    };
    const isDead = async (): Promise<void> => {
      if (life.isDead) await never();
    };
    const { crashAt } = faults;
    if (crashAt !== undefined && this.callCount === crashAt.call && !this.isOver)
      return crashAt.when === "before" ? { before: die } : { after: die };
    if (this.isOver) return { after: isDead };
    if (this.clock.now() < backAt) return { before: () => Promise.reject(away(code)) };
    // A life that may die at every call of a long load would never get to its end.
    const mayDie = this.lives.length <= lifeCountMax;
    if (mayDie && this.isDrawn(faults.crashOneIn))
      return this.prng.nextBelow(2) === 0 ? { before: die } : { after: die };
    if (this.isDrawn(faults.failOneIn) && code === "STORE_UNAVAILABLE") {
      const fail = () => Promise.reject(away(code));
      return this.prng.nextBelow(2) === 0 ? { before: fail } : { after: fail };
    }
    return { after: isDead };
  }

  result(): SimulationResult {
    const journal = [...this.store.archive, ...this.store.journal];
    const expected = effectsOfJournal({
      messages: this.log.messages,
      journal,
      plans: versions.map(({ plan }) => plan),
      envelope,
      settings: this.settings,
    });
    const marked = new Set(
      journal.flatMap(({ entry }) => (entry.kind === "list" ? entry.changes.map(({ member }) => member) : [])),
    );
    return {
      delivered: this.delivered,
      expected,
      failures: this.failures,
      faults: this.faults,
      lifeCount: this.lives.length,
      callCount: this.callCount,
      tickCount: journal.filter(({ entry }) => entry.kind === "tick").length,
      failoverCount: this.failoverCount,
      doneCount: this.done.length,
      undone: this.done.filter((mark) => !marked.has(mark)),
    };
  }
}
