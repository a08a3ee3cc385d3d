import { describe, expect, test } from "vitest";
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

describe("lists and asynchronous facts", () => {
  const lists = new Map([["blocked", { fields: undefined }]]);
  const local = factOf("local", () => 1);
  const context = contextWith({
    extensions: extensionsOf({ facts: [factOf("remote", () => 1, { isAsync: true }), local] }),
    mayWait: true,
    lists,
    named: new Map([["named", { all: [{ fact: "remote", operator: "inList", value: "blocked" }] }]]),
  });
  const faultsOf = (child: object | string) => {
    const document = { all: [typeof child === "string" ? child : { ...child }] };
    return compileCondition(document, "/conditions", context).faults;
  };

  test.each([
    { why: "the operator", child: { fact: "remote", operator: "inList", value: "blocked" }, pointer: "/all/0/fact" },
    { why: "its opposite", child: { fact: "remote", operator: "notInList", value: "blocked" }, pointer: "/all/0/fact" },
    {
      why: "with a path and a decorator",
      child: { fact: "remote", path: "$.ids", operator: "someFact:inList", value: "blocked" },
      pointer: "/all/0/fact",
    },
    { why: "in a named condition", child: { condition: "named" }, pointer: "/all/0/condition" },
  ])("refused, with the fix: $why", ({ child, pointer }) => {
    expect(faultsOf(child)).toMatchObject([
      {
        pointer: `/conditions${pointer}`,
        severity: "error",
        code: "unsupported",
        message: expect.stringMatching(/can't ask for an asynchronous fact: .*; ask for a field or a synchronous fact/),
      },
    ]);
  });

  test.each(["inList('blocked', remote)", "notInList('blocked', remote)"])("refused as all of CEL: %s", (text) => {
    expect(faultsOf(text)).toMatchObject([{ pointer: "/conditions/all/0", code: "unsupported" }]);
  });

  test("a list is asked for what is known, beside the fact that waits", () => {
    const known = { fact: "local", operator: "inList", value: "blocked" };
    expect(faultsOf({ any: [known, { fact: "remote", operator: "equal", value: 1 }] })).toEqual([]);
  });
});
