import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runVector, unsupportedBy, type Vector } from "./flink-vector.ts";

const file = new URL("../../../../shared/vectors/flink-cep-sample.json", import.meta.url);
const vectors: readonly Vector[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];

/** Cases tagged `quirk`, whose result follows an oddity of Flink's and not its documentation. */
const deviations: Readonly<
  Record<string, { readonly why: string; readonly matches: readonly Record<string, readonly number[]>[] }>
> = {
  "TimesRangeITCase.testTimesRangeNotStrictWithFollowedByAny[window=3ms]": {
    why: "Flink also bounds the gap before the first repetition, and not the last one; documented is the time between repetitions",
    matches: [
      { start: [0], middle: [1, 2, 3], end1: [4] },
      { start: [0], middle: [1, 2], end1: [4] },
      { start: [0], middle: [2, 3], end1: [4] },
    ],
  },
};

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A multiset of plain values, in one order. */
const multiset = (values: readonly unknown[]): string[] =>
  values.map((value) => JSON.stringify(value, (_, inner: unknown) => sorted(inner))).sort();

describe.skipIf(vectors.length === 0)("Flink's own cases in ../shared/vectors (where that folder is there)", () => {
  test("what can't be run yet is counted by its reason", () => {
    const counts: Record<string, number> = {};
    for (const vector of vectors) {
      const reason = unsupportedBy(vector) ?? "run";
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
    expect(counts).toEqual({ run: 39, group: 3, "processing time": 2 });
    expect(vectors.filter(({ tags }) => tags.includes("quirk")).map(({ id }) => id)).toEqual(Object.keys(deviations));
  });

  test.each(
    vectors.filter((vector) => unsupportedBy(vector) === undefined).map((vector) => [vector.id, vector] as const),
  )("%s", (id, vector) => {
    for (const cut of [false, true]) {
      const { matches, timeouts, late } = runVector(vector, { restoresAtEachStep: cut });
      expect(multiset(matches)).toEqual(multiset(deviations[id]?.matches ?? vector.expected));
      expect(late).toEqual(vector.expectedLate ?? []);
      if (vector.expectedTimeouts !== undefined) expect(multiset(timeouts)).toEqual(multiset(vector.expectedTimeouts));
    }
  });
});
