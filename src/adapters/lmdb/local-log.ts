import { randomBytes } from "node:crypto";
import { assert } from "../../core/base/assert.ts";
import { isJsonObject } from "../../core/base/json.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source } from "../../ports/source.ts";
import type { LmdbEnvironment } from "./environment.ts";
import { decodeRecord, encodeRecord, type LocalLogMessage, type LocalLogRecord, sizeOf } from "./local-log-record.ts";
import { localLogSource } from "./local-log-source.ts";

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

/** What a reader needs of the log. */
export interface LocalLogView {
  readonly created: string;
  readonly first: number;
  /** The sequence that the next message will have. */
  readonly next: number;
  readonly bytesHeld: number;
  read(from: number, countMax: number): readonly LocalLogRecord[];
  get(sequence: number): LocalLogRecord | undefined;
  release(sequence: number): Promise<void>;
  onAppend(listener: () => void): () => void;
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
  return logOn(options, state);
}

function logOn(options: LocalLogOptions, opened: State): LocalLog {
  const { name, environment, clock, maxBytes = 1024 ** 3, maxProducers = 10_000 } = options;
  const meta = environment.json(`log-${name}`);
  const messages = environment.bytes(`log-${name}-messages`);
  const producers = environment.json(`log-${name}-producers`);
  const listeners = new Set<() => void>();
  let state = opened;
  let producerCount = producers.range().length;
  let waiting: Waiting[] = [];

  function producerSequence(producer: string): number | undefined {
    const sequence = producers.get(producer);
    return typeof sequence === "number" ? sequence : undefined;
  }

  /** One append within the transaction, from `before`; the state after it, or why it is refused. */
  function applyAppend({ messages: all, producer }: Waiting, before: State): State | CepError {
    const last = producer === undefined ? undefined : producerSequence(producer.name);
    const seen = producer === undefined || last === undefined ? 0 : Math.max(0, last + 1 - producer.sequence);
    const added = seen === 0 ? all : all.slice(seen);
    if (added.length === 0) return before;
    const size = added.reduce((sum, message) => sum + sizeOf(message), 0);
    if (before.endOffset - before.startOffset + size > maxBytes) return fullError(name, maxBytes);
    if (producer !== undefined) {
      if (last === undefined && producerCount >= maxProducers) return tooManyProducers(name, maxProducers);
      if (last === undefined) producerCount += 1;
      producers.put(producer.name, producer.sequence + all.length - 1);
    }
    const stampMs = Math.max(before.stampMs, clock.now());
    let { next, endOffset } = before;
    for (const message of added) {
      endOffset += sizeOf(message);
      messages.put(next, encodeRecord({ stampMs, endOffset, message }));
      next += 1;
    }
    return { ...before, next, endOffset, stampMs };
  }

  /** All appends that wait, in one synced transaction. */
  async function flush(): Promise<void> {
    const batch = waiting;
    waiting = [];
    const producerCountBefore = producerCount;
    try {
      const outcomes = await environment.transaction(() => {
        let draft = state;
        const results = batch.map((append) => {
          const result = applyAppend(append, draft);
          if (!(result instanceof CepError)) draft = result;
          return result;
        });
        if (draft !== state) meta.put(stateKey, draft);
        return { draft, results };
      });
      state = outcomes.draft;
      for (const [index, append] of batch.entries()) {
        const result = outcomes.results[index];
        if (result instanceof CepError) append.reject(result);
        else append.resolve((result ?? state).next - 1);
      }
    } catch (error) {
      producerCount = producerCountBefore;
      for (const append of batch) append.reject(error);
      return;
    }
    for (const listener of [...listeners]) listener();
  }

  async function release(sequence: number): Promise<void> {
    const end = Math.min(sequence, state.next);
    while (state.first < end) {
      const until = Math.min(end, state.first + releaseCountMax);
      const { first } = state;
      state = await environment.transaction(() => {
        const lastReleased = messages.get(until - 1);
        assert(lastReleased !== undefined, "the log holds every sequence from its first to its last");
        const draft: State = { ...state, first: until, startOffset: decodeRecord(lastReleased).endOffset };
        for (let at = first; at < until; at += 1) messages.remove(at);
        meta.put(stateKey, draft);
        return draft;
      });
    }
  }

  const view: LocalLogView = {
    get created() {
      return state.created;
    },
    get first() {
      return state.first;
    },
    get next() {
      return state.next;
    },
    get bytesHeld() {
      return state.endOffset - state.startOffset;
    },
    read: (from, countMax) => messages.range({ start: from, countMax }).map(({ value }) => decodeRecord(value)),
    get(sequence) {
      const bytes = messages.get(sequence);
      return bytes === undefined ? undefined : decodeRecord(bytes);
    },
    release,
    onAppend(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };

  return {
    name,
    append(added, { producer } = {}) {
      return new Promise((resolve, reject) => {
        waiting.push({ messages: added, producer, resolve, reject });
        if (waiting.length === 1) setImmediate(flush);
      });
    },
    producerSequence,
    source: (sourceName) => localLogSource(sourceName, view, clock),
    release,
    get size() {
      return { messages: state.next - state.first, bytes: state.endOffset - state.startOffset };
    },
  };
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
