import type { Prng } from "../../src/core/base/prng.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Source, SourceMessage } from "../../src/ports/source.ts";

/** A log that fills as the clock goes on: a message is there from its stamp on. */
export interface SimulatedLog {
  readonly messages: readonly SourceMessage[];
  /** Stamp of the last message. */
  readonly endMs: number;
}

const users = ["ann", "bob", "cid"];
const gapMsMax = 400;

/** Payments and sign-ins of three people, out of order by up to 700 ms, with pauses, and now and then what no one can read. */
export function simulateLog(
  prng: Prng,
  { startMs, messageCount }: { startMs: number; messageCount: number },
): SimulatedLog {
  const messages: SourceMessage[] = [];
  let stampMs = startMs;
  for (let sequence = 1; sequence <= messageCount; sequence += 1) {
    stampMs += prng.nextBelow(12) === 0 ? 3_000 + prng.nextBelow(9_000) : prng.nextBelow(gapMsMax);
    const bytes = new TextEncoder().encode(prng.nextBelow(25) === 0 ? "{not json" : eventText(prng, stampMs));
    messages.push({ sequence, stampMs, subject: undefined, headers: undefined, bytes });
  }
  return { messages, endMs: stampMs };
}

function eventText(prng: Prng, stampMs: number): string {
  const time = stampMs - prng.nextBelow(700);
  const user = users[prng.nextBelow(users.length)];
  const kind = prng.nextBelow(4);
  if (kind === 0) return JSON.stringify({ type: "login.failure", user, time });
  if (kind === 1) return JSON.stringify({ type: "login.success", user, time });
  return JSON.stringify({ type: "pay", user, amount: prng.nextBelow(100), time });
}

/** A reader of the log. Batches are of any size; now and then it answers nothing though there is more, as a broker may. */
export function simulatedSource(log: SimulatedLog, { clock, prng }: { clock: Clock; prng: Prng }): Source {
  let next = 1;
  const isThere = (sequence: number): boolean => {
    const message = log.messages[sequence - 1];
    return message !== undefined && (message.stampMs ?? 0) <= clock.now();
  };
  return {
    name: "events",
    async open() {
      const lastSequence = log.messages.filter(({ sequence }) => isThere(sequence)).length;
      return { name: "events", created: "the log", firstSequence: 1, lastSequence };
    },
    stampOf: async (sequence) => log.messages[sequence - 1]?.stampMs,
    async seek(sequence) {
      next = sequence;
    },
    async pull({ messageCountMax, waitMs }) {
      if (!isThere(next)) await clock.sleep(waitMs);
      const isHiccup = prng.nextBelow(10) === 0;
      const countMax = isHiccup ? 0 : Math.min(messageCountMax, 1 + prng.nextBelow(20));
      const messages: SourceMessage[] = [];
      for (; messages.length < countMax && isThere(next); next += 1) {
        const message = log.messages[next - 1];
        if (message !== undefined) messages.push(message);
      }
      return { messages, isAtEnd: !isThere(next), isFinished: false };
    },
    release: async () => {},
    close: async () => {},
  };
}
