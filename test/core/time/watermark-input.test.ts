import { expect, test } from "vitest";
import { eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import {
  inputOfPartition,
  leaveOutQuiet,
  mayLeaveOut,
  newSourceInputs,
  noteSeen,
  partitionCountMax,
  partitionNameLengthMax,
  type QuietInput,
  reachSourceTime,
} from "../../../src/core/time/watermark-input.ts";
import { timeOf } from "./watermark-inputs.ts";

test("a source that is one input has one, and so has one of which no partition is known", () => {
  expect([...newSourceInputs(timeOf("s", { isWhole: true })).inputs.values()]).toMatchObject([
    { partition: undefined },
  ]);
  const source = newSourceInputs(timeOf("s"));
  expect([...source.inputs.values()]).toMatchObject([{ partition: undefined, isIdle: false }]);
  const first = inputOfPartition(source, "a");
  expect([...source.inputs.values()]).toEqual([first]);
  expect(inputOfPartition(source, "a")).toBe(first);
});

test("events without the field are a partition of their own", () => {
  const source = newSourceInputs(timeOf("s", { expect: ["a"] }));
  expect(inputOfPartition(source, "").partition).toBe("");
  expect([...source.inputs.keys()]).toEqual(["a", ""]);
});

test("at the limit of their number, and of a name's length, partitions share one input", () => {
  const source = newSourceInputs(timeOf("s"));
  for (let number = 0; number < partitionCountMax; number += 1) inputOfPartition(source, `p${number}`);
  const shared = inputOfPartition(source, "one more");
  expect(shared.partition).toBe("*");
  expect(inputOfPartition(source, "another")).toBe(shared);
  expect(inputOfPartition(source, "p7").partition).toBe("p7");
  expect(source.inputs.size).toBe(partitionCountMax + 1);
  const few = newSourceInputs(timeOf("s"));
  expect(inputOfPartition(few, "x".repeat(partitionNameLengthMax)).partition).toHaveLength(partitionNameLengthMax);
  expect(inputOfPartition(few, "x".repeat(partitionNameLengthMax + 1)).partition).toBe("*");
});

test("what is expected is waited for from the log's beginning; who is quiet for idle is left out, once", () => {
  const source = newSourceInputs(timeOf("s", { idle: 100, expect: ["a", "b"] }));
  expect([reachSourceTime(source, logTimeMs(1_000)), reachSourceTime(source, logTimeMs(1_000))]).toEqual([true, false]);
  const quietAt = (at: number): readonly (string | undefined)[] => {
    const quiet: QuietInput[] = [];
    reachSourceTime(source, logTimeMs(at));
    leaveOutQuiet(source, quiet);
    return quiet.map(({ input, from }) => `${input.partition} ${from}`);
  };
  reachSourceTime(source, logTimeMs(1_050));
  noteSeen(source, inputOfPartition(source, "a"));
  expect([1_099, 1_100, 1_101, 1_150].map(quietAt)).toEqual([[], ["b 1100"], [], ["a 1150"]]);
  expect(mayLeaveOut(source)).toBe(false);
  const woken = inputOfPartition(source, "b");
  noteSeen(source, woken);
  woken.isIdle = false;
  woken.at = eventTimeMs(0);
  expect([1_249, 1_250].map(quietAt)).toEqual([[], ["b 1250"]]);
});
