import fc from "fast-check";
import { Engine } from "json-rules-engine";
import type { TopLevelCondition } from "json-rules-engine";
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/core/base/json.ts";
import { compilePlan } from "../../src/core/plan/compile-plan.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { restoreShard, snapshotWhole } from "../../src/core/shard/snapshot.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import { step } from "../../src/core/shard/step.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../src/core/time/instant.ts";
import { askRulesEngine } from "../../src/engine/ask-rules-engine.ts";
import { defaultLimits } from "../../src/engine/limits.ts";
import { extensionsOf, factOf } from "../core/expr/extension-fixture.ts";

const settings = { ...defaultLimits, outOfOrdernessMs: durationMs(0), observing: observeNothing };

const extensions = extensionsOf({
  facts: [
    factOf("remote", async ({ plus = 0 }, almanac) => Number(await almanac.factValue("n")) + Number(plus), {
      isAsync: true,
    }),
    factOf("person", async () => ({ level: "watched", tags: ["a"] }), { isAsync: true, priority: 5 }),
    factOf("broken", async () => Promise.reject(new Error("no answer")), { isAsync: true }),
    factOf("local", (_params, almanac) => Number(almanac.factValue("n")) * 2),
  ],
  operators: { over: (fact: number, value: number) => fact > value },
});

const named = {
  risky: { any: [{ fact: "remote", operator: "greaterThan", value: 3 }, "n > 100"] },
  calm: { all: [{ fact: "n", operator: "lessThan", value: 3 }] },
  beside: { all: [{ fact: "n", operator: "equal", value: 0 }], condition: "risky" },
};

function shardOf(rule: object): Shard {
  const set = {
    rules: [{ id: "r", document: { on: ["e"], ...rule } }],
    patterns: [],
    named: Object.entries(named).map(([name, document]) => ({ name, document })),
    lists: [],
  };
  const { plan, faults } = compilePlan(set, { extensions });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  return new Shard(plan, settings);
}

/** Takes one event, answers what it asks by json-rules-engine, with the state written and read again between the two. */
async function decide(rule: object, fields: JsonObject) {
  const first = shardOf(rule);
  const outputs: Output[] = [];
  const event = {
    position: { source: "s", sequence: 0, index: 0 },
    id: "e0",
    type: "e",
    time: eventTimeMs(1),
    source: "s",
    fields,
  };
  step(first, { kind: "message", stampMs: 1, elements: [{ kind: "event", event }] }, outputs);
  const asked = first.questions.size;
  const entries = new Map<string, Uint8Array>();
  snapshotWhole(first, { put: (address, bytes) => bytes !== undefined && entries.set(address, bytes) });
  const shard = restoreShard(first.plan, settings, entries);
  expect([...shard.questions.keys()]).toEqual([...first.questions.keys()]);
  for (const question of shard.questions.values()) {
    const program = shard.plan.rules[0]?.program;
    if (program === undefined) throw new Error("there is a rule");
    const answer = await askRulesEngine(question, program);
    const written: typeof answer = JSON.parse(JSON.stringify(answer));
    step(shard, { kind: "journal", entry: { kind: "answer", at: logTimeMs(1), ...written } }, outputs);
  }
  expect(shard.questions.size).toBe(0);
  const alerts = outputs.flatMap((output) => (output.kind === "alert" ? [output.draft.alert] : []));
  const error = [...first.stats.errors, ...shard.stats.errors].map(([, { last }]) => last.message)[0];
  return { asked, alerts, holds: error === undefined ? alerts.length > 0 : "error", error };
}

const remoteOver = (value: number, more: object = {}) => ({ fact: "remote", operator: "greaterThan", value, ...more });

test.each([
  { why: "an asynchronous fact", conditions: { all: [remoteOver(3)] }, n: 4, asked: 1, holds: true },
  { why: "that does not suffice", conditions: { all: [remoteOver(3)] }, n: 3, asked: 1, holds: false },
  {
    why: "with parameters",
    conditions: { all: [remoteOver(3, { params: { plus: 1 } })] },
    n: 3,
    asked: 1,
    holds: true,
  },
  {
    why: "what is known already decides: nothing is asked",
    conditions: { all: [{ fact: "n", operator: "equal", value: 9 }, remoteOver(3)] },
    ...{ n: 4, asked: 0, holds: false },
  },
  {
    why: "under not what is known may decide too",
    conditions: { not: { any: [{ fact: "n", operator: "equal", value: 4 }, remoteOver(3)] } },
    ...{ n: 4, asked: 0, holds: false },
  },
  { why: "a named condition that waits", conditions: { condition: "risky" }, n: 4, asked: 1, holds: true },
  {
    why: "one whose root has a reference beside a list: the reference counts",
    conditions: { all: [{ condition: "beside" }] },
    ...{ n: 4, asked: 1, holds: true },
  },
  {
    why: "one that does not, beside CEL and a synchronous fact",
    conditions: { all: [{ condition: "calm" }, "local == 4.0 && n < 3", remoteOver(1)] },
    ...{ n: 2, asked: 1, holds: true },
  },
  {
    why: "an operator of Tocsin, decorated",
    conditions: { all: [{ fact: "remote", operator: "not:between", value: [1, 3] }] },
    ...{ n: 4, asked: 1, holds: true },
  },
  {
    why: "an operator of a plug-in",
    conditions: { all: [{ fact: "remote", operator: "over", value: { fact: "local" } }] },
    ...{ n: -1, asked: 1, holds: true },
  },
  {
    why: "a path, and text in any case",
    conditions: { all: [{ fact: "person", path: "$.level", operator: "ignoreCase:equal", value: "WATCHED" }] },
    ...{ n: 0, asked: 1, holds: true },
  },
  {
    why: "the asynchronous fact as the value",
    conditions: { all: [{ fact: "n", operator: "equal", value: { fact: "remote" } }] },
    ...{ n: 5, asked: 1, holds: true },
  },
  {
    why: "a fact that fails",
    conditions: { any: [remoteOver(3), { fact: "broken", operator: "equal", value: 1 }] },
    ...{ n: 4, asked: 1, holds: "error" },
  },
  {
    why: "one behind a higher priority that decides is not asked for",
    conditions: { any: [remoteOver(3, { priority: 9 }), { fact: "broken", operator: "equal", value: 1 }] },
    ...{ n: 4, asked: 1, holds: true },
  },
])("$why", async ({ conditions, n, asked, holds }) => {
  expect(await decide({ conditions }, { n })).toMatchObject({ asked, holds });
});

test("the alert has the event's parameters, and the time and evidence of the evaluation", async () => {
  const rule = {
    conditions: { all: [{ fact: "n", operator: "greaterThan", value: 0 }] },
    event: { type: "t", params: { level: { fact: "person", path: "$.level" }, n: { fact: "n" } } },
    replaceFactsInEventParams: true,
  };
  const { alerts, asked } = await decide(rule, { n: 1 });
  expect(asked).toBe(1);
  expect(alerts).toMatchObject([
    { time: 1, evidence: ["e0"], event: { type: "t", params: { level: "watched", n: 1 } } },
  ]);
});

test("a parameter that fails rejects the rule where facts are replaced, and is an error beside the alert where not", async () => {
  const rule = { conditions: "n > 0", event: { type: "t", params: { x: { fact: "broken" } } } };
  const replacing = await decide({ ...rule, replaceFactsInEventParams: true }, { n: 1 });
  expect(replacing).toMatchObject({ alerts: [], error: "no answer" });
  const kept = await decide(rule, { n: 1 });
  expect(kept.alerts).toMatchObject([{ event: { params: { x: { fact: "broken" } } } }]);
  expect(kept.error).toContain("no ");
});

test("generated conditions decide as json-rules-engine does over all facts at once", async () => {
  const leaf = fc.record({
    fact: fc.constantFrom("n", "remote", "local", "person"),
    operator: fc.constantFrom("equal", "notEqual", "greaterThan", "lessThanInclusive", "not:equal", "contains"),
    value: fc.oneof(fc.integer({ min: -1, max: 8 }), fc.constantFrom({ fact: "n" }, { fact: "remote" })),
    priority: fc.constantFrom(1, 2, 5),
  });
  const { root } = fc.letrec<{ node: object; root: object }>((tie) => ({
    node: fc.oneof({ depthSize: "small" }, { weight: 4, arbitrary: leaf }, tie("root")),
    root: fc.oneof(
      fc.record({ all: fc.array(tie("node"), { maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("node"), { maxLength: 3 }) }),
      fc.record({ not: tie("node") }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(root, fc.integer({ min: 0, max: 4 }), async (conditions, n) => {
      const engine = new Engine();
      engine.addFact("remote", async (_params, almanac) => almanac.factValue("n"));
      engine.addFact("local", async (_params, almanac) => 2 * (await almanac.factValue<number>("n")));
      engine.addFact("person", () => ({ level: "watched", tags: ["a"] }), { priority: 5 });
      const copy: TopLevelCondition = JSON.parse(JSON.stringify(conditions));
      engine.addRule({ conditions: copy, event: { type: "holds" } });
      const { events } = await engine.run({ n });
      expect(await decide({ conditions, event: { type: "t" } }, { n })).toMatchObject({ holds: events.length > 0 });
    }),
    { numRuns: 400 },
  );
});
