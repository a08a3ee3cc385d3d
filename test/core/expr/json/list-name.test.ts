import { describe, expect, test } from "vitest";
import { isListTest, unknownListMessage, useList } from "../../../../src/core/expr/json/list-name.ts";
import { contextWith, evaluate } from "../expr-fixture.ts";

const lists = new Map([["blocked", { fields: undefined }]]);

describe("the lists that conditions ask", () => {
  test("are noted, each time", () => {
    const noted: string[] = [];
    const context = contextWith({ lists, noteList: (id) => noted.push(id) });
    expect([useList(context, "blocked"), useList(context, "other"), useList(contextWith(), "blocked")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(noted).toEqual(["blocked"]);
  });

  test("are named where one is nearly meant", () => {
    expect(unknownListMessage(contextWith({ lists }), "blockd")).toContain('did you mean "blocked"?');
    expect(unknownListMessage(contextWith(), "x")).toContain("add a document with that id to lists/");
  });

  test.each([
    { why: "nothing is in no list", text: "inList(x, 'blocked')", value: false },
    { why: "as a method", text: "x.notInList('blocked')", value: true },
    { why: "null is an error", text: "notInList(y, 'blocked')", value: "error:type" },
    { why: "what no list can hold", text: "inList([x], 'blocked')", value: false },
  ])("CEL: $why", ({ text, value }) => {
    expect(evaluate(text, { fields: { x: 1 } }, { lists })).toBe(value);
  });

  test("are asked by two operators", () => {
    expect(["inList", "notInList", "in"].map(isListTest)).toEqual([true, true, false]);
  });
});
