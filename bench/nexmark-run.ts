import type { TocsinEvent } from "../src/core/event/event.ts";
import type { Plan } from "../src/core/plan/plan.ts";
import { observeNothing, type Output } from "../src/core/shard/output.ts";
import { Shard } from "../src/core/shard/shard.ts";
import { step, type LogEntry } from "../src/core/shard/step.ts";
import { durationMs } from "../src/core/time/instant.ts";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";
import { type NexmarkQuery, nexmarkQueries, type Row } from "./nexmark-queries.ts";
import { planOf } from "./rule-set.ts";

/** With limits that none of the runs reaches: all keys of a window fire at one deadline, and each makes a row. */
export function shardFor(plan: Plan, observing = observeNothing): Shard {
  return new Shard(plan, {
    outOfOrdernessMs: durationMs(0),
    keyCountMax: 2_000_000,
    bufferedEventCountMax: 100_000,
    derivedEventCountMax: 2_000_000,
    observing,
  });
}

export function entryOf(event: TocsinEvent): LogEntry {
  return { kind: "message", stampMs: event.time, elements: [{ kind: "event", event }] };
}

/** The rows that a rule makes of all events. */
export function rowsOf(rule: object, events: readonly TocsinEvent[]): readonly Row[] {
  const shard = shardFor(planOf([rule]), { ...observeNothing, events: true });
  const outputs: Output[] = [];
  for (const event of events) step(shard, entryOf(event), outputs);
  step(shard, { kind: "end" }, outputs);
  return outputs.map((output) => {
    if (output.kind !== "event") throw new Error(`the rule told ${JSON.stringify(output)}`);
    const { id: _id, type: _type, time: _time, ...row } = output.event.fields;
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null]));
  });
}

/** Throws unless the rule makes the rows that plain loops make; gives their number. */
export function checkQuery({ name, rule, rowsOf: expectedOf }: NexmarkQuery, events: readonly TocsinEvent[]): number {
  const rows = textsOf(rowsOf(rule, events));
  const expected = textsOf(expectedOf(events));
  const differing = rows.findIndex((row, index) => row !== expected[index]);
  if (differing < 0 && rows.length === expected.length && rows.length > 0) return rows.length;
  const at = Math.max(differing, 0);
  throw new Error(`${name}: ${rows.length} rows, expected ${expected.length}; ${rows[at]} for ${expected[at]}`);
}

function textsOf(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}

/** All entries again and again, each time into a new shard. */
function stepCase(name: string, rule: object, entries: readonly LogEntry[]): BenchmarkCase {
  const plan = planOf([rule]);
  let shard = shardFor(plan);
  let next = 0;
  const outputs: Output[] = [];
  return {
    name,
    warmUpCount: Math.min(entries.length, 100_000),
    run: (count) => {
      let told = 0;
      for (let left = count; left > 0; left -= 1) {
        const entry = entries[next];
        if (entry !== undefined) step(shard, entry, outputs);
        told += outputs.length;
        outputs.length = 0;
        next += 1;
        if (next < entries.length) continue;
        step(shard, { kind: "end" }, outputs);
        shard = shardFor(plan);
        next = 0;
      }
      return told + shard.stats.derivedEvents;
    },
  };
}

function loopCase(events: readonly TocsinEvent[]): BenchmarkCase {
  let next = 0;
  return {
    name: "a bare loop over the events (q0)",
    run: (count) => {
      let sum = 0;
      for (let left = count; left > 0; left -= 1) {
        const event = events[next];
        if (event?.type === "bid") sum += Number(event.fields["price"]);
        next = next + 1 < events.length ? next + 1 : 0;
      }
      return sum;
    },
  };
}

/** Each query is checked before it can be measured. */
export function queryBenchmark(events: readonly TocsinEvent[], entries: readonly LogEntry[]): Benchmark {
  for (const query of nexmarkQueries) checkQuery(query, events);
  return {
    about: [
      "NEXMark queries, an event of any type; its objects were made beforehand: no decoding, no broker, no sink, no checkpoint and one core,",
      "where others measure a cluster with all of these. Times are in order and the watermark does not wait. Without padding and url. q7 gives",
      "the price without the rest of the bid, q12 counts in event time (the original in processing time), and q5 one of several with as many bids.",
    ].join("\n"),
    cases: [loopCase(events), ...nexmarkQueries.map(({ name, rule }) => stepCase(name, rule, entries))],
  };
}

/** A rule of a window under one key for all, with a row at each firing. */
function windowRule(window: object, aggregate: Readonly<Record<string, unknown>>): object {
  const fields = Object.fromEntries(Object.keys(aggregate).map((name) => [name, `w.${name}`]));
  return {
    id: "w",
    on: ["bid"],
    windows: { w: { ...window, aggregate } },
    alert: false,
    emit: { type: "row", fields },
  };
}

/** Hops of 10 ms, which hold 92 bids at 10,000 events a second, in windows of a thousand of them. */
export function hoppingBenchmark(events: readonly TocsinEvent[], entries: readonly LogEntry[]): Benchmark {
  const sums = { n: "count", sum: { sum: "price" } };
  const most = { most: { max: "price" } };
  const shapes = [
    ["tumbling, 10 s", { type: "tumbling", size: "10s" }],
    ["tumbling, 10 ms", { type: "tumbling", size: "10ms" }],
    ["hopping, 10 s every 10 ms", { type: "hopping", size: "10s", every: "10ms" }],
  ] as const;
  const casesOf = (what: string, aggregate: Readonly<Record<string, unknown>>) =>
    shapes.map(([name, window]) => stepCase(`${what}: ${name}`, windowRule(window, aggregate), entries));
  return {
    about:
      "A window of a thousand hops beside tumbling ones of its size and of its hop, over NEXMark's bids under one key for all.",
    cases: [loopCase(events), ...casesOf("count and sum", sums), ...casesOf("max", most)],
  };
}
