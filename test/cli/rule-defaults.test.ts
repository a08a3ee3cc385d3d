import { describe, expect, test } from "vitest";
import { runInMemory } from "./memory-cli.ts";

const rule = JSON.stringify({
  conditions: { any: [{ fact: "gone", operator: "notEqual", value: 1 }, { condition: "nowhere" }] },
  event: { type: "x", params: { who: { fact: "who" } } },
});
const events = '{"time":1,"who":"ann"}\n';
const all = ["allowUndefinedFacts", "allowUndefinedConditions", "replaceFactsInEventParams"];
const flags = all.flatMap((name) => ["--rule-default", name]);

describe("json-rules-engine's options for all rules", () => {
  test("without them the rule is faulty, with them it is as in an engine with these options", async () => {
    const files = { "rules/r.json": rule, events };
    expect((await runInMemory(["replay", "events"], { files })).status).toBe(2);
    const { status, out } = await runInMemory(["replay", "events", ...flags], { files });
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rule: "r", event: { type: "x", params: { who: "ann" } } });
  });

  test("a rule that says otherwise keeps its own", async () => {
    const own = JSON.stringify({ ...JSON.parse(rule), replaceFactsInEventParams: false });
    const { out } = await runInMemory(["replay", "events", ...flags], { files: { "rules/r.json": own, events } });
    expect(JSON.parse(out)).toHaveProperty("event.params", { who: { fact: "who" } });
  });

  test("a plain rule stays plain: `key` is an event field", async () => {
    const plain = JSON.stringify({
      conditions: { all: [{ fact: "key", operator: "equal", value: "k" }] },
      event: { type: "x" },
    });
    const files = { "rules/r.json": plain, events: '{"time":1,"key":"k"}\n' };
    const { out } = await runInMemory(["replay", "events", ...flags], { files });
    expect(out).toContain('"rule":"r"');
  });

  test.each([
    { why: "settings among the paths", args: ["check"], settings: true, status: 0 },
    { why: "the flag", args: ["check", "rules", ...flags], settings: false, status: 0 },
    { why: "neither", args: ["check", "rules"], settings: false, status: 2 },
    {
      why: "an unknown option",
      args: ["check", "rules", "--rule-default", "allowUndefined"],
      settings: false,
      status: 2,
    },
  ])("check: $why", async ({ args, settings, status }) => {
    const files = {
      "rules/r.json": rule,
      ...(settings ? { "tocsin.yaml": `ruleDefaults: {${all.map((name) => `${name}: true`).join(", ")}}\n` } : {}),
    };
    expect((await runInMemory(args, { files })).status).toBe(status);
  });
});
