import { expect, test } from "vitest";
import { assert, AssertionError } from "../../../src/core/base/assert.ts";

test("a claim that holds says nothing, and narrows what it was about", () => {
  const value: string | undefined = ["a"][0];
  assert(value !== undefined, "there is a first one");
  expect(value.length).toBe(1);
});

test("a claim that does not hold is thrown as it was written", () => {
  const broken = () => assert(Number("1") > 1, "one is more than one");
  expect(broken).toThrow(AssertionError);
  expect(broken).toThrow(/^one is more than one$/);
});

test("it is told from the world's faults by its name", () => {
  const error = new AssertionError("a bug");
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("AssertionError: a bug");
});
