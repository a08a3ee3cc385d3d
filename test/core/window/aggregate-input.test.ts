import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { canonicalJson, toJson } from "../../../src/core/base/json.ts";
import type { ExprError } from "../../../src/core/expr/expr-error.ts";
import { aggregateInput, conditionHolds, isNothing } from "../../../src/core/window/aggregate-input.ts";
import { compileAggregate } from "../../../src/core/window/compile-aggregate.ts";
import type { AggregateProgram } from "../../../src/core/window/aggregate-program.ts";
import type { AggregateDocument } from "../../../src/spec/window.ts";
import { brokenError, eventAt, scopeOf, testContext } from "./window-kit.ts";

function programOf(document: AggregateDocument): AggregateProgram {
  const { compiled } = compileAggregate("n", document, "", testContext);
  if (compiled === undefined) throw new Error("no aggregate");
  return compiled;
}

function inputOf(document: AggregateDocument, fields: { readonly [name: string]: JsonValue }) {
  const skips = { skippedCount: 0 };
  const errors: ExprError[] = [];
  const input = aggregateInput(programOf(document), scopeOf(eventAt(0, fields)), skips, (error) => errors.push(error));
  return { input: isNothing(input) ? "nothing" : input, skipped: skips.skippedCount, errors };
}

describe("what an event adds to an aggregate", () => {
  test.each<{
    why: string;
    document: AggregateDocument;
    fields: { readonly [name: string]: JsonValue };
    input: unknown;
    skipped?: number;
    errors?: number;
  }>([
    { why: "a count takes 1", document: "count", fields: {}, input: 1 },
    {
      why: "what `where` leaves out is not skipped but not meant",
      document: { sum: "x", where: "w" },
      fields: { x: 1 },
      input: "nothing",
    },
    { why: "what it lets in is taken", document: { sum: "x", where: "w" }, fields: { x: 2, w: true }, input: 2 },
    { why: "a number", document: { sum: "x" }, fields: { x: -2.5 }, input: -2.5 },
    { why: "zero has one sign", document: { min: "x" }, fields: { x: -0 }, input: 0 },
    { why: "absent", document: { sum: "x" }, fields: {}, input: "nothing", skipped: 1 },
    { why: "null", document: { avg: "x" }, fields: { x: null }, input: "nothing", skipped: 1 },
    {
      why: "text that looks like a number is none",
      document: { sum: "x" },
      fields: { x: "5" },
      input: "nothing",
      skipped: 1,
    },
    { why: "a boolean is no number", document: { max: "x" }, fields: { x: true }, input: "nothing", skipped: 1 },
    { why: "not finite", document: { max: "x" }, fields: { x: Infinity }, input: "nothing", skipped: 1 },
    {
      why: "an expression in error is skipped and reported",
      document: { sum: "broken" },
      fields: {},
      input: "nothing",
      skipped: 1,
      errors: 1,
    },
    { why: "so for distinct", document: { distinct: "broken" }, fields: {}, input: "nothing", skipped: 1, errors: 1 },
    {
      why: "a condition in error does not hold and is reported",
      document: { count: true, where: "broken" },
      fields: {},
      input: "nothing",
      errors: 1,
    },
    { why: "distinct takes text", document: { distinct: "x" }, fields: { x: "a" }, input: "a" },
    { why: "and booleans", document: { distinct: "x" }, fields: { x: false }, input: false },
    { why: "and not null", document: { distinct: "x" }, fields: { x: null }, input: "nothing", skipped: 1 },
    { why: "nor what is absent", document: { distinct: "x" }, fields: {}, input: "nothing", skipped: 1 },
  ])("$why", ({ document, fields, input, skipped = 0, errors = 0 }) => {
    expect(inputOf(document, fields)).toEqual({
      input,
      skipped,
      errors: Array.from({ length: errors }, () => brokenError),
    });
  });

  test("two values are one for distinct where they are equal by type and content, whatever the order of members", () => {
    const value = fc.oneof(
      fc.constantFrom<JsonValue>(
        1,
        "1",
        true,
        "true",
        [1],
        ["1"],
        { a: 1, b: 2 },
        { b: 2, a: 1 },
        '{"a":1,"b":2}',
        '\u0000{"a":1,"b":2}',
        '\u0000"x"',
        "\u0000",
        "",
        "\u0000\u0000",
      ),
      fc.json().map((text): JsonValue => toJson(JSON.parse(text))),
    );
    fc.assert(
      fc.property(value, value, (a, b) => {
        fc.pre(a !== null && b !== null);
        const inputs = [a, b].map((x) => inputOf({ distinct: "x" }, { x }).input);
        expect(inputs[0] === inputs[1]).toBe(canonicalJson(a) === canonicalJson(b));
      }),
      { numRuns: 2000 },
    );
  });
});

test("a window's condition that is absent holds, one in error does not", () => {
  const errors: ExprError[] = [];
  const scope = scopeOf(eventAt(0, { yes: true, no: false }));
  const holds = (text: string | undefined): boolean => {
    const condition = text === undefined ? undefined : testContext.conditions(text, "", testContext.names).compiled;
    return conditionHolds(condition, scope, (error) => errors.push(error));
  };
  expect([holds(undefined), holds("yes"), holds("no"), holds("broken")]).toEqual([true, true, false, false]);
  expect(errors).toEqual([brokenError]);
});
