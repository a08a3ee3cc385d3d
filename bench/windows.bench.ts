import { nexmarkEvents } from "./nexmark.ts";
import { checkSlidingSum, keyCost, keyedWindows } from "./nexmark-keys.ts";
import { entryOf, hoppingBenchmark, queryBenchmark } from "./nexmark-run.ts";

/** 25 seconds at the published rate of 10,000 events a second. */
const events = nexmarkEvents(250_000);
const entries = events.map(entryOf);

export const benchmark = [queryBenchmark(events, entries), hoppingBenchmark(events, entries)] as const;

/** What takes too long for rounds: many keys, and a million events. */
export function report(): Promise<string> {
  const rows: string[] = [];
  for (const keyCount of [10_000, 100_000, 1_000_000]) {
    for (const [name, window] of Object.entries(keyedWindows)) {
      if (keyCount < 1_000_000 && name !== "sliding count, 10 min") continue;
      const { nanoseconds, bytesPerKey } = keyCost(window, keyCount);
      rows.push(`| ${name} | ${keyCount} | ${nanoseconds.toFixed(0)} | ${bytesPerKey?.toFixed(0) ?? "–"} |`);
    }
  }
  const sums = checkSlidingSum(1_000_000, 1_000);
  return Promise.resolve(
    [
      "Four events of each key, which are made on the way and never again: the first of a key makes its record. Heap after a collection, of a",
      "shard that keeps 100,000 keys live and the others as bytes, with `node --expose-gc`.",
      "",
      "| window | keys | ns | bytes a key |",
      "| --- | ---: | ---: | ---: |",
      ...rows,
      "",
      `A sliding sum over 1,000,000 events is, to the last bit, that of its events added afresh: ${sums} of them compared.`,
    ].join("\n"),
  );
}
