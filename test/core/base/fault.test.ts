import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointerTo } from "../../../src/core/base/fault.ts";

/** RFC 6901, section 4: tokens of a pointer, `~1` undone before `~0`. */
function tokensOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

describe("pointerTo", () => {
  test.each([
    { why: "no token is the same place", from: "/a", tokens: [], to: "/a" },
    { why: "from the root", from: "", tokens: ["rules"], to: "/rules" },
    { why: "an index of a list", from: "/all", tokens: [0, "fact"], to: "/all/0/fact" },
    { why: "an empty key is a token", from: "", tokens: [""], to: "/" },
    { why: "a slash in a key", from: "", tokens: ["a/b"], to: "/a~1b" },
    { why: "a tilde in a key", from: "", tokens: ["m~n"], to: "/m~0n" },
    { why: "what looks escaped is escaped again", from: "", tokens: ["~1"], to: "/~01" },
    { why: "other signs stay", from: "", tokens: ['c%d e"f\\'], to: '/c%d e"f\\' },
  ])("$why", ({ from, tokens, to }) => {
    expect(pointerTo(from, ...tokens)).toBe(to);
  });

  test("every token is read back", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("~", "/", "0", "1", "a", "é") })), (tokens) => {
        expect(tokensOf(pointerTo("", ...tokens))).toEqual(tokens);
      }),
    );
  });
});
