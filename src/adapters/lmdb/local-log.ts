import { randomBytes } from "node:crypto";
import { assert } from "../../core/base/assert.ts";
import { isJsonObject } from "../../core/base/json.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source } from "../../ports/source.ts";
import type { LmdbDatabase, LmdbEnvironment } from "./environment.ts";
import { decodeRecord, encodeRecord, type LocalLogMessage, type LocalLogRecord, sizeOf } from "./local-log-record.ts";
import { localLogSource } from "./local-log-source.ts";
import type { LocalLogView } from "./local-log-view.ts";

/** Who appends, so that an append sent again is harmless. */
export interface Producer {
  readonly name: string;
  /** The producer's own number of the first message of this append; the others follow by one. Ascends, gaps allowed. */
  readonly sequence: number;
}

export interface LocalLogOptions {
  /** Names the log within the environment: letters, digits and `_-`. */
  readonly name: string;
  readonly environment: LmdbEnvironment;
  readonly clock: Clock;
  /** Room for messages that are not released yet. Default 1 GiB. */
  readonly maxBytes?: number;
  /** Producers that are remembered. Default 10,000. */
  readonly maxProducers?: number;
}

/**
 * The durable log behind HTTP and standard input, in the embedded store. Sequences are 0, 1, 2, … for ever.
 *
 * Delivery guarantees: what `append` resolved for is on the disk and keeps its sequence and stamp. Stamps are the clock's at
 * the append and never go back. An append that names its producer may be sent again after any failure: messages whose number
 * is not above the producer's last are left out.
 * At the limit: an append that does not fit into `maxBytes` is refused whole with STORE_FULL (retryable: releasing makes
 * room), one by a producer beyond `maxProducers` with STORE_FULL (not retryable). Nothing is ever dropped to make room.
 */
export interface LocalLog {
  readonly name: string;
  /** Yields the log's last sequence once the messages are on the disk. Appends that meet share one write. */
  append(messages: readonly LocalLogMessage[], options?: { readonly producer?: Producer }): Promise<number>;
  /** The number of the producer's last message in the log, or undefined for one that is not known. */
  producerSequence(producer: string): number | undefined;
  /** A reader of the log under the configured source's name; messages appended by this process wake it. */
  source(name: string): Source;
  /** Messages before `sequence` are removed. */
  release(sequence: number): Promise<void>;
  /** Messages and bytes that are held. */
  readonly size: { readonly messages: number; readonly bytes: number };
}

interface State {
  readonly created: string;
  readonly first: number;
  readonly next: number;
  /** Bytes taken since the log's creation, and of these the ones released. */
  readonly endOffset: number;
  readonly startOffset: number;
  readonly stampMs: number;
}

interface Waiting {
  readonly messages: readonly LocalLogMessage[];
  readonly producer: Producer | undefined;
  readonly resolve: (lastSequence: number) => void;
  readonly reject: (error: unknown) => void;
}

const stateKey = "state";
const releaseCountMax = 5_000;

/** @throws {CepError} STORE_DAMAGED, STORE_FULL (retryable), STORE_UNAVAILABLE. */
export async function openLocalLog(options: LocalLogOptions): Promise<LocalLog> {
  const { environment, name } = options;
  assert(/^[A-Za-z0-9_-]+$/.test(name), "a log's name is of letters, digits, _ and -");
  const meta = environment.json(`log-${name}`);
  const stored = meta.get(stateKey);
  let state: State;
  if (stored === undefined) {
    const created = randomBytes(16).toString("hex");
    state = { created, first: 0, next: 0, endOffset: 0, startOffset: 0, stampMs: 0 };
    await environment.transaction(() => meta.put(stateKey, state));
  } else {
    state = parseState(stored, environment.dir);
  }
  const log = new StoredLog(options, state);
  return {
    name,
    append: (messages, { producer } = {}) => log.append(messages, producer),
    producerSequence: (producer) => log.producerSequence(producer),
    source: (sourceName) => localLogSource(sourceName, log, options.clock),
    release: (sequence) => log.release(sequence),
    get size() {
      return { messages: log.next - log.first, bytes: log.bytesHeld };
    },
  };
}

/** The log as its source and its writers share it; one a process. */
class StoredLog implements LocalLogView {
  readonly #options: LocalLogOptions;
  readonly #maxBytes: number;
  readonly #maxProducers: number;
  readonly #meta: LmdbDatabase<unknown>;
  readonly #messages: LmdbDatabase<Uint8Array>;
  readonly #producers: LmdbDatabase<unknown>;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #producerCount: number;
  #waiting: Waiting[] = [];

  constructor(options: LocalLogOptions, state: State) {
    const { environment, name } = options;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 1024 ** 3;
    this.#maxProducers = options.maxProducers ?? 10_000;
    this.#meta = environment.json(`log-${name}`);
    this.#messages = environment.bytes(`log-${name}-messages`);
    this.#producers = environment.json(`log-${name}-producers`);
    this.#state = state;
    this.#producerCount = this.#producers.range().length;
  }

  get created(): string {
    return this.#state.created;
  }

  get first(): number {
    return this.#state.first;
  }

  get next(): number {
    return this.#state.next;
  }

  get bytesHeld(): number {
    return this.#state.endOffset - this.#state.startOffset;
  }

  read(from: number, countMax: number): readonly LocalLogRecord[] {
    return this.#messages.range({ start: from, countMax }).map(({ value }) => decodeRecord(value));
  }

  get(sequence: number): LocalLogRecord | undefined {
    const bytes = this.#messages.get(sequence);
    return bytes === undefined ? undefined : decodeRecord(bytes);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  producerSequence(producer: string): number | undefined {
    const sequence = this.#producers.get(producer);
    return typeof sequence === "number" ? sequence : undefined;
  }

  append(messages: readonly LocalLogMessage[], producer: Producer | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ messages, producer, resolve, reject });
      if (this.#waiting.length > 1) return;
      setImmediate(() => {
        void this.#flush();
      });
    });
  }

  /** All appends that wait, in one synced transaction. */
  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const producerCountBefore = this.#producerCount;
    try {
      const { draft, results } = await this.#options.environment.transaction(() => this.#applyAll(batch));
      this.#adopt(draft);
      for (const [index, append] of batch.entries()) {
        const result = results[index];
        if (result instanceof CepError) append.reject(result);
        else append.resolve((result ?? draft).next - 1);
      }
    } catch (error) {
      this.#producerCount = producerCountBefore;
      for (const append of batch) append.reject(error);
      return;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  #applyAll(batch: readonly Waiting[]): { readonly draft: State; readonly results: readonly (State | CepError)[] } {
    const before = this.#storedState();
    let draft = before;
    const results = batch.map((append) => {
      const result = this.#apply(append, draft);
      if (!(result instanceof CepError)) draft = result;
      return result;
    });
    if (draft !== before) this.#meta.put(stateKey, draft);
    return { draft, results };
  }

  /** One append within the transaction, from `before`; the state after it, or why it is refused. */
  #apply({ messages, producer }: Waiting, before: State): State | CepError {
    const { name, clock } = this.#options;
    const last = producer === undefined ? undefined : this.producerSequence(producer.name);
    const seen = producer === undefined || last === undefined ? 0 : Math.max(0, last + 1 - producer.sequence);
    const added = seen === 0 ? messages : messages.slice(seen);
    if (added.length === 0) return before;
    const size = added.reduce((sum, message) => sum + sizeOf(message), 0);
    if (before.endOffset - before.startOffset + size > this.#maxBytes) return fullError(name, this.#maxBytes);
    if (producer !== undefined) {
      if (last === undefined && this.#producerCount >= this.#maxProducers)
        return tooManyProducers(name, this.#maxProducers);
      if (last === undefined) this.#producerCount += 1;
      this.#producers.put(producer.name, producer.sequence + messages.length - 1);
    }
    const stampMs = Math.max(before.stampMs, clock.now());
    let { next, endOffset } = before;
    for (const message of added) {
      endOffset += sizeOf(message);
      this.#messages.put(next, encodeRecord({ stampMs, endOffset, message }));
      next += 1;
    }
    return { ...before, next, endOffset, stampMs };
  }

  /**
   * Within a transaction: the state that the last one left. What is in memory follows only when that one's promise has
   * settled, and another may come in between.
   */
  #storedState(): State {
    return parseState(this.#meta.get(stateKey), this.#options.environment.dir);
  }

  /** Makes `committed` what memory holds, unless a later transaction's promise was the first to settle. */
  #adopt(committed: State): void {
    if (committed.next >= this.#state.next && committed.first >= this.#state.first) this.#state = committed;
  }

  async release(sequence: number): Promise<void> {
    while (this.first < Math.min(sequence, this.next)) {
      const until = Math.min(sequence, this.next, this.first + releaseCountMax);
      this.#adopt(await this.#options.environment.transaction(() => this.#releaseUntil(until)));
    }
  }

  #releaseUntil(until: number): State {
    const before = this.#storedState();
    if (until <= before.first) return before;
    const lastReleased = this.get(until - 1);
    assert(lastReleased !== undefined, "the log holds every sequence from its first to its last");
    const draft: State = { ...before, first: until, startOffset: lastReleased.endOffset };
    for (let at = before.first; at < until; at += 1) this.#messages.remove(at);
    this.#meta.put(stateKey, draft);
    return draft;
  }
}

function fullError(name: string, maxBytes: number): CepError {
  return new CepError(
    "STORE_FULL",
    `the local log ${name} holds ${maxBytes} bytes that are not worked off yet: send it again later, or raise its maxBytes`,
    { retryable: true, retryAfterMs: 1_000 },
  );
}

function tooManyProducers(name: string, maxProducers: number): CepError {
  return new CepError(
    "STORE_FULL",
    `the local log ${name} remembers ${maxProducers} producers already: use one name for each program that sends, not one for each message`,
  );
}

function parseState(value: unknown, dir: string): State {
  if (isJsonObject(value)) {
    const { created, first, next, endOffset, startOffset, stampMs } = value;
    if (
      typeof created === "string" &&
      typeof first === "number" &&
      typeof next === "number" &&
      typeof endOffset === "number" &&
      typeof startOffset === "number" &&
      typeof stampMs === "number"
    ) {
      return { created, first, next, endOffset, startOffset, stampMs };
    }
  }
  throw new CepError("STORE_DAMAGED", `the local log in ${dir} has lost its state: restore the folder from a backup`);
}
