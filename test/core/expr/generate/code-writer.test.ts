import { expect, test } from "vitest";
import { CodeWriter } from "../../../../src/core/expr/generate/code-writer.ts";

test("a constant has one name, 0 and -0 two", () => {
  const writer = new CodeWriter();
  expect(["a", 0, "a", -0, -0].map((value) => writer.constant(value))).toEqual(["c0", "c1", "c0", "c2", "c3"]);
  expect(writer.constants).toEqual(["a", 0, -0, -0]);
});

test("what is written apart stands apart, and variables are never given twice", () => {
  const writer = new CodeWriter();
  writer.line("one");
  const text = writer.apart(() => {
    writer.line("two");
  });
  expect([writer.text, text, writer.fresh(), writer.fresh()]).toEqual(["one", "two", "v1", "v2"]);
});
