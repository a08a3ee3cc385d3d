import { describe, expect, test } from "vitest";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { listsReadBy, listsWrittenBy } from "../../../src/core/rule/compile-list-actions.ts";
import { lookupMembersOf, lookupsReadBy } from "../../../src/core/rule/compile-lookup.ts";
import { documentSetOf, planOf } from "../shard/scenario.ts";
import type { Documents } from "../shard/scenario.ts";

const blocked = { id: "blocked", members: ["bad"], ttl: "10ms" };
const accounts = {
  id: "accounts",
  fields: ["level", "bank"],
  members: [{ member: "ann", level: 3, bank: "b1" }],
  feed: { on: ["account"], member: "id", fields: { level: "level", bank: "bank" } },
};
const banks = { id: "banks", members: [{ member: "b1", country: "NL" }] };
const inBlocked = { all: [{ fact: "u", operator: "inList", value: "blocked" }] };

describe("faults", () => {
  const faultsOf = (documents: Documents) =>
    compilePlan(documentSetOf(documents)).faults.map(
      ({ kind, id, fault }) => `${kind} ${id} ${fault.code} ${fault.pointer}`,
    );

  test.each([
    {
      why: "no such list",
      rule: { conditions: { all: [{ fact: "u", operator: "inList", value: "blockd" }] } },
      faults: ["rule r unknown-name /conditions/all/0/value"],
    },
    {
      why: "no id",
      rule: { conditions: { all: [{ fact: "u", operator: "inList", value: { fact: "v" } }] } },
      faults: ["rule r wrong-type /conditions/all/0/value"],
    },
    {
      why: "swapped",
      rule: { conditions: { all: [{ fact: "u", operator: "swap:inList", value: "blocked" }] } },
      faults: ["rule r wrong-value /conditions/all/0/operator"],
    },
    { why: "no id in CEL", rule: { conditions: "inList(u, v)" }, faults: ["rule r expression /conditions"] },
    {
      why: "no such list in CEL",
      rule: { conditions: "u.inList('blockd')" },
      faults: ["rule r unknown-name /conditions"],
    },
    {
      why: "no such table",
      rule: { lookup: { a: { table: "acounts", key: "u" } }, conditions: "true" },
      faults: ["rule r unknown-name /lookup/a/table"],
    },
    {
      why: "no such field",
      rule: { lookup: { a: { table: "accounts", key: "u" } }, conditions: "a.levle > 1" },
      faults: ["rule r unknown-name /conditions"],
    },
    {
      why: "a circle of look-ups",
      rule: {
        lookup: { a: { table: "accounts", key: "b.bank" }, b: { table: "accounts", key: "a.bank" } },
        conditions: "true",
      },
      faults: ["rule r cycle /lookup/a"],
    },
    {
      why: "a look-up in where",
      rule: { lookup: { a: { table: "accounts", key: "u" } }, where: "a != null", conditions: "true" },
      faults: ["rule r unsupported /where"],
    },
    {
      why: "actions",
      rule: {
        conditions: "true",
        lists: [
          { add: "blockd", member: "u" },
          { remove: "accounts", member: "1 +" },
          { add: "accounts", member: "u", ttl: "0s", fields: { levl: "1" } },
        ],
      },
      faults: [
        "rule r unknown-name /lists/0/add",
        "rule r syntax /lists/1/member",
        "rule r unknown-name /lists/2/fields/levl",
        "rule r wrong-value /lists/2/ttl",
      ],
    },
  ])("$why", ({ rule, faults }) => {
    expect(faultsOf({ lists: [blocked, accounts], rules: [{ id: "r", ...rule }] })).toEqual(faults);
  });

  test("a circle through a list, and one through its feed", () => {
    const read = { id: "r", conditions: inBlocked, lists: [{ add: "blocked", member: "v" }] };
    expect(faultsOf({ lists: [blocked], rules: [read] })).toEqual([expect.stringMatching(/^rule r cycle/)]);
    const feed = { id: "l", feed: { on: ["x"], member: "u" } };
    const emits = { id: "r", on: ["a"], conditions: "inList(u, 'l')", emit: { type: "x" } };
    expect(faultsOf({ lists: [feed], rules: [emits] })).toEqual([expect.stringMatching(/ cycle /)]);
  });

  test("what a rule reads and writes, anywhere", () => {
    const plan = planOf({
      lists: [blocked, accounts, banks, { id: "out" }],
      patterns: [{ id: "p", sequence: [{ begin: "x", where: "inList(u, 'banks')" }] }],
      rules: [
        {
          id: "r",
          where: inBlocked,
          lookup: { a: { table: "accounts", key: "u" } },
          patterns: { p: "p" },
          lists: [{ add: "out", member: "u" }],
        },
        { id: "s", mode: "shadow", conditions: "true", lists: [{ add: "out", member: "u" }] },
      ],
    });
    expect(plan.rules.map(({ program }) => [listsReadBy(program), listsWrittenBy(program)])).toEqual([
      [["accounts", "banks", "blocked"], ["out"]],
      [[], []],
    ]);
  });
});

test("look-ups that names lead to, through others too, in the order of their dependencies", () => {
  const lookup = {
    b: { table: "banks", key: "a.bank" },
    a: { table: "accounts", key: "u" },
    c: { table: "banks", key: "u" },
  };
  const [rule] = planOf({ lists: [accounts, banks], rules: [{ id: "r", lookup, conditions: "b != null" }] }).rules;
  const lookups = rule?.program.lookups ?? [];
  expect(lookups.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(lookupsReadBy(["b"], lookups).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(lookupMembersOf({ lookup }, new Map([["accounts", { fields: ["level"] }]]))).toEqual({
    a: ["level", "since", "expires"],
  });
});
