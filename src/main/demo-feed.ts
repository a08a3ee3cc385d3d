import type { LocalLog } from "../adapters/lmdb/local-log.ts";
import { eventTimeMs } from "../core/time/instant.ts";
import { formatInstant } from "../core/time/iso-instant.ts";
import type { Clock } from "../ports/clock.ts";
import { createSimulator } from "../simulator/simulator.ts";
import type { Planted, Simulated } from "../simulator/simulated.ts";

/** The name under which the simulator writes to the log; with the seed, for another seed is another producer. */
const producerName = (seed: number): string => `simulator-${seed}`;
const intervalMs = 50;

/** Writes the simulation into the local log at the pace of the clock. */
export interface DemoFeed {
  /** What was planted since this feed began. */
  readonly planted: readonly Planted[];
  /** What a run before this one had begun to plant and may come to an alert only now. */
  readonly carried: readonly Planted[];
  /** Epoch milliseconds of the simulation's beginning, as far as this run goes: event time is this + offset. */
  readonly startedAt: number;
  /** Offset of the first event of this run. */
  readonly firstOffsetMs: number;
  /** Number of that event in the simulation. */
  readonly firstOrdinal: number;
  readonly eventCount: number;
  /** Sequence of the last message in the log; -1 before the first. */
  readonly lastSequence: number;
  /** Offset up to which events are written. */
  readonly offsetMs: number;
  /** Offset of the last event written. */
  readonly lastOffsetMs: number;
  /** Ends when `signal` aborts. */
  readonly finished: Promise<void>;
}

/**
 * Starts where the log's last event of this seed was: the simulation goes on after a restart, with its times moved to
 * now. An append that met a crash is repeated under its own number, which the log knows already.
 */
export function startDemoFeed({
  log,
  seed,
  clock,
  signal,
}: {
  readonly log: LocalLog;
  readonly seed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): DemoFeed {
  const producer = producerName(seed);
  const simulator = createSimulator({ seed });
  const known = log.producerSequence(producer);
  const firstOrdinal = known === undefined ? 0 : known + 1;
  const planted: Planted[] = [];
  const begun: Planted[] = [];
  let upcoming: Simulated = simulator.next();
  for (; upcoming.kind === "planted" || upcoming.ordinal < firstOrdinal; upcoming = simulator.next()) {
    if (upcoming.kind === "planted") (firstOrdinal === 0 ? planted : begun).push(upcoming.planted);
  }
  const firstOffsetMs = firstOrdinal === 0 ? 0 : upcoming.offsetMs;
  const startedAt = clock.now() - firstOffsetMs;
  const feed = {
    planted,
    carried: begun.filter(({ dueOffsetMs }) => dueOffsetMs >= firstOffsetMs),
    startedAt,
    firstOffsetMs,
    firstOrdinal,
    eventCount: 0,
    lastSequence: -1,
    offsetMs: firstOffsetMs,
    lastOffsetMs: firstOffsetMs,
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await appendUpTo(clock.now() - startedAt);
      await clock.sleep(intervalMs, signal);
    }
  }

  async function appendUpTo(offsetMs: number): Promise<void> {
    const messages: { readonly bytes: Uint8Array; readonly subject: undefined; readonly headers: undefined }[] = [];
    let firstOrdinal = 0;
    for (; upcoming.offsetMs <= offsetMs; upcoming = simulator.next()) {
      if (upcoming.kind === "planted") {
        planted.push(upcoming.planted);
        continue;
      }
      if (messages.length === 0) firstOrdinal = upcoming.ordinal;
      const event = { ...upcoming.event, time: formatInstant(eventTimeMs(startedAt + upcoming.offsetMs)) };
      feed.lastOffsetMs = upcoming.offsetMs;
      messages.push({ bytes: new TextEncoder().encode(JSON.stringify(event)), subject: undefined, headers: undefined });
    }
    feed.offsetMs = offsetMs;
    if (messages.length === 0) return;
    feed.lastSequence = await log.append(messages, { producer: { name: producer, sequence: firstOrdinal } });
    feed.eventCount += messages.length;
  }

  return Object.assign(feed, { finished: run() });
}
