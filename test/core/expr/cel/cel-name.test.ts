import { expect, test } from "vitest";
import { compileHasName, compileName } from "../../../../src/core/expr/cel/cel-name.ts";
import { conditionOf } from "../../../../src/core/expr/compile-condition.ts";
import { startCompiling } from "../../../../src/core/expr/compile-state.ts";
import { contextWith } from "../expr-fixture.ts";
import { extensionsOf, factOf } from "../extension-fixture.ts";

const extensions = extensionsOf({ facts: [factOf("score", () => 1), factOf("remote", () => 1, { isAsync: true })] });

test.each([
  { name: "amount", kind: "name", has: "has-name", faults: 0 },
  { name: "score", kind: "dynamic-fact", has: "binary", faults: 0 },
  { name: "meta", kind: "name", has: "has-name", faults: 0 },
  { name: "remote", kind: "literal", has: "has-name", faults: 1 },
])("$name", ({ name, kind, has, faults }) => {
  const state = startCompiling(contextWith({ extensions, mayWait: true }), conditionOf);
  expect(compileName(state, name, { pointer: "" }).kind).toBe(kind);
  expect(state.faults).toHaveLength(faults);
  expect(compileHasName(state, name, { pointer: "" }).kind).toBe(has);
});
