import fc from "fast-check";
import type { RuleProperties, TopLevelCondition } from "json-rules-engine";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { ruleResultOf } from "../../../src/core/explain/rule-result.ts";
import type { RuleResult } from "../../../src/core/explain/rule-result.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { compileRule } from "../../../src/core/rule/compile-rule.ts";
import type { RuleDocument } from "../../../src/spec/rule.ts";
import { resultsOfJsonRulesEngine } from "../../oracle/json-rules-engine.ts";
import type { OracleResults } from "../../oracle/json-rules-engine.ts";
import { asJsonObject, generatedFacts, reference, rootWith } from "../../oracle/json-rules-generator.ts";
import { scopeOf } from "../expr/expr-fixture.ts";

const caseCount = Number(process.env["TOCSIN_CASES"] ?? 5000);

interface Case {
  readonly rules: readonly JsonObject[];
  readonly named: Readonly<Record<string, JsonObject>>;
  readonly facts: JsonObject;
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
  readonly replaceFactsInEventParams: boolean;
}

const params = fc.option(
  fc.dictionary(
    fc.constantFrom("a", "b", "toString"),
    fc.oneof(reference, fc.constantFrom(1, "x", null, { deep: { fact: "n" } })),
    {
      maxKeys: 2,
    },
  ),
  { nil: undefined },
);

const generatedCase: fc.Arbitrary<Case> = fc
  .record({
    rules: fc.array(
      fc.record(
        {
          conditions: rootWith(["first", "second"]),
          event: fc.record({ type: fc.constantFrom("one", "two", 3), params }),
          priority: fc.constantFrom(1, 2, 10),
        },
        { requiredKeys: ["conditions", "event"] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    first: rootWith([]),
    second: rootWith(["first"]),
    facts: generatedFacts,
    allowUndefinedFacts: fc.boolean(),
    allowUndefinedConditions: fc.boolean(),
    replaceFactsInEventParams: fc.boolean(),
  })
  .map(({ rules, first, second, facts, ...options }) => ({
    ...options,
    rules: rules.map((rule, index) => asJsonObject({ ...rule, name: `r${index}` })),
    named: { first: asJsonObject(first), second: asJsonObject(second) },
    facts: asJsonObject(facts),
  }));

/** Ours, by descending priority; "refused" where a rule does not compile, which the library finds only when it runs. */
function ours(input: Case): readonly RuleResult[] | "error" | "refused" {
  const results: RuleResult[] = [];
  for (const rule of input.rules) {
    const document = { ...rule, ...optionsOf(input) };
    const { compiled } = isRule(document)
      ? compileRule("r", document, { patterns: new Map(), named: new Map(Object.entries(input.named)) })
      : { compiled: undefined };
    const conditions = compiled?.conditions;
    if (compiled === undefined || conditions === undefined) return "refused";
    const result = ruleResultOf(
      { ...compiled, conditions, name: JSON.stringify(rule["name"]).slice(1, -1) },
      scopeOf({ fields: input.facts }),
    );
    if (result instanceof ExprError) return "error";
    results.push(result);
  }
  return results.toSorted((a, b) => b.priority - a.priority);
}

function optionsOf({ allowUndefinedFacts, allowUndefinedConditions, replaceFactsInEventParams }: Case) {
  return { allowUndefinedFacts, allowUndefinedConditions, replaceFactsInEventParams };
}

function isRule(document: object): document is RuleDocument {
  return "conditions" in document;
}

function isLibraryRule(document: unknown): document is RuleProperties {
  return typeof document === "object" && document !== null && "conditions" in document && "event" in document;
}

function isTopLevel(value: unknown): value is TopLevelCondition {
  return typeof value === "object" && value !== null;
}

async function library(input: Case): Promise<OracleResults | "error"> {
  const rules: RuleProperties[] = [];
  for (const rule of input.rules) if (isLibraryRule(rule)) rules.push(rule);
  const named = Object.fromEntries(
    Object.entries(input.named).map(([name, condition]) => {
      if (!isTopLevel(condition)) throw new Error("no condition");
      return [name, condition];
    }),
  );
  return resultsOfJsonRulesEngine({ ...input, rules, named });
}

/** In one priority the library's order is that in which promises resolve: by name instead. */
function ordered(results: readonly unknown[]): readonly unknown[] {
  const keyed = results.map((result) => ({ result, priority: numberOf(result), name: JSON.stringify(nameOf(result)) }));
  for (const [index, { priority }] of keyed.entries())
    expect(priority).toBeLessThanOrEqual(keyed[index - 1]?.priority ?? priority);
  return keyed
    .toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
    .map(({ result }) => marked(result));
}

/** With a mark before each key: a matcher would take a fact's own member `constructor` for its type. */
function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [`.${key}`, marked(member)]));
}

function numberOf(result: unknown): number {
  return typeof result === "object" && result !== null && "priority" in result ? Number(result.priority) : 0;
}

function nameOf(result: unknown): unknown {
  return typeof result === "object" && result !== null && "name" in result ? result.name : undefined;
}

describe("json-rules-engine's results", () => {
  test(`are the same in every one of ${caseCount} generated cases that compile`, { timeout: 600_000 }, async () => {
    const tally = { holds: 0, fails: 0, error: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(generatedCase, async (input) => {
        const mine = ours(input);
        if (mine === "refused") {
          tally.refused += 1;
          return;
        }
        if (mine === "error") {
          tally.error += 1;
          // One by one: of two rules that reject, the library leaves one rejection to nobody.
          for (const rule of input.rules) {
            const alone = { ...input, rules: [rule] };
            const own = ours(alone);
            if (own !== "refused") expect((await library(alone)) === "error").toBe(own === "error");
          }
          return;
        }
        const theirs = await library(input);
        if (theirs === "error") throw new Error("the library rejects what we do not");
        const holding = mine.filter(({ result }) => result);
        const failing = mine.filter(({ result }) => !result);
        tally.holds += holding.length;
        tally.fails += failing.length;
        expect(ordered(holding)).toStrictEqual(ordered(theirs.results));
        expect(ordered(failing)).toStrictEqual(ordered(theirs.failureResults));
        const eventsOf = (results: readonly RuleResult[]) => results.map(({ event }) => JSON.stringify(event)).sort();
        expect(eventsOf(holding)).toEqual(theirs.events.map((event) => JSON.stringify(event)).sort());
        expect(eventsOf(failing)).toEqual(theirs.failureEvents.map((event) => JSON.stringify(event)).sort());
      }),
      { numRuns: caseCount },
    );
    for (const [outcome, count] of Object.entries(tally))
      expect({ outcome, isFrequent: count > caseCount / 50 }).toEqual({ outcome, isFrequent: true });
  });
});
