import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TopLevelCondition } from "json-rules-engine";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/base/json.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { runJsonRulesEngine } from "../../oracle/json-rules-engine.ts";
import { generatedRun, type GeneratedRun } from "../../oracle/json-rules-generator.ts";
import { contextWith, scopeOf } from "./expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 5000);

/**
 * The same conditions with what changes no answer, and with one decorator more here and there: `params` of facts that are
 * values, and names. `choices` says where.
 */
function withTrimmings([input, choices]: readonly [GeneratedRun, number]): GeneratedRun {
  let count = 0;
  const isChosen = (every: number) => (Math.imul((count += 1), 2_654_435_761) + choices) % every === 0;
  const trim = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(trim);
    if (!isJsonObject(value)) return value;
    const node: Record<string, JsonValue> = { ...value };
    for (const key of ["all", "any", "not"]) if (node[key] !== undefined) node[key] = trim(node[key]);
    const { operator } = node;
    if (typeof operator === "string") {
      if (isChosen(3)) node["params"] = isChosen(2) ? { days: 7 } : { fact: "n" };
      if (isJsonObject(node["value"]) && Object.hasOwn(node["value"], "fact") && isChosen(3))
        node["value"] = { ...node["value"], params: {} };
      if (isChosen(5)) node["operator"] = `not:${operator}`;
      else {
        const decorator = ["swap", "everyFact"].find(() => isChosen(9));
        if (decorator !== undefined) node["operator"] = `${decorator}:${operator}`;
      }
    }
    if (isChosen(6)) node["name"] = "a name";
    return node;
  };
  const { conditions, named } = input;
  const trimmed = (root: JsonObject): JsonObject => {
    const value = trim(root);
    return isJsonObject(value) ? value : root;
  };
  return {
    ...input,
    conditions: trimmed(conditions),
    named: { first: trimmed(named.first), second: trimmed(named.second) },
  };
}

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
  test(`agrees in every one of ${caseCount} generated cases that compile`, { timeout: 3_600_000 }, async () => {
    const tally = { true: 0, false: 0, error: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.tuple(generatedRun, fc.nat()).map(withTrimmings), async (input) => {
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
