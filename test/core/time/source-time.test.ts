import { expect, test } from "vitest";
import { durationMs } from "../../../src/core/time/instant.ts";
import { timesOf } from "../../../src/core/time/source-time.ts";
import { timeOf } from "./watermark-inputs.ts";

test("the sources that are named, or one that is out of order by so much and has no bounds", () => {
  const sources = [timeOf("s")];
  expect(timesOf({ sources, outOfOrdernessMs: durationMs(5) })).toBe(sources);
  expect(timesOf({ outOfOrdernessMs: durationMs(5) })).toEqual([
    { source: "", outOfOrdernessMs: 5, idleMs: Infinity, maxFutureMs: Infinity, partitions: undefined },
  ]);
});
