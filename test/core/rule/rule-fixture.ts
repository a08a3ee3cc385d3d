import type { Fault } from "../../../src/core/base/fault.ts";
import type { RuleContext } from "../../../src/core/rule/compile-declared.ts";
import { compileRule } from "../../../src/core/rule/compile-rule.ts";
import { patternSchema } from "../../../src/spec/pattern.ts";
import { type RuleDocument, ruleSchema } from "../../../src/spec/rule.ts";
import type { ConditionDocument } from "../../../src/spec/value.ts";

export const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
export const tumbling = { type: "tumbling", size: "10ms", aggregate: { n: "count" } };
export const one = { sequence: [{ begin: "x" }] };

export const context: RuleContext = {
  patterns: new Map([["known", patternSchema.parse({ id: "known", ...one })]]),
  named: new Map<string, ConditionDocument>([
    ["big", "amount > 100"],
    ["huge", { all: [{ condition: "big" }, "amount > 1000"] }],
  ]),
};

export function ruleOf(rule: object): RuleDocument {
  return ruleSchema.parse(rule);
}

export function compiling(rule: object) {
  return compileRule("r", ruleOf(rule), context);
}

export function programOf(rule: object) {
  const { compiled, faults } = compiling(rule);
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled;
}

export const shortOf = ({ severity, code, pointer }: Fault) => `${severity} ${code} ${pointer}`;
