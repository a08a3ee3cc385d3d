import fc from "fast-check";
import { isJsonObject } from "../../../src/core/base/json.ts";
import { functionNames } from "../../../src/core/expr/function/function-table.ts";
import { operatorNames } from "../../../src/core/expr/json/json-operator.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { contextWith, type ScopeParts } from "./expr-fixture.ts";

const names = eventNames({ slot: 0 }, { members: { slot: ["count"] } });
export const context = contextWith({ names, named: new Map([["n", "a == 1"]]), allowUndefinedConditions: true });

const anything = fc.jsonValue({ maxDepth: 4 });
const event = fc.oneof(
  fc.dictionary(fc.constantFrom("a", "b", "s", "items", "toString", "__proto__", "constructor"), anything, {
    maxKeys: 6,
  }),
  fc.constant(undefined),
);
export const parts: fc.Arbitrary<ScopeParts> = fc.tuple(event, anything).map(([fields, slot]) => {
  const json: unknown = fields === undefined ? undefined : JSON.parse(JSON.stringify(fields));
  return { fields: isJsonObject(json) ? json : undefined, slots: [JSON.parse(JSON.stringify(slot))] };
});

/** Pieces that make sense often enough to come through the parser. */
const atom = fc.constantFrom(
  "a",
  "b",
  "s",
  "items",
  "slot",
  "slot.count",
  "input",
  "meta",
  "key",
  "now",
  "absent",
  "1",
  "0",
  "-2.5",
  "'x'",
  "''",
  "'('",
  "'Asia/Shanghai'",
  "'10.0.0.0/8'",
  "true",
  "null",
  "[]",
  "[1, 'x']",
  "{'k': 1}",
);
export const { celText } = fc.letrec<{ celText: string }>((tie) => ({
  celText: fc.oneof(
    { depthSize: "medium", maxDepth: 5 },
    { weight: 3, arbitrary: atom },
    fc
      .tuple(
        tie("celText"),
        fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||"),
        tie("celText"),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(fc.constantFrom(...functionNames), fc.array(tie("celText"), { minLength: 1, maxLength: 4 }))
      .map(([name, args]) => `${name}(${args.join(", ")})`),
    fc
      .tuple(tie("celText"), fc.constantFrom("all", "exists", "exists_one", "map", "filter"), tie("celText"))
      .map(([of, macro, body]) => `${of}.${macro}(i, ${body} == i)`),
    fc.tuple(tie("celText"), tie("celText"), tie("celText")).map(([test_, yes, no]) => `(${test_} ? ${yes} : ${no})`),
    tie("celText").map((of) => `!${of}`),
    tie("celText").map((of) => `has(${of}.x)`),
    fc.tuple(tie("celText"), tie("celText")).map(([of, at]) => `${of}[${at}]`),
  ),
}));

export const jsonNode = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "medium" },
    celText,
    anything,
    fc.record({
      fact: fc.oneof(fc.constantFrom("a", "slot", "absent", "meta"), anything),
      operator: fc.oneof(
        fc.constantFrom(...operatorNames),
        fc.constantFrom("not:", "x:equal", "ignoreCase:matches", "someValue:in"),
      ),
      value: anything,
      path: fc.constantFrom(undefined, "$.x", "$..x[?(@.y)]", "$[", "$[?(", "^", "~"),
    }),
    fc.record({ all: fc.oneof(fc.array(tie("node"), { maxLength: 3 }), anything) }),
    fc.record({ any: fc.array(tie("node"), { maxLength: 3 }), priority: anything }),
    fc.record({ not: tie("node") }),
    fc.record({ condition: fc.constantFrom("n", "m") }),
  ),
})).node;
