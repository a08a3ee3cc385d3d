import { describe, expect, test } from "vitest";
import { runInMemory } from "./memory-cli.ts";

describe("a command line that is wrong ends with 2 and says why", () => {
  test.each([
    { why: "an option that there is not", args: ["replay", "x", "--emmit", "late"], says: "unknown option '--emmit'" },
    { why: "with the nearest", args: ["replay", "x", "--emti", "late"], says: "Did you mean --emit?" },
    { why: "a command that there is not", args: ["replai"], says: "unknown command 'replai'" },
    { why: "no events", args: ["replay"], says: "missing required argument 'events'" },
    {
      why: "an option without its value",
      args: ["replay", "x", "--rules"],
      says: "option '--rules <path>' argument missing",
    },
    { why: "one argument too many", args: ["replay", "x", "y"], says: "too many arguments" },
    {
      why: "a form of time that there is not",
      args: ["replay", "x", "--time-format", "min"],
      says: "Allowed choices are ms, s, iso",
    },
    {
      why: "a form of results that there is not",
      args: ["replay", "x", "--format", "csv"],
      says: "Allowed choices are ndjson, pretty",
    },
  ])("$why", async ({ args, says }) => {
    const { status, out, err } = await runInMemory(args);
    expect([status, out, err]).toEqual([2, "", expect.stringContaining(says)]);
    expect(err).toContain("(--help shows what there is)");
  });

  test("no command at all shows the help", async () => {
    const { status, err } = await runInMemory([]);
    expect([status, err]).toEqual([2, expect.stringContaining("Usage: tocsin")]);
  });
});

describe("what only tells something ends with 0", () => {
  test("help, of the program and of a command", async () => {
    expect(await runInMemory(["--help"])).toMatchObject({
      status: 0,
      err: "",
      out: expect.stringContaining("Exit status: 0 done"),
    });
    expect(await runInMemory(["replay", "--help"])).toMatchObject({
      status: 0,
      out: expect.stringContaining("--dead-letters <file>"),
    });
  });

  test("version", async () => {
    expect(await runInMemory(["version"])).toMatchObject({ status: 0, out: "1.2.3\n", err: "" });
  });
});

describe("run", () => {
  test.each([
    { args: ["run"], config: "tocsin.yaml" },
    { args: ["run", "--config", "conf/my.yaml"], config: "conf/my.yaml" },
  ])("$args hands on the settings' path, and the service's status is its own", async ({ args, config }) => {
    expect(await runInMemory(args)).toMatchObject({ status: 1, served: [config] });
  });
});

test("options stand before the argument or behind it", async () => {
  const files = { "r.yaml": "conditions: n > 1\n", "e.ndjson": '{"time":1,"n":2}\n' };
  const behind = await runInMemory(["replay", "e.ndjson", "--rules", "r.yaml"], { files });
  expect(behind.status).toBe(0);
  expect(behind.out).not.toBe("");
  expect(await runInMemory(["replay", "--rules", "r.yaml", "e.ndjson"], { files })).toEqual(behind);
});
