import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRuleSet } from "../../src/cli/rule-set.ts";
import { ruleSchema } from "../../src/spec/rule.ts";
import { salvageDocument } from "../../src/spec/salvage.ts";
import { checkDocument } from "../../src/spec/schema-fault.ts";

function codesOf(text: string): string[] {
  return compileRuleSet([{ path: "rules/r.yaml", text, kind: "rule" }]).lints.map(
    ({ line, code }) => `${line} ${code}`,
  );
}

describe("a document with an error is looked through for the others too", () => {
  const rows: readonly { readonly why: string; readonly text: string; readonly lints: readonly string[] }[] = [
    {
      why: "a key that is not known hides neither a bad operator nor a bad expression",
      text: "severty: high\nconditions:\n  all:\n    - {fact: a, operator: greterThan, value: 3}\n    - 'b > &&'\n",
      lints: ["1 unknown-key", "4 unknown-name", "5 syntax"],
    },
    {
      why: "what was cut out of a window is not missed where it is read",
      text: "windows:\n  w: {type: slidin, size: 1m, aggregate: {n: count}}\nconditions: 'w.n > 3'\n",
      lints: ["2 wrong-value"],
    },
    {
      why: "conditions that are cut out are not missing",
      text: "conditions: 5\non: [a]\n",
      lints: ["1 wrong-type"],
    },
    {
      why: "a fault is told once",
      text: "on: [a]\nconditions: 'x >'\nseverty: low\n",
      lints: ["2 syntax", "3 unknown-key"],
    },
  ];
  test.each(rows)("$why", ({ text, lints }) => {
    expect(codesOf(text)).toEqual(lints);
  });

  test("and is never run", () => {
    expect(
      compileRuleSet([{ path: "r.yaml", text: "severty: low\nconditions: 'true'\n", kind: "rule" }]).plan,
    ).toBeUndefined();
  });
});

test("what is salvaged of any value is a document, and nothing throws", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("on", "key", "windows", "conditions", "evaluate", "x"), fc.jsonValue()),
      (value) => {
        const options = { kind: "rule" } as const;
        const { document, faults } = checkDocument(ruleSchema, value, options);
        if (document !== undefined) return;
        const rest = salvageDocument(ruleSchema, value, faults, options);
        if (rest !== undefined) expect(checkDocument(ruleSchema, rest, options).document).toBeDefined();
      },
    ),
  );
});
