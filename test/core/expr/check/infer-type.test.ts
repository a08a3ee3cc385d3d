import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { argumentKinds, signatureOf } from "../../../../src/core/expr/check/function-signature.ts";
import { functionNames, functionOf } from "../../../../src/core/expr/function/function-table.ts";
import { Types } from "../../../../src/core/expr/check/infer-type.ts";
import { pointOf } from "../../../../src/core/expr/check/interval.ts";
import { typeFindings } from "../../../../src/core/expr/check/type-findings.ts";
import { testFindings } from "../../../../src/core/expr/check/test-findings.ts";
import {
  anyType,
  kindOf,
  kinds,
  limitsText,
  typeOfKinds,
  typeText,
  uniteTypes,
  valuesOfType,
} from "../../../../src/core/expr/check/value-type.ts";
import { isNoValue } from "../../../../src/core/expr/check/value-set.ts";
import { contextWith, scopeOf } from "../expr-fixture.ts";
import { celCondition, eventFields } from "../generated-condition.ts";

const names = { typeOf: () => anyType };
const argument = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    2.5,
    "",
    "a",
    "10",
    "2024-05-01T00:00:00Z",
    "1h",
    "10.0.0.1",
    [],
    [1],
    ["a"],
    [[1]],
    { a: 1 },
  ),
  fc.integer({ min: -3, max: 3 }),
);

describe("signatures", () => {
  test("a function never takes what its signature does not, and gives what it says", () => {
    const callable = functionNames.filter((name) => functionOf(name) !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...callable), fc.array(argument, { minLength: 4, maxLength: 4 }), (name, all) => {
        const entry = functionOf(name);
        if (entry === undefined || name === "inList" || name === "notInList") return;
        const args = all.slice(0, entry.isVariadic ? 1 : entry.argCountMax);
        const result = entry.call(args[0], args[1], args[2], args[3]);
        if (result instanceof ExprError) return;
        const signature = signatureOf(name);
        for (const [index, value] of args.entries())
          expect({
            name,
            index,
            value,
            isTaken: (kindOf(value) & argumentKinds(signature, index)) !== 0,
          }).toMatchObject({ isTaken: true });
        expect({ name, args, isSaid: (kindOf(result) & signature.result.kinds) !== 0 }).toMatchObject({ isSaid: true });
        if (typeof result === "number" && !Number.isNaN(result))
          expect(signature.result.numbers.some(({ low, high }) => low <= result && result <= high)).toBe(true);
      }),
      { numRuns: 4000 },
    );
  });
});

describe("inferred types", () => {
  test("hold of every value, and what can only fail fails", () => {
    fc.assert(
      fc.property(celCondition, fc.array(eventFields, { minLength: 8, maxLength: 8 }), (text, events) => {
        const { compiled } = compileExpression(text, "", contextWith());
        if (compiled === undefined) return;
        const types = new Types(names);
        const type = types.of(compiled.expr);
        const isFailing = typeFindings(compiled.expr, types, new Set()).some(
          ({ at, isFailure }) => isFailure && at === compiled.expr,
        );
        for (const fields of events) {
          const value = compiled.evaluate(scopeOf({ fields }));
          if (value instanceof ExprError) continue;
          expect({ text, value, isSaid: (kindOf(value) & type.kinds) !== 0 }).toMatchObject({ isSaid: true });
          expect(isFailing).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
  });

  test("a JSON leaf whose fact may be anything is not doubted", () => {
    const leaf = {
      kind: "test",
      operator: "equal",
      decorators: [],
      fact: { kind: "fact", ref: { kind: "field", name: "a" }, name: "a", path: undefined, isOptional: false },
      value: { kind: "literal", value: 1 },
    } as const;
    expect(testFindings(leaf, new Types(names))).toEqual([]);
  });

  test("in words", () => {
    expect(typeText(kinds.number | kinds.text | kinds.nothing)).toBe("a number or text");
    expect(typeText(kinds.nothing)).toBe("null");
    expect(limitsText(typeOfKinds(kinds.text, { texts: ["a", "b"] }))).toBe('"a" or "b"');
    expect(limitsText(anyType)).toBeUndefined();
    expect(signatureOf("size").result.numbers.map(pointOf)).toEqual([undefined]);
  });

  test("what is of no kind is no value, and a union is of both", () => {
    expect(isNoValue(valuesOfType(typeOfKinds(0)))).toBe(true);
    const both = uniteTypes(typeOfKinds(kinds.text, { texts: ["a"] }), typeOfKinds(kinds.number));
    expect(both.kinds).toBe(kinds.text | kinds.number);
    expect(both.texts).toEqual(["a"]);
  });
});
