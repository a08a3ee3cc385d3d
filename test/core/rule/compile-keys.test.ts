import { expect, test } from "vitest";
import { faultsOfKeys } from "../../../src/core/rule/compile-keys.ts";
import type { RuleDocument } from "../../../src/spec/rule.ts";

const lists = new Map([
  ["jobs", { fields: undefined, kind: "exact" as const }],
  ["nets", { fields: undefined, kind: "cidr" as const }],
]);

test.each<{ why: string; document: RuleDocument; found: readonly string[] }>([
  { why: "no keys", document: {}, found: [] },
  { why: "sound", document: { key: ["h"], keys: { list: "jobs" }, evaluate: { every: "1m" } }, found: [] },
  {
    why: "no list of that name",
    document: { key: ["h"], keys: { list: "job" }, evaluate: { every: "1m" } },
    found: ["error /keys/list unknown-name"],
  },
  {
    why: "a list of blocks",
    document: { key: ["h"], keys: { list: "nets" }, evaluate: { every: "1m" } },
    found: ["error /keys/list wrong-value"],
  },
  {
    why: "two parts",
    document: { key: ["h", "i"], keys: { list: "jobs" }, evaluate: { every: "1m" } },
    found: ["error /keys wrong-value"],
  },
  {
    why: "a map of one part",
    document: { key: { host: "h" }, keys: { list: "jobs" }, evaluate: ["event", { every: "1m" }] },
    found: [],
  },
  {
    why: "nothing looks at the keys",
    document: { key: ["h"], keys: { list: "jobs" } },
    found: ["warning /keys wrong-value"],
  },
])("$why", ({ document, found }) => {
  const faults = faultsOfKeys(document, { patterns: new Map(), named: new Map(), lists });
  expect(faults.map(({ severity, pointer, code }) => `${severity} ${pointer} ${code}`)).toEqual(found);
});
