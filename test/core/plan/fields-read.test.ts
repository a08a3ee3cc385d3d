import { expect, test } from "vitest";
import type { RuleDocument } from "../../../src/spec/rule.ts";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { noDocuments } from "../../../src/core/plan/document-set.ts";
import { fieldsReadBy } from "../../../src/core/plan/fields-read.ts";

function readBy(document: RuleDocument) {
  const { plan, faults } = compilePlan({ ...noDocuments, rules: [{ id: "r", document }] });
  if (plan === undefined) return expect.fail(JSON.stringify(faults));
  return fieldsReadBy(plan);
}

test.for<{ why: string; document: RuleDocument; reads: readonly string[] | "all" }>([
  { why: "names of a CEL condition", document: { conditions: "a > 1 && has(b) && c.d == 2" }, reads: ["a", "b", "c"] },
  {
    why: "a member of input",
    document: { on: ["t"], key: ["k"], conditions: "input.a == 1 && input['b c'] == 2" },
    reads: ["a", "b c", "k"],
  },
  {
    why: "an event of which all is looked through",
    document: { on: ["t"], conditions: "size(input) > 3" },
    reads: "all",
  },
  { why: "a name that is worked out", document: { on: ["t"], conditions: "input[a] == 1" }, reads: "all" },
  { why: "the event before", document: { on: ["t"], key: ["k"], conditions: "prev.a != a" }, reads: ["a", "k"] },
  { why: "a path from the root", document: { on: ["t"], key: ["$.k.x"], conditions: "true" }, reads: ["k"] },
  { why: "a path that searches", document: { on: ["t"], key: ["$..k"], conditions: "true" }, reads: "all" },
  {
    why: "only a template reads it",
    document: { on: ["t"], conditions: "a == 1", alert: { summary: "{{ b }} {{ input.c }}" } },
    reads: ["a"],
  },
  {
    why: "json-rules-engine's facts",
    document: {
      conditions: {
        any: [
          { fact: "a", operator: "equal", value: 1 },
          { fact: "b", operator: "equal", value: { fact: "c" } },
        ],
      },
      event: { type: "e" },
    },
    reads: ["a", "b", "c"],
  },
  {
    why: "everything that is evaluated",
    document: {
      on: ["t"],
      where: "a == 1",
      key: ["b"],
      windows: {
        w: { type: "tumbling", size: "1m", where: "c == 1", aggregate: { s: { sum: "d", where: "e == 1" } } },
      },
      patterns: {
        p: {
          sequence: [
            { begin: "x", where: "f == 1" },
            { followedBy: "y", where: "x.last.g == h" },
          ],
        },
      },
      let: { l: "i + 1" },
      conditions: "w.s > l && j == 1",
      severity: "k == 1 ? 'high' : 'low'",
      alert: { fingerprint: ["m"] },
    },
    reads: ["a", "b", "c", "d", "e", "f", "h", "i", "j", "k", "m"],
  },
])("$why", ({ document, reads }) => {
  expect(readBy(document)).toEqual(reads);
});
