import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import type { ExprError } from "../../../src/core/expr/expr-error.ts";
import { emptyScope, type Scope } from "../../../src/core/expr/scope.ts";
import type { EventIndex, Intake, Plan } from "../../../src/core/plan/plan.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { planOf } from "../shard/scenario.ts";

const planCount = Math.ceil(Number(process.env["TOCSIN_CASES"] ?? 2000) / 40);

function scopeOf(type: string, fields: JsonObject): Scope {
  const event: TocsinEvent = {
    ...{ position: { source: "s", sequence: 1, index: 0 }, id: 1, type, time: eventTimeMs(1000), source: "s" },
    ...{ fields, whole: fields },
  };
  return { ...emptyScope(), event, now: event.time };
}

function hitsOf(index: EventIndex, scope: Scope, intake: Intake = "on-time"): readonly string[] {
  const count = index.match(scope, intake);
  const ids = [...index.hits.subarray(0, count)].map((ordinal) => {
    const taker = index.takers[ordinal];
    return taker?.rule?.program.id ?? taker?.lone?.id ?? "";
  });
  return ids;
}

/** Rules whose filter and conditions come to one of the outcomes, found by trying each. */
function rulesByScan(plan: Plan, scope: Scope, isWanted: (outcome: boolean | ExprError) => boolean): readonly string[] {
  return plan.rules
    .filter(({ program: { filter, conditions, windows } }) => {
      if (!filter.fitsType(scope.event?.type ?? "")) return false;
      if (filter.where !== undefined && !isWanted(filter.where.holds(scope))) return false;
      return windows.length > 0 || conditions === undefined || isWanted(conditions.holds(scope));
    })
    .map(({ program }) => program.id);
}

function takersByScan(plan: Plan, scope: Scope): readonly string[] {
  return rulesByScan(plan, scope, (outcome) => outcome === true);
}

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 9 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "",
      "a",
      "ab",
      "abc",
      "abcd",
      "b",
      "5",
      "10",
      "12abc",
      " 5 ",
      "abcdefghijk",
      "abcdefghixx",
    ),
  },
  fc.constantFrom<null | boolean>(null, true, false),
  fc.constantFrom(0.5, -0, 1e21, 2.5),
);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom("x", "y", "toString"), scalar, { maxKeys: 2 }),
);
const field = fc.constantFrom("a", "b", "c", "d");
const events = fc.record({ a: value, b: value, c: value, d: value }, { requiredKeys: [], noNullPrototype: true });
const number = fc.integer({ min: -2, max: 9 });

const jsonLeaf = fc.oneof(
  fc.record({ fact: field, operator: fc.constantFrom("equal", "notEqual"), value: scalar }),
  fc.record({ fact: field, operator: fc.constantFrom("in", "notIn"), value: fc.array(value, { maxLength: 4 }) }),
  fc.record({
    fact: field,
    operator: fc.constantFrom("lessThan", "lessThanInclusive", "greaterThan", "greaterThanInclusive"),
    value: fc.oneof({ weight: 4, arbitrary: number }, scalar),
  }),
  fc.record({ fact: field, operator: fc.constant("between"), value: fc.tuple(number, number) }),
  fc.record({
    fact: field,
    operator: fc.constantFrom("startsWith", "ignoreCase:startsWith", "not:startsWith"),
    value: fc.constantFrom("", "a", "ab", "abcdefghijk", "abcdefghi", "b", "5"),
  }),
  fc.record({
    fact: field,
    operator: fc.constant("equal"),
    value: scalar,
    path: fc.constantFrom("$.x", "$.length", "$"),
  }),
  fc.record({ fact: field, operator: fc.constantFrom("contains", "someFact:equal"), value: scalar }),
);
const literal = scalar.map((each) => JSON.stringify(each));
const celLeaf = fc.oneof(
  fc.tuple(field, fc.constantFrom("==", "!=", "<", "<=", ">", ">="), literal).map((parts) => parts.join(" ")),
  fc.tuple(literal, fc.constantFrom("==", "<", ">="), field).map((parts) => parts.join(" ")),
  fc.tuple(field, fc.array(literal, { maxLength: 3 })).map(([name, items]) => `${name} in [${items.join(", ")}]`),
  fc.tuple(field, fc.constantFrom("", "a", "ab", "abcdefghijk")).map(([name, text]) => `${name}.startsWith("${text}")`),
  field,
  field.map((name) => `!${name}`),
  field.map((name) => `${name}.x == 1`),
  field.map((name) => `[1, 2].exists(i, i == ${name})`),
);
const { cel } = fc.letrec<{ cel: string }>((tie) => ({
  cel: fc.oneof(
    { maxDepth: 3 },
    celLeaf,
    fc
      .tuple(tie("cel"), fc.constantFrom("&&", "||"), tie("cel"))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie("cel").map((of) => `!(${of})`),
  ),
}));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: jsonLeaf },
    fc.record({ all: fc.array(tie("json"), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("json"), { maxLength: 3 }), priority: fc.constantFrom(1, 2) }),
    field.chain((name) =>
      fc.record({
        any: fc.array(fc.record({ fact: fc.constant(name), operator: fc.constant("equal"), value: scalar }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    ),
    fc.record({ not: tie("json") }),
    cel,
  ),
}));
const condition = fc.oneof(
  cel,
  fc.array(json, { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
);
const rule = fc.record(
  {
    conditions: condition,
    where: condition,
    on: fc.subarray(["t.a", "t.b", "u", "t.*", "*.a", ">", "t.>"], { minLength: 1, maxLength: 2 }),
    allowUndefinedFacts: fc.boolean(),
    windows: fc.constant({ w: { type: "sliding", size: "10s", aggregate: { n: "count" } } }),
    priority: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["conditions"] },
);

test(`the index leads to every rule that a full scan finds, and to none with a false part (${planCount} sets of rules)`, () => {
  const tally = { hits: 0, missed: 0, candidates: 0 };
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 15, maxLength: 35 }),
      fc.array(fc.tuple(fc.constantFrom("t.a", "t.b", "u", "u.a", "tocsin.x"), events), {
        minLength: 10,
        maxLength: 20,
      }),
      (rules, stream) => {
        const documents: unknown = JSON.parse(
          JSON.stringify(rules.map((each, index) => ({ id: `r${index}`, ...each }))),
        );
        const plan = planOf({ rules: Array.isArray(documents) ? documents : [] });
        for (const [type, each] of stream) {
          const fields: unknown = JSON.parse(JSON.stringify(each));
          const scope = scopeOf(type, isJsonObject(fields) ? fields : {});
          const hits = hitsOf(plan.index, scope);
          const found = takersByScan(plan, scope);
          expect(hits).toEqual(expect.arrayContaining([...found]));
          const notFalse = rulesByScan(plan, scope, (outcome) => outcome !== false);
          expect(hits).toEqual(notFalse.filter((id) => hits.includes(id)));
          tally.hits += found.length;
          tally.candidates += hits.length;
          tally.missed += plan.rules.filter(({ program }) => program.filter.fitsType(type)).length - hits.length;
          expect([...hitsOf(plan.index, scope, "arrival"), ...hitsOf(plan.index, scope, "released")].sort()).toEqual(
            [...hits].sort(),
          );
        }
      },
    ),
    { numRuns: planCount },
  );
  expect(tally.hits).toBeGreaterThan(planCount * 10);
  expect(tally.missed).toBeGreaterThan(tally.candidates / 2);
}, 120_000);

describe("types", () => {
  const plan = planOf({
    rules: [
      { id: "b", on: ["x.*"], conditions: "true" },
      {
        id: "a",
        on: ["x.y"],
        windows: { w: { type: "sliding", size: "1s", aggregate: { n: "count" } } },
        conditions: "true",
      },
      { id: "c", on: ["z", "x.y", "x.>"], conditions: "true", priority: 2 },
      { id: "d", on: ["tocsin.>"], conditions: "true", alert: false },
      { id: "e", conditions: "true" },
    ],
    patterns: [{ id: "p", on: ["x.>"], sequence: [{ begin: "s", on: ["q"] }] }],
  });

  test.each<{ readonly type: string; readonly intake: Intake; readonly ids: readonly string[]; readonly why: string }>([
    { why: "rule order, then lone patterns", type: "x.y", intake: "on-time", ids: ["c", "a", "b", "e", "p"] },
    { why: "late ones all the same", type: "x.y", intake: "late", ids: ["c", "a", "b", "e", "p"] },
    { why: "those that take events as they come", type: "x.y", intake: "arrival", ids: ["c", "b", "e"] },
    { why: "those that wait", type: "x.y", intake: "released", ids: ["a", "p"] },
    { why: "no filter is every type", type: "q.q.q", intake: "on-time", ids: ["e"] },
    { why: "a literal among literals", type: "z", intake: "on-time", ids: ["c", "e"] },
    { why: "a wildcard at the end wants one more token", type: "x", intake: "on-time", ids: ["e"] },
    { why: "our own types are seen where they are named", type: "tocsin.alert.x", intake: "on-time", ids: ["d"] },
    { why: "a type that begins so is no type of ours", type: "tocsin", intake: "on-time", ids: ["e"] },
  ])("$why", ({ type, intake, ids }) => {
    expect(hitsOf(plan.index, scopeOf(type, {}), intake)).toEqual(ids);
  });

  test("what waits for its release, and what is seen at all", () => {
    expect([plan.index.hasOrdered("x.y"), plan.index.hasOrdered("z")]).toEqual([true, false]);
    expect([plan.index.hasTakers("x.y"), planOf({}).index.hasTakers("x.y")]).toEqual([true, false]);
  });
});

describe("a part that is in error", () => {
  test.each([
    {
      why: "leads to the rule where the index does not ask for it",
      conditions: { all: [{ fact: "absent", operator: "contains", value: 1 }] },
      ids: ["r"],
    },
    {
      why: "does not outweigh one that is false",
      conditions: {
        all: [
          { fact: "absent", operator: "contains", value: 1 },
          { fact: "a", operator: "equal", value: 2 },
        ],
      },
      ids: [],
    },
    {
      why: "is not known of a rule with a window",
      conditions: { all: [{ fact: "a", operator: "equal", value: 2 }] },
      windows: { w: { type: "sliding", size: "1s", aggregate: { n: "count" } } },
      ids: ["r"],
    },
    { why: "is not asked of what reads the event before", conditions: "prev == null && a == 2", ids: ["r"] },
  ])("$why", ({ ids, ...row }) => {
    const { conditions } = row;
    const document = "windows" in row ? { conditions, windows: row.windows } : { conditions };
    expect(hitsOf(planOf({ rules: [{ id: "r", ...document }] }).index, scopeOf("t", { a: 1 }))).toEqual(ids);
  });
});

test("a condition that several rules have is worked out once an event, and only where it is asked for", () => {
  let count = 0;
  const watched = {
    get a() {
      count += 1;
      return "xyz";
    },
  };
  const shared = { fact: "o", path: "$.a", operator: "endsWith", value: "z" };
  const rules = Array.from({ length: 30 }, (_, index) => ({
    id: `r${index}`,
    conditions: { all: [shared, { fact: "n", operator: "notEqual", value: index }] },
  }));
  const { index } = planOf({ rules });
  for (let event = 1; event <= 600; event += 1) {
    const fields: JsonObject = { n: 3, o: watched };
    expect(hitsOf(index, scopeOf("t", fields))).toHaveLength(29);
    expect(count).toBe(event);
  }
});

test("ten thousand rules are led to by what they ask for, first by closures and then by code", () => {
  const rules = Array.from({ length: 2_000 }, (_, index) => ({
    id: `r${String(index).padStart(4, "0")}`,
    on: [`t.${index % 10}`],
    conditions: {
      all: [
        { fact: "country", operator: "equal", value: `c${index % 7}` },
        { fact: "amount", operator: "greaterThan", value: index },
        { fact: "path", operator: "startsWith", value: `/api/v${index % 3}/` },
      ],
    },
  }));
  const plan = planOf({ rules });
  for (let event = 0; event < 3_000; event += 1) {
    const scope = scopeOf(`t.${event % 10}`, {
      country: `c${event % 7}`,
      amount: event % 2_500,
      path: `/api/v${event % 3}/x`,
    });
    const hits = hitsOf(plan.index, scope);
    if (event % 50 === 0 || event > 2_900) expect(hits).toEqual(takersByScan(plan, scope));
  }
});
