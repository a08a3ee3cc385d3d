import { describe, expect, test } from "vitest";
import { runSimulate } from "../../src/cli/simulate.ts";
import type { SimulateArguments } from "../../src/cli/simulate.ts";

const plain: SimulateArguments = {
  seed: "1",
  duration: "20s",
  start: "2026-01-01T00:00:00.000Z",
  scenario: undefined,
  truth: undefined,
};

async function run(options: Partial<SimulateArguments>) {
  const chunks: string[] = [];
  const files = new Map<string, string>();
  let err = "";
  let pendingCount = 0;
  let pendingCountMax = 0;
  const status = await runSimulate(
    { ...plain, ...options },
    {
      terminal: {
        async out(text) {
          pendingCount += 1;
          pendingCountMax = Math.max(pendingCountMax, pendingCount);
          await Promise.resolve();
          chunks.push(text);
          pendingCount -= 1;
        },
        err: (text) => {
          err += text;
        },
        isOutTerminal: false,
        isErrTerminal: false,
        hasOutColour: false,
        hasErrColour: false,
      },
      async writeFile(path, text) {
        files.set(path, text);
      },
    },
  );
  const out = chunks.join("");
  return { status, err, chunks, files, pendingCountMax, lines: linesOf(out) };
}

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): Record<string, unknown> => JSON.parse(line));
}

describe("tocsin simulate", () => {
  test("prints events of [start, start + duration), in order, with their times", async () => {
    const { status, err, lines, files } = await run({ start: "2026-03-01T12:00:00+01:00" });
    expect({ status, err, files: files.size }).toEqual({ status: 0, err: "", files: 0 });
    expect(lines.length).toBeGreaterThan(3_000);
    expect(Object.keys(lines[0] ?? {}).slice(0, 3)).toEqual(["id", "type", "time"]);
    const times = lines.map(({ time }) => String(time));
    expect(times).toEqual(times.toSorted());
    expect(times.at(0)).toBe("2026-03-01T11:00:00.000Z");
    expect(times.at(-1)?.slice(0, 19)).toBe("2026-03-01T11:00:19");
  });

  test("equal seeds print equal lines", async () => {
    const [first, same, other] = [await run({ seed: "-3" }), await run({ seed: "-3" }), await run({ seed: "4" })];
    expect(same.chunks).toEqual(first.chunks);
    expect(other.chunks).not.toEqual(first.chunks);
  });

  test("writes chunk by chunk, each after the one before was taken", async () => {
    const { chunks, pendingCountMax } = await run({ duration: "1m" });
    expect(chunks.length).toBeGreaterThan(20);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(66_000);
    expect(pendingCountMax).toBe(1);
  });

  test("writes what was planted to the file asked for", async () => {
    const { files } = await run({ truth: "truth.ndjson" });
    const planted = linesOf(files.get("truth.ndjson") ?? "");
    expect(planted.length).toBeGreaterThan(30);
    expect(Object.keys(planted[0] ?? {})).toEqual([
      ...["id", "scenario", "rule", "key"],
      ...["firstOffsetMs", "lastOffsetMs", "dueOffsetMs", "isLookAlike"],
    ]);
  });

  test("takes some of the scenarios", async () => {
    const { lines } = await run({ scenario: "payment, metric" });
    const types = new Set(lines.map(({ type }) => String(type).split(".")[0]));
    expect(types).toEqual(new Set(["heartbeat", "metric", "payment"]));
  });

  test.each<{ why: string; options: Partial<SimulateArguments>; says: string }>([
    { why: "a seed that is no integer", options: { seed: "1.5" }, says: "--seed 1.5" },
    { why: "a seed beyond what is exact", options: { seed: "9007199254740993" }, says: "--seed 9007199254740993" },
    { why: "an empty seed", options: { seed: "" }, says: "--seed" },
    { why: "a duration without a unit", options: { duration: "20" }, says: "--for 20 is no duration" },
    { why: "no time at all", options: { duration: "0s" }, says: "--for 0s" },
    { why: "a start without an offset", options: { start: "2026-01-01T00:00:00" }, says: "--start" },
    {
      why: "beyond the year 9999",
      options: { start: "9999-12-31T23:59:59Z", duration: "2s" },
      says: "beyond the year 9999",
    },
    { why: "truth of more than a day", options: { truth: "t", duration: "25h" }, says: "--truth" },
    { why: "a scenario that is not there", options: { scenario: "signin,paymnet" }, says: "--scenario paymnet" },
    { why: "no scenario", options: { scenario: "" }, says: "--scenario" },
  ])("refuses $why", async ({ options, says }) => {
    const { status, err, chunks, files } = await run(options);
    expect({ status, chunks, files: files.size }).toEqual({ status: 2, chunks: [], files: 0 });
    expect(err).toMatch(/^tocsin simulate: [^\n]+\n$/);
    expect(err).toContain(says);
  });
});
