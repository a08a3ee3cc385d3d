import { type JetStreamManager, jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import { assert } from "../../core/base/assert.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source, SourceBatch, SourceIdentity } from "../../ports/source.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { NatsLink } from "./connection.ts";
import { type Gap, PullConsumer } from "./pull-consumer.ts";
import { asJetStreamError, readStream } from "./stream-check.ts";

export interface JetStreamSourceOptions {
  /** The configured source's name. */
  readonly name: string;
  readonly stream: string;
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Bounds of the pause before a consumer that broke is made again. */
const retryMsMin = 50;
const retryMsMax = 2_000;

/**
 * A JetStream stream, whole, as a log. It is read without acknowledgements: the position is the shard's to keep.
 *
 * Delivery guarantees: every message once and in order. The delivery sequence shows what was lost or repeated on the way;
 * then, as after a lost connection or a restarted server, another consumer begins behind the last message that came. A
 * stream that was deleted, made again or lost its end while it was read is SOURCE_ROLLED_BACK. Messages that are gone, by
 * retention, purge or deletion, before they were read are a `gap` of the batch.
 * At the limit: at most one batch is held beside the one that a pull gives, and both end at about 8 MiB.
 */
export function jetStreamSource(options: JetStreamSourceOptions): Source {
  const reader = new StreamReader(options);
  return {
    name: options.name,
    open: () => reader.open(),
    stampOf: (sequence) => reader.stampOf(sequence),
    seek: (sequence) => reader.seek(sequence),
    pull: (limits) => reader.pull(limits.messageCountMax, limits.waitMs),
    release: async () => {},
    close: () => reader.close(),
  };
}

class StreamReader {
  readonly #options: JetStreamSourceOptions;
  readonly #closing = new AbortController();
  readonly #stopListening: () => void;
  #manager: JetStreamManager | undefined;
  #created = "";
  #consumer: PullConsumer | undefined;
  /** Behind the last message given. */
  #next = 0;
  /** Found when a consumer was made, and not told yet. */
  #gap: Gap | undefined;
  #retryMs = retryMsMin;

  constructor(options: JetStreamSourceOptions) {
    this.#options = options;
    this.#stopListening = options.link.onChange(() => {
      if (!options.link.isConnected()) this.#consumer?.break("the connection was lost");
    });
  }

  async open(): Promise<SourceIdentity> {
    const { link, stream, name } = this.#options;
    this.#checkLink();
    try {
      this.#manager = await jetstreamManager(link.connection, {
        checkAPI: false,
        ...(link.domain === undefined ? {} : { domain: link.domain }),
      });
    } catch (error) {
      throw asJetStreamError(error, stream);
    }
    const info = await readStream(this.#manager, stream);
    this.#created = info.created;
    const firstSequence = firstSequenceOf(info);
    this.#next = firstSequence;
    return {
      name,
      created: info.created,
      firstSequence,
      lastSequence: Math.max(info.state.last_seq, firstSequence - 1),
    };
  }

  async stampOf(sequence: number): Promise<number | undefined> {
    const { stream } = this.#options;
    try {
      const message = await this.#opened().streams.getMessage(stream, { seq: sequence });
      return message === null ? undefined : Math.floor(Date.parse(message.timestamp));
    } catch (error) {
      throw asJetStreamError(error, stream);
    }
  }

  async seek(sequence: number): Promise<void> {
    await this.#dropConsumer();
    this.#gap = undefined;
    this.#next = Math.max(1, sequence);
  }

  async pull(messageCountMax: number, waitMs: number): Promise<SourceBatch> {
    const { clock } = this.#options;
    const deadlineAt = clock.now() + waitMs;
    for (;;) {
      if (this.#closing.signal.aborted) return { messages: [], isAtEnd: false, isFinished: false };
      const leftMs = Math.max(0, deadlineAt - clock.now());
      const consumer = await this.#liveConsumer(leftMs);
      if (consumer !== undefined) {
        consumer.request(messageCountMax);
        // Something is on its way where the broker has more: it is waited for even if the caller would not.
        if (this.#gap === undefined) await consumer.wait(leftMs, this.#closing.signal);
        const batch = this.#take(consumer, messageCountMax);
        if (batch !== undefined) return batch;
      }
      if (clock.now() >= deadlineAt) {
        return { messages: [], isAtEnd: consumer !== undefined && (await this.#isAtEnd(consumer)), isFinished: false };
      }
    }
  }

  #take(consumer: PullConsumer, messageCountMax: number): SourceBatch | undefined {
    const found = this.#gap;
    if (found !== undefined) {
      this.#gap = undefined;
      return { messages: [], isAtEnd: false, isFinished: false, gap: found };
    }
    const { messages, gap } = consumer.take(messageCountMax);
    const last = messages.at(-1);
    if (last === undefined) return undefined;
    this.#next = last.sequence + 1;
    this.#retryMs = retryMsMin;
    // The next batch comes while this one is worked on.
    if (consumer.receivedCount < messageCountMax) consumer.request(messageCountMax);
    const isAtEnd = consumer.isDrained;
    return { messages, isAtEnd, isFinished: false, ...(gap === undefined ? {} : { gap }) };
  }

  async #isAtEnd(consumer: PullConsumer): Promise<boolean> {
    if (consumer.brokenBecause !== undefined || !this.#options.link.isConnected()) return false;
    try {
      return await consumer.askIsAtEnd();
    } catch (error) {
      consumer.break(asJetStreamError(error, this.#options.stream).message);
      return false;
    }
  }

  /** The consumer in use, or another one behind the last message given; undefined where there can't be one yet. */
  async #liveConsumer(leftMs: number): Promise<PullConsumer | undefined> {
    const { telemetry, stream, link } = this.#options;
    const current = this.#consumer;
    if (current !== undefined) {
      // What came before the break is whole.
      if (current.brokenBecause === undefined || current.receivedCount > 0) return current;
      telemetry.warn("reading of the stream broke off; going on behind the last message", {
        stream,
        reason: current.brokenBecause,
        next: this.#next,
      });
      await this.#dropConsumer();
    }
    if (!link.isConnected()) {
      this.#checkLink();
      await this.#pause(leftMs);
      return undefined;
    }
    try {
      this.#consumer = await this.#createConsumer();
      if (this.#closing.signal.aborted) await this.#dropConsumer();
      return this.#consumer;
    } catch (error) {
      const fault = asJetStreamError(error, stream);
      if (!fault.retryable) throw fault;
      telemetry.warn("the stream can't be read yet", { stream, err: fault });
      await this.#pause(leftMs);
      return undefined;
    }
  }

  async #createConsumer(): Promise<PullConsumer> {
    const { stream, link, clock } = this.#options;
    const manager = this.#opened();
    const info = await this.#readSameStream(manager);
    const firstSequence = firstSequenceOf(info);
    if (firstSequence > this.#next) {
      this.#gap = { from: this.#next, to: firstSequence - 1 };
      this.#next = firstSequence;
    }
    const apiPrefix = link.domain === undefined ? "$JS.API" : `$JS.${link.domain}.API`;
    return PullConsumer.create({
      connection: link.connection,
      manager,
      apiPrefix,
      clock,
      stream,
      startSequence: this.#next,
    });
  }

  /** @throws {CepError} SOURCE_ROLLED_BACK where it is not the stream that was opened, or is shorter than what was read. */
  async #readSameStream(manager: JetStreamManager): Promise<StreamInfo> {
    const { stream } = this.#options;
    let info: StreamInfo;
    try {
      info = await readStream(manager, stream);
    } catch (error) {
      const isGone = error instanceof CepError && error.code === "SOURCE_REFUSED" && error.cause !== undefined;
      throw isGone ? rolledBack(stream, "was deleted") : error;
    }
    if (info.created !== this.#created) throw rolledBack(stream, "was deleted and made again");
    if (info.state.last_seq < this.#next - 1) {
      throw rolledBack(stream, `ends at ${info.state.last_seq}, and was read to ${this.#next - 1}`);
    }
    return info;
  }

  async #pause(leftMs: number): Promise<void> {
    const pauseMs = Math.min(this.#retryMs, leftMs);
    this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
    const { clock, link } = this.#options;
    const changed = new AbortController();
    const stopListening = link.onChange(() => changed.abort());
    await clock.sleep(pauseMs, AbortSignal.any([changed.signal, this.#closing.signal]));
    stopListening();
  }

  /** @throws {CepError} SOURCE_UNAVAILABLE where the connection will not come back. */
  #checkLink(): void {
    if (!this.#options.link.connection.isClosed()) return;
    throw new CepError("SOURCE_UNAVAILABLE", "the connection to NATS was closed for good", { retryable: true });
  }

  async #dropConsumer(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    if (consumer === undefined) return;
    // After a break the server often can't be asked, and forgets the consumer by itself.
    if (consumer.brokenBecause === undefined && this.#options.link.isConnected()) await consumer.remove();
    else consumer.break("no longer used");
  }

  #opened(): JetStreamManager {
    assert(this.#manager !== undefined, "a source is opened before it is read");
    return this.#manager;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#stopListening();
    await this.#dropConsumer();
  }
}

/** A stream that never had a message says 0. */
function firstSequenceOf(info: StreamInfo): number {
  return Math.max(1, info.state.first_seq);
}

function rolledBack(stream: string, what: string): CepError {
  return new CepError(
    "SOURCE_ROLLED_BACK",
    `the stream ${stream} ${what}: restore it from a backup, or begin anew with another namespace (server) or dataDir (embedded)`,
  );
}
