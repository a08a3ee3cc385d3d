import { describe, expect, test } from "vitest";
import { sourceTimeOf, timeSettingsOf } from "../../src/cli/time-options.ts";
import { linesOf, ndjson, runInMemory } from "./memory-cli.ts";

const windowed = "on: [a]\nwindows: {w: {type: tumbling, size: 1s, aggregate: {n: count}}}\n";
const windowsOf = async (lines: readonly object[], args: readonly string[], rule = windowed) => {
  const files = { "rules/r.yaml": rule, "events.ndjson": ndjson(lines) };
  const { out, ...rest } = await runInMemory(["replay", "events.ndjson", "--emit", "windows,late,events", ...args], {
    files,
  });
  return { ...rest, lines: linesOf(out) };
};

describe("the times of events, as arguments", () => {
  test("defaults are those of a file", () => {
    const time = sourceTimeOf("s", { outOfOrderness: "5s" });
    expect(time).toEqual({
      source: "s",
      outOfOrdernessMs: 5_000,
      maxFutureMs: Infinity,
      idleMs: 30_000,
      partitions: undefined,
    });
    if (typeof time !== "string") expect(timeSettingsOf(time)).toEqual({ outOfOrdernessMs: 5_000, sources: [time] });
  });

  test("all of them", () => {
    const options = { outOfOrderness: "0s", maxFuture: "1h", idle: "never", partitionBy: "host", expect: ["a"] };
    expect(sourceTimeOf("s", options)).toMatchObject({
      maxFutureMs: 3_600_000,
      idleMs: Infinity,
      partitions: { by: "host", expect: ["a"] },
    });
  });

  test.each([
    [{ outOfOrderness: "5" }, "--out-of-orderness 5 is no duration; write it with a unit, such as 5s"],
    [{ outOfOrderness: "never" }, "--out-of-orderness never is no duration"],
    [{ outOfOrderness: "0s", maxFuture: "soon" }, "--max-future soon is no duration"],
    [{ outOfOrderness: "0s", idle: "1" }, "--idle 1 is no duration"],
    [{ outOfOrderness: "0s", expect: ["a"] }, "give --partition-by too"],
  ])("%j is refused", (options, message) => {
    expect(sourceTimeOf("s", options)).toContain(message);
  });
});

describe("replay with them", () => {
  const oneAhead = [
    { type: "a", time: 1_000 },
    { type: "a", time: 9_000_000 },
    { type: "a", time: 1_500 },
  ];

  test("one wrong clock closes no window where --max-future says so, and is a dead letter", async () => {
    const { status, lines, err, written } = await windowsOf(oneAhead, ["--max-future", "1h"]);
    expect(lines).toMatchObject([{ kind: "window", start: 1_000, values: { n: 2 } }]);
    expect([status, err]).toEqual([3, expect.stringMatching(/^1 event was not taken and went to .*too-far-ahead/)]);
    expect(linesOf(written["dead-letters.ndjson"] ?? "")).toMatchObject([
      { position: { sequence: 1 }, reason: "too-far-ahead", raw: '{"type":"a","time":9000000}' },
    ]);
  });

  test("else it does", async () => {
    const { status, lines } = await windowsOf(oneAhead, []);
    expect(lines).toMatchObject([
      { kind: "window", start: 1_000, values: { n: 1 } },
      { kind: "late", event: 2 },
      { kind: "window", start: 9_000_000 },
    ]);
    expect(status).toBe(0);
  });

  const hosts = [
    { type: "a", host: "x", time: 1_000 },
    { type: "a", host: "x", time: 5_000 },
    { type: "a", host: "y", time: 1_500 },
    { type: "a", host: "x", time: 60_000 },
    { type: "a", host: "y", time: 5_500 },
  ];

  test("partitions that are expected are waited for", async () => {
    const args = ["--partition-by", "host", "--expect", "x", "--expect", "y", "--idle", "never"];
    expect((await windowsOf(hosts, args)).lines).toMatchObject([
      { start: 1_000, values: { n: 2 } },
      { start: 5_000, values: { n: 2 } },
      { start: 60_000, values: { n: 1 } },
    ]);
  });

  test("as long as they are not quiet for too long", async () => {
    const args = ["--partition-by", "host", "--expect", "x", "--expect", "y", "--idle", "10s"];
    expect((await windowsOf(hosts, args)).lines).toMatchObject([
      { kind: "window", start: 1_000, values: { n: 2 } },
      { kind: "window", start: 5_000, values: { n: 1 } },
      { kind: "late", event: 4 },
      { kind: "window", start: 60_000 },
    ]);
  });

  test("late events go where the window says", async () => {
    const late = [
      { id: "e0", type: "a", time: 5_000 },
      { id: "e1", type: "a", time: 1_000, v: 1 },
    ];
    const rule = (lateTo: string) =>
      `on: [a]\nwindows: {w: {type: tumbling, size: 1s, lateTo: ${lateTo}, aggregate: {n: count}}}\n`;
    const dead = await windowsOf(late, [], rule("deadLetter"));
    expect([dead.status, dead.lines.length]).toEqual([3, 2]);
    expect(linesOf(dead.written["dead-letters.ndjson"] ?? "")).toMatchObject([
      { reason: "late", late: { rule: "r", window: "w", byMs: 3_999 }, position: { sequence: 1 } },
    ]);
    const made = await windowsOf(late, [], rule("too.late"));
    expect(made.status).toBe(0);
    expect(made.lines).toMatchObject([
      { kind: "late", event: "e1" },
      { kind: "event", rule: "r", event: { type: "too.late", time: 1_000, v: 1 } },
      { kind: "window" },
    ]);
  });
});
