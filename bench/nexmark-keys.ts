import type { Output } from "../src/core/shard/output.ts";
import { step } from "../src/core/shard/step.ts";
import { nexmarkStart } from "./nexmark.ts";
import { entryOf, rowsOf, shardFor } from "./nexmark-run.ts";
import { eventOf, planOf } from "./rule-set.ts";

const spreadMs = 300_000;
const eventsPerKey = 4;

export interface KeyCost {
  readonly nanoseconds: number;
  /** Heap that is alive after a collection, without that of the empty shard; undefined without `--expose-gc`. */
  readonly bytesPerKey: number | undefined;
}

/** A window for each user that asks at no event for anything to be done. */
function keyedRule(window: object): object {
  return { id: "k", on: ["seen"], key: ["user"], windows: { w: window }, conditions: "w.n > 1000000" };
}

export const keyedWindows = {
  "sliding count, 10 min": { type: "sliding", size: "10m", aggregate: { n: "count" } },
  "session, gap 10 min": { type: "session", gap: "10m", aggregate: { n: "count" } },
  "sliding distinct of 4 values, 10 min": { type: "sliding", size: "10m", aggregate: { n: { distinct: "v" } } },
} as const;

/** Four events of each key, in five minutes of event time: none of them leaves the window. */
export function keyCost(window: object, keyCount: number): KeyCost {
  const shard = shardFor(planOf([keyedRule(window)]));
  const outputs: Output[] = [];
  const before = liveBytes();
  const count = keyCount * eventsPerKey;
  const started = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) {
    const time = nexmarkStart + Math.floor((index / count) * spreadMs);
    const v = Math.floor(index / keyCount) % 4;
    step(shard, entryOf(eventOf({ type: "seen", user: `user-${index % keyCount}`, v, time }, index)), outputs);
  }
  const nanoseconds = Number(process.hrtime.bigint() - started) / count;
  if (outputs.length > 0) throw new Error(`told ${JSON.stringify(outputs[0])}`);
  const after = liveBytes();
  if (shard.records[0]?.size !== keyCount) throw new Error(`${shard.records[0]?.size} keys, expected ${keyCount}`);
  const bytesPerKey = before === undefined || after === undefined ? undefined : (after - before) / keyCount;
  return { nanoseconds, bytesPerKey };
}

function liveBytes(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

const scale = 40n;

/**
 * Throws unless a sliding sum is, to the last bit, that of its events added afresh as whole numbers; gives how many sums were compared.
 * The values are of 80 binary orders of magnitude, so that floating-point sums that add and subtract go astray.
 */
export function checkSlidingSum(count: number, compareEvery: number): number {
  const sizeMs = 1_000;
  const exponentOf = (index: number) => ((index * 7_919) % 81) - 40;
  const wholeOf = (index: number) => ((index * 104_729) % 1_048_576) - 524_288;
  const rule = {
    id: "s",
    on: ["seen"],
    windows: { w: { type: "sliding", size: "1s", aggregate: { sum: { sum: "v" } } } },
    conditions: `at % ${compareEvery} == 0`,
    alert: false,
    emit: { type: "row", fields: { at: "at", sum: "w.sum" } },
  };
  const rows = rowsOf(
    rule,
    Array.from({ length: count }, (_, at) =>
      eventOf({ type: "seen", at, v: wholeOf(at) * 2 ** exponentOf(at), time: nexmarkStart + at }, at),
    ),
  );
  for (const { at, sum } of rows) {
    let whole = 0n;
    for (let index = Math.max(0, Number(at) - sizeMs + 1); index <= Number(at); index += 1)
      whole += BigInt(wholeOf(index)) << (BigInt(exponentOf(index)) + scale);
    const expected = Number(whole) / 2 ** Number(scale);
    if (sum !== expected)
      throw new Error(`the sum at ${JSON.stringify(at)} is ${JSON.stringify(sum)}, expected ${expected}`);
  }
  if (rows.length !== Math.ceil(count / compareEvery)) throw new Error(`${rows.length} sums were told`);
  return rows.length;
}
