import { describe, expect, test } from "vitest";
import { grouped, progressLine, startProgress } from "../../src/cli/progress.ts";
import { createManualClock } from "../contract/manual-clock.ts";

const dots = (filled: number) => `[${"#".repeat(filled)}${".".repeat(24 - filled)}]`;

describe("the bar", () => {
  test.each([
    {
      why: "nothing done: no guess of what is left",
      done: 0,
      total: 100,
      eventCount: 0,
      elapsedMs: 100,
      line: `${dots(0)} 0 %  0 events  0/s`,
    },
    {
      why: "no time gone: no rate",
      done: 1,
      total: 4,
      eventCount: 5,
      elapsedMs: 0,
      line: `${dots(6)} 25 %  5 events  0/s  0 s left`,
    },
    {
      why: "half",
      done: 50,
      total: 100,
      eventCount: 120_000,
      elapsedMs: 2_000,
      line: `${dots(12)} 50 %  120,000 events  60,000/s  2 s left`,
    },
    {
      why: "what is left is rounded up",
      done: 2,
      total: 3,
      eventCount: 10,
      elapsedMs: 1_000,
      line: `${dots(16)} 66 %  10 events  10/s  1 s left`,
    },
    {
      why: "all",
      done: 100,
      total: 100,
      eventCount: 1_234_567,
      elapsedMs: 1_000,
      line: `${dots(24)} 100 %  1,234,567 events  1,234,567/s  0 s left`,
    },
    {
      why: "never 100 % before the end",
      done: 999,
      total: 1_000,
      eventCount: 1,
      elapsedMs: 1_000,
      line: `${dots(24)} 99 %  1 events  1/s  1 s left`,
    },
    {
      why: "a file that grew",
      done: 150,
      total: 100,
      eventCount: 1,
      elapsedMs: 1_000,
      line: `${dots(24)} 100 %  1 events  1/s  0 s left`,
    },
    {
      why: "an empty file",
      done: 0,
      total: 0,
      eventCount: 0,
      elapsedMs: 1_000,
      line: `${dots(24)} 100 %  0 events  0/s  0 s left`,
    },
  ])("$why", ({ line, ...options }) => {
    expect(progressLine(options)).toBe(line);
  });
});

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [12_345, "12,345"],
  [1_234_567_890, "1,234,567,890"],
])("%d is grouped as %s", (count, text) => {
  expect(grouped(count)).toBe(text);
});

describe("on a terminal", () => {
  test("it is drawn again after a tenth of a second, and taken away at the end", async () => {
    const clock = createManualClock();
    const written: string[] = [];
    const progress = startProgress({ total: 100, clock, write: (text) => written.push(text) });
    progress.update(1, 1);
    await clock.advance(99);
    progress.update(2, 2);
    expect(written).toEqual([]);
    await clock.advance(1);
    progress.update(50, 500);
    await clock.advance(50);
    progress.update(60, 600);
    expect(written).toEqual([`\r\u001b[K${dots(12)} 50 %  500 events  5,000/s  1 s left`]);
    progress.end();
    expect(written.slice(1)).toEqual(["\r\u001b[K"]);
  });

  test("a run too short for it leaves nothing", () => {
    const written: string[] = [];
    const progress = startProgress({ total: 100, clock: createManualClock(), write: (text) => written.push(text) });
    progress.update(100, 5);
    progress.end();
    expect(written).toEqual([]);
  });
});
