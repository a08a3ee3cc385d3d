import { Engine } from "json-rules-engine";
import type { ConditionDocument } from "../src/spec/value.ts";
import { compileCondition } from "../src/core/expr/compile-condition.ts";
import { eventNames } from "../src/core/expr/names.ts";
import { emptyScope } from "../src/core/expr/scope.ts";
import type { Scope } from "../src/core/expr/scope.ts";
import { eventTimeMs } from "../src/core/time/instant.ts";
import type { Benchmark } from "./benchmark.ts";

const all = [
  { fact: "type", operator: "equal", value: "payment.authorization" },
  { fact: "amount", operator: "lessThan", value: 5 },
  { fact: "declined", operator: "equal", value: true },
];
const events = Array.from({ length: 256 }, (_, index) => ({
  type: index % 2 === 0 ? "payment.authorization" : "payment.refund",
  amount: index % 10,
  declined: index % 3 === 0,
}));

const scopes = events.map(
  (fields, index): Scope => ({
    ...emptyScope(),
    event: {
      position: { source: "events", sequence: index, index: 0 },
      id: index,
      type: fields.type,
      time: eventTimeMs(index),
      source: "events",
      fields,
    },
    now: index,
  }),
);

function compiledCase(name: string, document: ConditionDocument) {
  const { compiled, faults } = compileCondition(document, "", {
    names: eventNames(),
    named: new Map(),
    allowUndefinedFacts: false,
    allowUndefinedConditions: false,
  });
  if (compiled === undefined) throw new Error(`the condition has faults: ${JSON.stringify(faults)}`);
  return {
    name,
    run: (count: number) => {
      let held = 0;
      for (let index = 0; index < count; index += 1) {
        const scope = scopes[index & 255];
        if (scope !== undefined && compiled.holds(scope) === true) held += 1;
      }
      return held;
    },
  };
}

const engine = new Engine([{ conditions: { all }, event: { type: "hit" } }]);

export const benchmark: Benchmark = {
  about: "One rule of three conditions over one event: json-rules-engine's own run, and the same conditions compiled.",
  cases: [
    {
      name: "json-rules-engine 7.3",
      run: async (count) => {
        let held = 0;
        for (let index = 0; index < count; index += 1) {
          held += (await engine.run({ ...events[index & 255] })).events.length;
        }
        return held;
      },
    },
    compiledCase("compiled from JSON", { all }),
    compiledCase("compiled from CEL", "type == 'payment.authorization' && amount < 5 && declined == true"),
  ],
};
