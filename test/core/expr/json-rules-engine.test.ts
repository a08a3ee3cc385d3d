import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TopLevelCondition } from "json-rules-engine";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { runJsonRulesEngine } from "../../oracle/json-rules-engine.ts";
import { generatedRun, type GeneratedRun } from "../../oracle/json-rules-generator.ts";
import { contextWith, scopeOf } from "./expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 4000);

/** What ours says; `refused` names the faults where it does not compile. */
function ours(input: GeneratedRun): {
  readonly outcome: boolean | "error" | "refused";
  readonly messages: readonly string[];
} {
  const { compiled, faults } = compileCondition(
    input.conditions,
    "",
    contextWith({
      names: eventNames({}, { plain: true }),
      named: new Map(Object.entries(input.named)),
      allowUndefinedFacts: input.allowUndefinedFacts,
      allowUndefinedConditions: input.allowUndefinedConditions,
    }),
  );
  const messages = faults.filter(({ severity }) => severity === "error").map(({ message }) => message);
  if (compiled === undefined) return { outcome: "refused", messages };
  const result = compiled.holds(scopeOf({ fields: input.facts }));
  return { outcome: result instanceof ExprError ? "error" : result, messages };
}

function isTopLevel(value: unknown): value is TopLevelCondition {
  return typeof value === "object" && value !== null;
}

async function oracle(input: GeneratedRun): Promise<boolean | "error"> {
  const { conditions, named } = input;
  if (!isTopLevel(conditions) || !isTopLevel(named.first) || !isTopLevel(named.second)) throw new Error("no condition");
  return runJsonRulesEngine({ ...input, conditions, named: { first: named.first, second: named.second } });
}

describe("the real json-rules-engine", () => {
  test(`agrees in every one of ${caseCount} generated cases that compile`, { timeout: 600_000 }, async () => {
    const tally = { true: 0, false: 0, error: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(generatedRun, async (input) => {
        const { outcome, messages } = ours(input);
        tally[`${outcome}`] += 1;
        if (outcome === "refused") {
          for (const message of messages)
            expect(message).toMatch(
              /needs a list as the value|need a list as the value|no condition "nowhere" is defined/,
            );
          return;
        }
        expect(outcome).toBe(await oracle(input));
      }),
      { numRuns: caseCount },
    );
    for (const [outcome, count] of Object.entries(tally))
      expect({ outcome, isFrequent: count > caseCount / 50 }).toEqual({ outcome, isFrequent: true });
  });
});
