import { expect, test } from "vitest";
import { ruleNamesOf } from "../../../src/core/rule/rule-names.ts";
import { one, ruleOf, sliding } from "./rule-fixture.ts";

test("declared names have slots in the order of windows, patterns, lets", () => {
  const names = ruleNamesOf(ruleOf({ let: { c: "1" }, patterns: { b: one }, windows: { a: sliding } }), false);
  expect(names.slots).toEqual({ a: 0, b: 1, c: 2 });
  expect(names.slotCount).toBe(3);
  expect(names.atEvent.resolve("a")).toBeUndefined();
  expect(names.atPattern({}).resolve("a")).toEqual({ kind: "slot", index: 0 });
  expect(names.atPattern({}).resolve("c")).toBeUndefined();
  expect(names.atEvaluation({}).resolve("c")).toEqual({ kind: "slot", index: 2 });
  expect(names.atEvaluation({}).resolve("field")).toEqual({ kind: "field", name: "field" });
  expect(names.atEvent.refusalOf?.("a")).toContain("input.a");
});
