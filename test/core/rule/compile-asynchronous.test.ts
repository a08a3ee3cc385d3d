import { expect, test } from "vitest";
import { settledName } from "../../../src/core/rule/asynchronous-program.ts";
import { compileAsynchronous } from "../../../src/core/rule/compile-asynchronous.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import { contextWith } from "../expr/expr-fixture.ts";
import { extensionsOf, factOf } from "../expr/extension-fixture.ts";

const extensions = extensionsOf({ facts: [factOf("remote", () => 1, { isAsync: true })] });

test("a rule that waits for nothing has no asynchronous side; of another what is known is settled", () => {
  const context = contextWith({ extensions, mayWait: true });
  const compile = (document: object) => {
    const { compiled } = compileCondition({ ...document }, "", context);
    return compileAsynchronous({ document: { ...document }, conditions: compiled, eventParameters: [], context });
  };
  expect(compile({ all: ["n > 1"] })).toBeUndefined();
  const waits = { fact: "remote", operator: "equal", value: 1 };
  expect(compile({ all: [waits, "n > 1"] })?.conditions).toEqual({
    all: [
      { ...waits, priority: 1 },
      { fact: settledName(0), operator: "equal", value: true, priority: 1 },
    ],
  });
});
