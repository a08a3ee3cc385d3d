import { assert } from "../../core/base/assert.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source, SourceBatch, SourceMessage } from "../../ports/source.ts";
import { defaultLineLimits, type Line, type LineLimits, LineSplitter } from "./line-splitter.ts";

export interface NdjsonStreamSourceOptions {
  readonly name: string;
  /** Standard input, most often; read only as fast as `pull` asks. */
  readonly stream: AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  readonly lineLimits?: LineLimits;
}

/** What waiting for the stream came to. */
type Read =
  | { readonly kind: "chunk"; readonly chunk: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "waited" };

/**
 * NDJSON from a stream as a bounded log, for `replay -`: a line is a message, its 0-based number its sequence.
 *
 * Delivery guarantees: none after a crash, for a stream can't be read again; `seek` to anything but the beginning is
 * SOURCE_REFUSED. What must survive goes through the local log instead.
 * At the limit: as an NDJSON file, for long lines.
 */
export function ndjsonStreamSource(options: NdjsonStreamSourceOptions): Source {
  const reader = new StreamReader(options);
  return {
    name: options.name,
    open: async () => ({ name: options.name, created: "stream", firstSequence: 0, lastSequence: -1 }),
    stampOf: async () => undefined,
    seek: async (sequence) => reader.seek(sequence),
    pull: (limits) => reader.pull(limits),
    release: async () => {},
    close: () => reader.close(),
  };
}

class StreamReader {
  readonly #options: NdjsonStreamSourceOptions;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #splitter: LineSplitter;
  readonly #closing = new AbortController();
  /** The read that is under way; it outlives a `pull` that waited long enough. */
  #pending: Promise<Read> | undefined;
  #lines: Line[] = [];
  #lineCursor = 0;
  #sequence = 0;
  #hasEnded = false;

  constructor(options: NdjsonStreamSourceOptions) {
    this.#options = options;
    this.#iterator = options.stream[Symbol.asyncIterator]();
    this.#splitter = new LineSplitter(options.lineLimits ?? defaultLineLimits);
  }

  seek(sequence: number): void {
    if (sequence === this.#sequence) return;
    throw new CepError(
      "SOURCE_REFUSED",
      `the stream ${this.#options.name} can't be read from line ${sequence}: a stream is read once, from its beginning`,
    );
  }

  async pull({ messageCountMax, waitMs }: { messageCountMax: number; waitMs: number }): Promise<SourceBatch> {
    const { clock } = this.#options;
    const deadlineAt = clock.now() + waitMs;
    const messages: SourceMessage[] = [];
    while (messages.length < messageCountMax) {
      const line = this.#lines[this.#lineCursor];
      if (line !== undefined) {
        const { bytes, sizeBeforeCut } = line;
        const sequence = this.#sequence;
        messages.push({ sequence, stampMs: undefined, subject: undefined, headers: undefined, bytes, sizeBeforeCut });
        this.#lineCursor += 1;
        this.#sequence += 1;
        continue;
      }
      // What there is is given before the next chunk is waited for.
      if (messages.length > 0 || this.#hasEnded || this.#closing.signal.aborted) break;
      if (!(await this.#read(deadlineAt - clock.now()))) break;
    }
    const isFinished = this.#hasEnded && this.#lineCursor === this.#lines.length;
    return { messages, isAtEnd: isFinished, isFinished };
  }

  /** False where nothing came within `waitMs`. */
  async #read(waitMs: number): Promise<boolean> {
    assert(this.#lineCursor === this.#lines.length, "a chunk is read when all lines before it are given");
    if (this.#pending === undefined) {
      this.#pending = this.#next();
      // Told by the pull that waits for it, now or later.
      this.#pending.catch(() => undefined);
    }
    const waiting = new AbortController();
    const stop = AbortSignal.any([waiting.signal, this.#closing.signal]);
    const waited = this.#options.clock.sleep(Math.max(0, waitMs), stop).then((): Read => ({ kind: "waited" }));
    const read = await Promise.race([this.#pending, waited]);
    waiting.abort();
    if (read.kind === "waited") return false;
    this.#pending = undefined;
    this.#lines = [];
    this.#lineCursor = 0;
    if (read.kind === "chunk") {
      this.#splitter.split(read.chunk, this.#lines);
      return true;
    }
    this.#hasEnded = true;
    const line = this.#splitter.finish();
    if (line !== undefined) this.#lines.push(line);
    return true;
  }

  async #next(): Promise<Read> {
    try {
      const result = await this.#iterator.next();
      return result.done === true ? { kind: "end" } : { kind: "chunk", chunk: result.value };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CepError("SOURCE_UNAVAILABLE", `the stream ${this.#options.name} broke off: ${reason}`, { cause });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // Not awaited: a generator that waits for its next chunk answers only when that has come.
    void this.#iterator.return?.();
  }
}
