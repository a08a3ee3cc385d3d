import { describe, expect, test } from "vitest";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { EqualRules } from "../../../src/core/plan/equal-rules.ts";
import { loadDocuments } from "../../../src/spec/document-set.ts";

function told(...rules: string[]): readonly string[] {
  const text = rules.map((rule) => `- ${rule}`).join("\n");
  const { set, lints } = loadDocuments([{ path: "r.yaml", text, kind: "rule" }]);
  expect(lints).toEqual([]);
  const { faults } = compilePlan(set, { schemas: [] });
  return faults.map(({ id, fault: { code, message } }) => `${id} ${code} ${/`(.*?)`/.exec(message)?.[1] ?? ""}`);
}

const leaf = "{fact: a, operator: equal, value: 1}";
const window = "{w: {type: sliding, size: 5m, aggregate: {n: count}}}";

describe("rules that decide the same", () => {
  test.each<{ why: string; rules: string[]; isTold: boolean }>([
    {
      why: "word for word, but for what describes",
      rules: ["{id: a, conditions: 'x > 1', severity: low}", "{id: b, name: B, conditions: 'x > 1', tags: [t]}"],
      isTold: true,
    },
    {
      why: "members in another order",
      rules: [`{id: a, conditions: {all: [${leaf}, 'b > 1']}}`, `{id: b, conditions: {all: ['b > 1', ${leaf}]}}`],
      isTold: true,
    },
    {
      why: "operands in another order",
      rules: ["{id: a, conditions: 'x > 1 && y'}", "{id: b, conditions: 'y && x > 1'}"],
      isTold: true,
    },
    {
      why: "one member and the member",
      rules: ["{id: a, conditions: {all: ['x > 1']}}", "{id: b, conditions: 'x > 1'}"],
      isTold: true,
    },
    {
      why: "filters in another order",
      rules: ["{id: a, on: [p, q], conditions: 'x > 1'}", "{id: b, on: [q, p], conditions: 'x > 1'}"],
      isTold: true,
    },
    {
      why: "other filters",
      rules: ["{id: a, on: [p], conditions: 'x > 1'}", "{id: b, on: [q], conditions: 'x > 1'}"],
      isTold: false,
    },
    {
      why: "another key",
      rules: ["{id: a, key: [u], conditions: 'x > 1'}", "{id: b, key: [v], conditions: 'x > 1'}"],
      isTold: false,
    },
    {
      why: "another window",
      rules: [
        `{id: a, windows: ${window}, conditions: 'w.n > 1'}`,
        `{id: b, windows: ${window.replace("5m", "6m")}, conditions: 'w.n > 1'}`,
      ],
      isTold: false,
    },
    {
      why: "the same window",
      rules: [
        `{id: a, windows: ${window}, conditions: 'w.n > 1'}`,
        `{id: b, windows: ${window}, conditions: 'w.n > 1'}`,
      ],
      isTold: true,
    },
    {
      why: "priorities that order the members",
      rules: [
        `{id: a, conditions: {all: [{fact: a, operator: equal, value: 1, priority: 2}, 'b > 1']}}`,
        `{id: b, conditions: {all: ['b > 1', ${leaf}]}}`,
      ],
      isTold: false,
    },
    {
      why: "one that is disabled",
      rules: ["{id: a, conditions: 'x > 1', mode: disabled}", "{id: b, conditions: 'x > 1'}"],
      isTold: false,
    },
  ])("$why", ({ rules, isTold }) => {
    expect(told(...rules)).toEqual(isTold ? ["b equal-rules a"] : []);
  });

  test("begin with none", () => {
    expect(new EqualRules().firstOf.size).toBe(0);
  });
});
