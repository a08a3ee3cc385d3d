import fc from "fast-check";
import { expect, test } from "vitest";
import { readJson, syntaxFaultCountMax } from "../../src/spec/json-source.ts";
import { valueOfNode } from "../../src/spec/source-node.ts";

/** What JSON.parse makes of the text; undefined where it throws. */
function oracle(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const token = fc.constantFrom(
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  '"a"',
  '"b"',
  "'",
  "1",
  "-1.5e3",
  "01",
  "+1",
  ".5",
  "true",
  "null",
  "nul",
  " ",
  "\n",
  "\t",
  "\\",
  '"\\u00e9"',
  '"\\u12"',
  "//x\n",
  "/*y*/",
  "#",
  "\u00A0",
  "\u2028",
  "NaN",
);
const scraps = fc.array(token, { maxLength: 14 }).map((parts) => parts.join(""));

/** A valid text, with one unit taken away, doubled or replaced. */
const mutilated = fc
  .tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "\n", "0", "x", "\\"))
  .map(([text, at, sign]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + sign + text.slice(cut + 1);
  });

test("a text is taken if and only if JSON.parse takes it, and gives the same value", () => {
  fc.assert(
    fc.property(fc.oneof(scraps, mutilated, fc.json({ maxDepth: 5 })), (text) => {
      const { node, faults } = readJson(text);
      // These are refused on purpose, and nothing else is.
      const strict = faults.filter(
        ({ code, message }) => code === "syntax" && !message.startsWith("the number is beyond"),
      );
      const expected = oracle(text);
      expect(strict.length === 0).toBe(expected !== undefined);
      if (expected !== undefined && faults.length === 0) expect(valueOfNode(node)).toEqual(expected.value);
    }),
    { numRuns: 5000 },
  );
});

test("the reader stops telling faults at a limit", () => {
  expect(readJson(`[${"a,".repeat(5000)}1]`).faults).toHaveLength(syntaxFaultCountMax);
});

test("a long run of open brackets takes no stack", () => {
  expect(readJson("[".repeat(1_000_000)).faults).toHaveLength(1);
});
