import { describe, expect, test } from "vitest";
import { compileRuleSet, loadRuleSet, pathsOrDefault } from "../../src/cli/rule-set.ts";
import { memoryReader } from "./memory-cli.ts";

const rule = "on: [a]\nconditions: n > 1\n";
const none = { rules: [], patterns: [], lists: [] };

describe("paths", () => {
  const here = memoryReader({ "rules/r.yaml": rule, "lists/l.yaml": "", patterns: "a file of that name" });

  test("none given: the folders that are here", async () => {
    expect(await pathsOrDefault(none, here)).toEqual({ rules: ["rules"], patterns: [], lists: ["lists"], schemas: [] });
  });

  test.each(["rules", "patterns", "lists"] as const)("one of %s given: nothing else", async (kind) => {
    const given = { ...none, [kind]: ["my.yaml"] };
    expect(await pathsOrDefault(given, here)).toEqual(given);
  });
});

describe("a rule set", () => {
  test("is read by what the paths hold, whatever the files say", async () => {
    const reader = memoryReader({ "a.yaml": rule, "b.yaml": "sequence: [{begin: a}]\n" });
    const { set, plan, lints } = await loadRuleSet({ ...none, rules: ["a.yaml"], patterns: ["b.yaml"] }, reader);
    expect(lints).toEqual([]);
    expect([set.rules.map(({ id }) => id), set.patterns.map(({ id }) => id)]).toEqual([["a"], ["b"]]);
    expect([plan?.rules.length, plan?.lonePatterns.length]).toEqual([1, 1]);
  });

  test("has no plan where something named could not be read", async () => {
    const { set, plan, lints } = await loadRuleSet(
      { ...none, rules: ["a.yaml", "b"] },
      memoryReader({ "a.yaml": rule }),
    );
    expect(set.rules.length).toBe(1);
    expect(plan).toBeUndefined();
    expect(lints).toMatchObject([
      { file: "b", line: 1, column: 1, severity: "error", message: "there is no such file or folder" },
    ]);
  });

  test("has a plan where there are only warnings, and the texts of all files", () => {
    const text = '{"conditions": {"all": []}, "event": {"type": "x"}, "mode2": 1}';
    const { plan, lints, texts } = compileRuleSet([{ path: "r.json", text, kind: "rule" }]);
    expect(plan?.rules.length).toBe(1);
    expect(lints.map(({ severity }) => severity)).toEqual(["warning"]);
    expect([...texts]).toEqual([["r.json", text]]);
  });

  test("tells faults of schema, compilers and templates together: by file as given, then by place", () => {
    const { lints, plan } = compileRuleSet([
      { path: "z.yaml", text: 'alert: {summary: "{{ n"}\nconditions: nn >\n', kind: "rule" },
      { path: "a.yaml", text: "modes: 5\n", kind: "rule" },
    ]);
    expect(plan).toBeUndefined();
    expect(lints.map(({ file, line, code }) => [file, line, code])).toEqual([
      ["z.yaml", 1, "template"],
      ["z.yaml", 2, "syntax"],
      ["a.yaml", 1, "unknown-key"],
    ]);
  });

  test("of no summary needs no template", () => {
    const texts = ["alert: false\n", "alert: {}\n", ""].map((alert) => `${rule}${alert}`);
    for (const text of texts) expect(compileRuleSet([{ path: "r.yaml", text, kind: "rule" }]).lints).toEqual([]);
  });
});
