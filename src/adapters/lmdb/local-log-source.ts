import { assert } from "../../core/base/assert.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source, SourceBatch, SourceMessage } from "../../ports/source.ts";
import type { LocalLogView } from "./local-log-view.ts";
import type { LocalLogRecord } from "./local-log-record.ts";

const batchSizeMax = 8 * 1024 * 1024;

/**
 * A reader of the local log. `release` trims the log, so it has one reader that counts.
 *
 * At the limit: a batch ends at about 8 MiB.
 */
export function localLogSource(name: string, log: LocalLogView, clock: Clock): Source {
  const closing = new AbortController();
  let next = 0;

  /** Waits for an append, at most until `waitMs` have passed. */
  async function waitForAppend(waitMs: number): Promise<void> {
    const woken = new AbortController();
    const stopListening = log.onAppend(() => woken.abort());
    try {
      await clock.sleep(waitMs, AbortSignal.any([woken.signal, closing.signal]));
    } finally {
      stopListening();
    }
  }

  /** Reads in steps that fit the size of a batch, judged by the messages' average. */
  function read(messageCountMax: number): SourceMessage[] {
    const messages: SourceMessage[] = [];
    let size = 0;
    while (next < log.next && messages.length < messageCountMax && size < batchSizeMax) {
      const averageSize = Math.max(1, log.bytesHeld / Math.max(1, log.next - log.first));
      const fitting = Math.max(1, Math.min(1_000, Math.floor((batchSizeMax - size) / averageSize)));
      const records = log.read(next, Math.min(fitting, messageCountMax - messages.length));
      assert(records.length > 0, "the log holds every sequence from its first to its last");
      for (const record of records) {
        messages.push(messageOf(next, record));
        next += 1;
        size += record.message.bytes.length;
      }
    }
    return messages;
  }

  return {
    name,
    open: async () => ({ name, created: log.created, firstSequence: log.first, lastSequence: log.next - 1 }),
    stampOf: async (sequence) => log.get(sequence)?.stampMs,
    async seek(sequence) {
      if (sequence > log.next) {
        throw new CepError(
          "SOURCE_ROLLED_BACK",
          `the local log ends at ${log.next - 1} and was read to ${sequence - 1}: its folder is older than the state. Restore both of one time, or begin a new namespace`,
        );
      }
      next = sequence;
    },
    async pull({ messageCountMax, waitMs }): Promise<SourceBatch> {
      if (next >= log.next && waitMs > 0 && !closing.signal.aborted) await waitForAppend(waitMs);
      if (closing.signal.aborted) return { messages: [], isAtEnd: false, isFinished: false };
      const from = next;
      next = Math.max(next, log.first);
      const gap = next > from ? { gap: { from, to: next - 1 } } : {};
      const messages = read(messageCountMax);
      return { messages, isAtEnd: next === log.next, isFinished: false, ...gap };
    },
    release: (sequence) => log.release(sequence),
    async close() {
      closing.abort();
    },
  };
}

function messageOf(sequence: number, { stampMs, message }: LocalLogRecord): SourceMessage {
  return { sequence, stampMs, subject: message.subject, headers: message.headers, bytes: message.bytes };
}
