/** One message of the log, undecoded. It may hold one event or a batch. */
export interface SourceMessage {
  readonly sequence: number;
  /** The log's own stamp in epoch milliseconds; undefined where the log keeps none (a file): log time then follows event time. */
  readonly stampMs: number | undefined;
  /** The NATS subject, or undefined: the event's default `type`. */
  readonly subject: string | undefined;
  /** Message headers, lower-case names; where CloudEvents' binary mode keeps its attributes. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly bytes: Uint8Array;
  /** Set where the source could not hold the message whole: the bytes it had, of which `bytes` is the beginning. */
  readonly sizeBeforeCut?: number | undefined;
}

/** What tells one log from another of the same name, as recorded in the shard's meta. */
export interface SourceIdentity {
  readonly name: string;
  /** The stream's creation time, or a file's inode and the hash of its head: equal for the same log, always. */
  readonly created: string;
  readonly firstSequence: number;
  /** -1 where the log is empty and its first sequence would be 0; else one less than `firstSequence`. */
  readonly lastSequence: number;
}

export interface SourceBatch {
  readonly messages: readonly SourceMessage[];
  /** The log itself (the broker, the file system) said that nothing more is there at this moment. */
  readonly isAtEnd: boolean;
  /** A bounded log that will never have more. */
  readonly isFinished: boolean;
  /**
   * Set where the log no longer has what was asked for: the sequences from `from` to `to`, both gone, just before the first
   * message of this batch. Reading goes on; the reader owes an alarm. A batch has at most one, always at its beginning.
   */
  readonly gap?: { readonly from: number; readonly to: number };
}

/**
 * A totally ordered log of messages. One reader. The engine calls `open` once, then `seek` once, then `pull` again and
 * again, one call at a time, until `close`.
 *
 * Delivery guarantees: sequences ascend; after a lost connection reading goes on behind the last message given, with no
 * gap and no repeat. What can't be had any more is `SOURCE_ROLLED_BACK`, never passed over.
 * At the limit: the adapter holds at most what one `pull` may return and one more fetch, and reads no further until asked.
 */
export interface Source {
  readonly name: string;
  /** @throws {CepError} SOURCE_UNAVAILABLE (retryable), or SOURCE_REFUSED for a log that can't be read again (work-queue or interest retention, roll-ups, `max_msgs_per_subject`). */
  open(): Promise<SourceIdentity>;
  /** Stamp of the message at `sequence` in epoch milliseconds, if it is still there and the log keeps stamps. */
  stampOf(sequence: number): Promise<number | undefined>;
  /** Next `pull` begins with the first message whose sequence is at least `sequence`. */
  seek(sequence: number): Promise<void>;
  /** Waits at most `waitMs` for the first message; returns at most `messageCountMax`, possibly none. */
  pull(options: { readonly messageCountMax: number; readonly waitMs: number }): Promise<SourceBatch>;
  /** Everything before `sequence` is no longer needed. A log that somebody else owns ignores it. */
  release(sequence: number): Promise<void>;
  close(): Promise<void>;
}
