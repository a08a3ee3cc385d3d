import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { childrenOf, type Expr } from "../../../../src/core/expr/ast.ts";
import { assemble } from "../../../../src/core/expr/closure/compile-closures.ts";
import { compileCondition } from "../../../../src/core/expr/compile-condition.ts";
import { logicFindings, type LogicOptions } from "../../../../src/core/expr/check/logic-findings.ts";
import { anyValue, noValue } from "../../../../src/core/expr/check/value-set.ts";
import type { ConditionDocument } from "../../../../src/spec/value.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";
import { celCondition, condition, eventFields } from "../generated-condition.ts";

const nothingKnown: LogicOptions = {
  valuesOf: () => anyValue,
  knownOf: () => undefined,
  nameOfSlot: String,
  isHere: () => true,
};

function exprOf(document: ConditionDocument): Expr {
  const { compiled, faults } = compileCondition(document, "", contextWith());
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled.expr;
}

const told = (document: ConditionDocument, options: Partial<LogicOptions> = {}) =>
  logicFindings(exprOf(document), { ...nothingKnown, ...options }).map(({ code, message }) => `${code}: ${message}`);

const correctIt = "correct it or take it out";

describe("what is said", () => {
  test.each<{ document: ConditionDocument; said: readonly string[] }>([
    { document: "a > 1 && b > 1", said: [] },
    { document: "true", said: [] },
    { document: { all: [] }, said: [] },
    { document: "a > 2 && a < 1", said: ["never-holds: can never hold together with `a > 2`; correct one of them"] },
    {
      document: "a > 2 && b == 1 && a in [1, 2]",
      said: ["never-holds: can never hold together with `a > 2`; correct one of them"],
    },
    {
      document: "(a == 1 || a == 2) && (a == 2 || a == 3) && a != 2",
      said: ["never-holds: can never hold together with the conditions before it; correct one of them"],
    },
    { document: "b == 1 || (a == 1 && 1 > 2)", said: [`never-holds: can never hold; ${correctIt}`] },
    { document: "a in [] || b in []", said: [`never-holds: can never hold; ${correctIt}`] },
    {
      document: "a != 1 || a != 2",
      said: [`always-holds: always holds, where it ends in no error; ${correctIt}`],
    },
    {
      document: { all: [{ any: [] }, "a == 1"] },
      said: ["always-holds: an empty `any` always holds, as in json-rules-engine; fill it or take it out"],
    },
    {
      document: "c == 1 && (b ? a in [] : a != 1 || a != 2)",
      said: [
        `never-holds: can never hold; ${correctIt}`,
        `always-holds: always holds, where it ends in no error; ${correctIt}`,
      ],
    },
    {
      document: "c == 1 && [1].exists(x, a > 2 && a < 1)",
      said: ["never-holds: can never hold together with `a > 2`; correct one of them"],
    },
  ])("of $document", ({ document, said }) => {
    expect(told(document)).toEqual(said);
  });

  test("what is known of a value stands beside what it rules out", () => {
    const options: Partial<LogicOptions> = {
      valuesOf: (term) => (term.kind === "name" ? { ...noValue, hasTrue: true } : anyValue),
      knownOf: () => "true",
    };
    expect(told("a == 1", options)).toEqual([`never-holds: can never hold: \`a\` is true; ${correctIt}`]);
  });

  test("what stands in another document is one piece", () => {
    const root = exprOf("b == 1 && (a > 2 && a < 1)");
    const [at] = logicFindings(root, { ...nothingKnown, isHere: () => false }).map((finding) => finding.at);
    expect(at).toBe(root);
  });
});

function partsOf(root: Expr): ReadonlySet<Expr> {
  const parts = new Set([root]);
  for (const part of parts) for (const child of childrenOf(part)) parts.add(child);
  return parts;
}

test("it is so of every generated event, of a part of the condition, and said once", () => {
  const counts = { never: 0, always: 0, together: 0 };
  fc.assert(
    fc.property(
      fc.oneof(condition, celCondition),
      fc.array(eventFields, { minLength: 10, maxLength: 10 }),
      (document, events) => {
        const root = compileCondition(document, "", contextWith()).compiled?.expr;
        if (root === undefined) return;
        const findings = logicFindings(root, nothingKnown);
        const parts = partsOf(root);
        expect(findings.every(({ at }) => parts.has(at))).toBe(true);
        expect(new Set(findings.map(({ at }) => at)).size).toBe(findings.length);
        for (const { at, code, message } of findings) {
          const isTogether = message.includes("together");
          counts[isTogether ? "together" : code === "never-holds" ? "never" : "always"] += 1;
          // What stands in a macro needs its variables.
          if (isTogether || [...partsOf(at)].some(({ kind }) => kind === "local")) continue;
          const evaluate = assemble(at);
          for (const fields of events) expect(evaluate(scopeOf({ fields }))).not.toBe(code === "never-holds");
        }
      },
    ),
    { numRuns: 500 },
  );
  for (const [code, count] of Object.entries(counts))
    expect({ code, isFrequent: count > 5 }).toEqual({ code, isFrequent: true });
});
