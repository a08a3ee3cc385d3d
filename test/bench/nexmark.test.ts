import { expect, test } from "vitest";
import { nexmarkEvents, nexmarkStart } from "../../bench/nexmark.ts";
import { checkSlidingSum, keyCost, keyedWindows } from "../../bench/nexmark-keys.ts";
import { nexmarkQueries } from "../../bench/nexmark-queries.ts";
import { checkQuery, entryOf, hoppingBenchmark, queryBenchmark } from "../../bench/nexmark-run.ts";

/** 25 seconds, with few events in each. */
const events = nexmarkEvents(5_000, 200);

test("of fifty events one is a person, three are auctions and the others bids, most of them hot", () => {
  const countOf = (wanted: string) => events.filter(({ type }) => type === wanted).length;
  expect([countOf("person"), countOf("auction"), countOf("bid")]).toEqual([100, 300, 4_600]);
  const bids = events.filter(({ type }) => type === "bid");
  const shareOf = (field: string, isHot: (id: number) => boolean) =>
    bids.filter(({ fields }) => isHot(Number(fields[field]))).length / bids.length;
  expect(shareOf("auction", (id) => id % 100 === 0)).toBeCloseTo(0.5, 1);
  expect(shareOf("bidder", (id) => id % 100 === 1)).toBeCloseTo(0.75, 1);
  expect([events[0]?.time, events.at(-1)?.time]).toEqual([nexmarkStart, nexmarkStart + 24_995]);
  expect(nexmarkEvents(100, 200)).toEqual(events.slice(0, 100));
});

test.each(nexmarkQueries.map((query) => ({ query, name: query.name })))("$name: as by plain loops", ({ query }) => {
  expect(checkQuery(query, events)).toBeGreaterThan(0);
});

test("a query that gives other rows is not measured", () => {
  const [query] = nexmarkQueries;
  if (query === undefined) throw new Error("there are queries");
  expect(() => checkQuery({ ...query, rowsOf: () => [] }, events)).toThrow("4600 rows, expected 0");
});

test("each case runs, over the end of its events", async () => {
  const some = events.slice(0, 2_500);
  for (const { cases } of [queryBenchmark(some, some.map(entryOf)), hoppingBenchmark(some, some.map(entryOf))])
    for (const { run } of cases) expect(await run(2_600)).toBeGreaterThanOrEqual(0);
});

test.each(Object.entries(keyedWindows))("%s: keys are kept", (_, window) => {
  expect(keyCost(window, 50).nanoseconds).toBeGreaterThan(0);
});

test("a sliding sum is that of its events afresh", () => {
  expect(checkSlidingSum(5_000, 50)).toBe(100);
});
