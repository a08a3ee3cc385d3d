import { expect, test } from "vitest";
import { formatMeasured, measure } from "../../bench/benchmark.ts";

test("cases are measured a round of each in turn, all with the count that was found for them", async () => {
  const runs: { readonly name: string; readonly count: number }[] = [];
  const caseOf = (name: string) => ({
    name,
    run: (count: number) => {
      runs.push({ name, count });
      return count;
    },
  });
  const measured = await measure(
    { about: "nothing", cases: [caseOf("a"), caseOf("b")] },
    { roundCount: 3, roundMs: 0 },
  );
  // With rounds of no length the first try is long enough, and so is the one that has to confirm it.
  expect(runs.map(({ name }) => name).join("")).toBe("aabb" + "ababab");
  expect(new Set(runs.map(({ count }) => count))).toEqual(new Set([1]));
  expect(measured.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(measured[0]?.ratio).toBe(1);
});

test("a case that gives no number is a mistake in the benchmark", async () => {
  const measuring = measure(
    { about: "nothing", cases: [{ name: "lazy", run: () => Number.NaN }] },
    { roundCount: 1, roundMs: 0 },
  );
  await expect(measuring).rejects.toThrow("lazy gave no number");
});

test("what is shown is a table", () => {
  const measured = [
    { name: "peer", nanoseconds: 1234.5, cpuNanoseconds: 99.96, ratio: 1 },
    { name: "ours", nanoseconds: 12.34, cpuNanoseconds: 100, ratio: 100.04 },
  ];
  expect(formatMeasured(measured)).toBe(
    [
      "| case | ns | CPU ns | rate |",
      "| --- | ---: | ---: | ---: |",
      "| peer | 1235 | 100.0 | 1.00 × |",
      "| ours | 12.3 | 100 | 100 × |",
    ].join("\n"),
  );
});
