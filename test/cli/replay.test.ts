import { describe, expect, test } from "vitest";
import { linesOf, ndjson, runInMemory } from "./memory-cli.ts";

const overOne = "on: [a]\nkey: [user]\nconditions: n > 1\nevent: {type: big}\n";
const events = ndjson([
  { id: "e0", type: "a", time: 0, user: "eve", n: 2 },
  { id: "e1", type: "a", time: 1_000, user: "bob", n: 1 },
  { id: "e2", type: "b", time: 2_000, user: "eve", n: 9 },
  { id: "e3", type: "a", time: 3_000, user: "bob", n: 3 },
]);
const files = { "rules/over.yaml": overOne, "events.ndjson": events };

/** Rule, key and evidence of each alert that was printed. */
const alertsOf = (out: string) =>
  linesOf(out).map((line) => (typeof line === "object" && line !== null ? { ...line, id: undefined } : line));

const alert = (user: string, time: number, evidence: string | number) =>
  expect.objectContaining({ kind: "alert", rule: "over", key: { user }, time, evidence: [evidence], evidenceCount: 1 });

describe("where events and documents come from", () => {
  test("a file, and the folders that are here", async () => {
    const { status, out, err } = await runInMemory(["replay", "events.ndjson"], { files });
    expect([status, err]).toEqual([0, ""]);
    expect(alertsOf(out)).toEqual([alert("eve", 0, "e0"), alert("bob", 3_000, "e3")]);
  });

  test("standard input gives the same", async () => {
    const ofFile = await runInMemory(["replay", "events.ndjson"], { files });
    const ofInput = await runInMemory(["replay", "-"], { files: { "rules/over.yaml": overOne }, stdin: events });
    expect(ofInput).toEqual(ofFile);
  });

  test("patterns that are here run too", async () => {
    const pattern = "key: [user]\nsequence: [{begin: x, where: n == 1}, {followedBy: y, where: n == 3}]\n";
    const args = ["replay", "events.ndjson", "--emit", "matches"];
    const { out } = await runInMemory(args, { files: { ...files, "patterns/p.yaml": pattern } });
    expect(linesOf(out)).toEqual([
      {
        kind: "match",
        pattern: "p",
        key: { user: "bob" },
        steps: { x: ["e1"], y: ["e3"] },
        start: 1_000,
        end: 3_000,
        time: 3_000,
        timedOut: false,
      },
    ]);
  });

  test("where one is named, only that is read", async () => {
    const both = {
      ...files,
      "my/other.yaml": "on: [b]\nconditions: n > 1\n",
      "my/more.yaml": "on: [b]\nconditions: n > 1\n",
    };
    const { out } = await runInMemory(
      ["replay", "events.ndjson", "--rules", "my/other.yaml", "--rules", "my/more.yaml"],
      {
        files: both,
      },
    );
    expect(linesOf(out)).toMatchObject([{ rule: "more" }, { rule: "other" }]);
  });

  test("without any document it is told", async () => {
    const { status, err } = await runInMemory(["replay", "events.ndjson"], { files: { "events.ndjson": events } });
    expect([status, err]).toEqual([2, expect.stringContaining("no rule and no pattern; name them by --rules")]);
  });

  test("a file that is not there", async () => {
    const { status, err, out } = await runInMemory(["replay", "nowhere.ndjson"], { files });
    expect([status, out, err]).toEqual([2, "", "tocsin replay: there is no file nowhere.ndjson\n"]);
  });

  test("documents with an error run nothing, and their faults are told", async () => {
    const broken = { ...files, "rules/over.yaml": `${overOne}windws: {}\n` };
    const { status, out, err } = await runInMemory(["replay", "events.ndjson"], { files: broken });
    expect([status, out]).toEqual([2, ""]);
    expect(err).toContain("rules/over.yaml:5:1: error[unknown-key]");
    expect(err).toContain("5 | windws: {}\n");
  });

  test("a warning is told and stops nothing", async () => {
    const plain = { ...files, "rules/over.yaml": "conditions: n > 1\nevent: {type: x}\npriorty: 1\n" };
    const { status, out, err } = await runInMemory(["replay", "events.ndjson"], { files: plain });
    expect([status, linesOf(out).length]).toEqual([0, 3]);
    expect(err).toContain("rules/over.yaml:3:1: warning[unknown-key]");
  });
});

describe("how events are read", () => {
  const odd = ndjson([
    { key: "k0", kind: "a", at: 5, user: "eve", n: 2 },
    { key: "k1", kind: "a", at: 4, user: "eve", n: 3 },
  ]);
  const fields = ["--time-field", "at", "--time-format", "s", "--type-field", "kind"];
  const oddFiles = { "rules/over.yaml": overOne, "odd.ndjson": odd };

  test("fields by their names, time in seconds", async () => {
    const { out } = await runInMemory(["replay", "odd.ndjson", ...fields, "--id-field", "key"], { files: oddFiles });
    expect(alertsOf(out)).toEqual([alert("eve", 5_000, "k0"), alert("eve", 4_000, "k1")]);
  });

  test("an empty id field names events by their line", async () => {
    const { out } = await runInMemory(["replay", "events.ndjson", "--id-field", ""], { files });
    expect(alertsOf(out)).toEqual([alert("eve", 0, 0), alert("bob", 3_000, 3)]);
  });

  test("how far they may be out of order decides what is late", async () => {
    const rule = "key: [user]\nwindows: {w: {type: tumbling, size: 1s, aggregate: {n: count}}}\n";
    const stream = ndjson([
      { id: 0, time: 0, user: "u" },
      { id: 1, time: 1_500, user: "u" },
      { id: 2, time: 900, user: "u" },
    ]);
    const world = { files: { "rules/r.yaml": rule, "events.ndjson": stream } };
    const args = ["replay", "events.ndjson", "--emit", "windows,late"];
    expect(linesOf((await runInMemory(args, world)).out)).toMatchObject([
      { kind: "window", start: 0, values: { n: 1 } },
      { kind: "late", rule: "r", window: "w", event: 2 },
      { kind: "window", start: 1_000, values: { n: 1 } },
    ]);
    expect(linesOf((await runInMemory([...args, "--out-of-orderness", "1s"], world)).out)).toMatchObject([
      { kind: "window", start: 0, values: { n: 2 } },
      { kind: "window", start: 1_000, values: { n: 1 } },
    ]);
  });

  test("a duration without unit is refused", async () => {
    const { status, err } = await runInMemory(["replay", "events.ndjson", "--out-of-orderness", "5"], { files });
    expect([status, err]).toEqual([
      2,
      expect.stringContaining("--out-of-orderness 5 is no duration; write it with a unit"),
    ]);
  });

  test("the source's name is part of alert ids", async () => {
    const idsOf = async (...args: string[]) =>
      linesOf((await runInMemory(["replay", "events.ndjson", ...args], { files })).out).map((line) =>
        JSON.stringify(line).slice(0, 60),
      );
    expect(await idsOf("--source", "events")).toEqual(await idsOf());
    expect(await idsOf("--source", "other")).not.toEqual(await idsOf());
  });
});

describe("--emit", () => {
  const rule =
    "key: [user]\nwindows: {w: {type: tumbling, size: 1s, aggregate: {n: count}}}\npatterns: {p: {sequence: [{begin: x}]}}\nevaluate: window:w\n";
  const stream = ndjson([
    { id: 0, time: 0, user: "u" },
    { id: 1, time: 5_000, user: "u" },
    { id: 2, time: 10, user: "u" },
  ]);
  const world = { files: { "rules/r.yaml": rule, "events.ndjson": stream } };

  test.each([
    { emit: "alerts", kinds: ["alert"] },
    { emit: "matches", kinds: ["match"] },
    { emit: "windows", kinds: ["window"] },
    { emit: "late", kinds: ["late"] },
    { emit: "alerts, windows", kinds: ["alert", "window"] },
    { emit: "alerts,matches,windows,late,events", kinds: ["alert", "late", "match", "window"] },
    { emit: "events", kinds: [] },
  ])("$emit", async ({ emit, kinds }) => {
    const { status, out } = await runInMemory(["replay", "events.ndjson", "--emit", emit], world);
    expect(status).toBe(0);
    const found = linesOf(out).map((line) => /^\{"kind":"([a-z]+)"/.exec(JSON.stringify(line))?.[1]);
    expect(new Set(found)).toEqual(new Set(kinds));
  });

  test("a kind that there is not", async () => {
    const { status, err, out } = await runInMemory(["replay", "events.ndjson", "--emit", "alerts,alrts"], world);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toBe("tocsin replay: --emit alrts is not known; it takes alerts,matches,windows,late,events\n");
  });
});

describe("what is no event", () => {
  const mixed = `${events}not json\n${ndjson([{ id: "e5", type: "a", time: 4_000, user: "eve", n: 5 }])}[1,{"time":"never"}]\n`;

  test("goes to the dead letters, and the rest goes on", async () => {
    const { status, out, err, written } = await runInMemory(["replay", "-"], {
      files: { "rules/over.yaml": overOne },
      stdin: mixed,
    });
    expect(status).toBe(3);
    expect(alertsOf(out).at(-1)).toEqual(alert("eve", 4_000, "e5"));
    expect(Object.keys(written)).toEqual(["dead-letters.ndjson"]);
    expect(linesOf(written["dead-letters.ndjson"] ?? "")).toMatchObject([
      { position: { source: "events", sequence: 4, index: 0 }, reason: "not-json", raw: "not json" },
      { position: { sequence: 6, index: 0 }, reason: "not-an-object", raw: "1" },
      { position: { sequence: 6, index: 1 }, reason: "no-usable-time" },
    ]);
    expect(err).toMatch(/^3 events were no events and went to dead-letters\.ndjson; the first, at line 4: not-json, /);
  });

  test("to the file that is named; one is told of as one", async () => {
    const { status, written, err } = await runInMemory(["replay", "-", "--dead-letters", "bad.ndjson"], {
      files: { "rules/over.yaml": overOne },
      stdin: "7\n",
    });
    expect([status, Object.keys(written)]).toEqual([3, ["bad.ndjson"]]);
    expect(err).toMatch(/^1 event was no event and went to bad\.ndjson; the first, at line 0: not-an-object, /);
  });

  test("where there is none the file is left alone", async () => {
    expect((await runInMemory(["replay", "events.ndjson"], { files })).written).toEqual({});
  });
});

describe("what else is told", () => {
  test("evaluations that ended in an error, by rule", async () => {
    const world = { files: { ...files, "rules/over.yaml": "on: [a]\nconditions: n / 0 > 1\n" } };
    const { status, out, err } = await runInMemory(["replay", "events.ndjson"], world);
    expect([status, out]).toEqual([0, ""]);
    expect(err).toMatch(/^over: 3 evaluations ended in an error and did not hold, such as: .+\n$/);
  });

  test("a summary that can't be rendered, once, and its alerts have their plain line", async () => {
    const failing = `${overOne}alert: {summary: "{% for i in (1..100000000) %}x{% endfor %}"}\n`;
    const { status, out, err } = await runInMemory(["replay", "events.ndjson"], {
      files: { ...files, "rules/over.yaml": failing },
    });
    expect(status).toBe(0);
    expect(linesOf(out)).toMatchObject([{ summary: "over: user=eve" }, { summary: "over: user=bob" }]);
    expect(err).toMatch(/^rule over: its summary failed, alerts have their plain line: .+\n$/);
  });

  test("--format pretty is for people", async () => {
    const { out } = await runInMemory(["replay", "events.ndjson", "--format", "pretty"], { files });
    expect(out).toContain("1970-01-01T00:00:03.000Z alert medium over\n");
    expect(out).toContain('    key: {"user":"bob"}\n');
    expect(out).not.toContain("\u001b");
  });
});
