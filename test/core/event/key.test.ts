import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, type JsonValue } from "../../../src/core/base/json.ts";
import { keyGroupCount, keyGroupOf, keyString } from "../../../src/core/event/key.ts";

describe("keyString", () => {
  const rows: { why: string; a: JsonValue[]; b: JsonValue[] }[] = [
    { why: "a number is not its text", a: [1], b: ["1"] },
    { why: "a boolean is not its text", a: [true], b: ["true"] },
    { why: "nor is null", a: [null], b: ["null"] },
    { why: "text can't imitate a tag", a: ["n1"], b: [1] },
    { why: "the global key is not the empty text", a: [], b: [""] },
    { why: "nor a key of one part that looks like two", a: ["a", "b"], b: ["m2:sa2:sb"] },
    { why: "parts keep their borders", a: ["ab", "c"], b: ["a", "bc"] },
    { why: "parts keep their order", a: ["a", "b"], b: ["b", "a"] },
    { why: "a list is not its text", a: [[1]], b: ["[1]"] },
    { why: "a lone surrogate is not its escape", a: ["\ud800"], b: ["\\ud800"] },
    { why: "nor the replacement character", a: ["\ud800"], b: ["\ufffd"] },
    { why: "two lone surrogates are two", a: ["\ud800"], b: ["\udfff"] },
  ];
  test.each(rows)("$why", ({ a, b }) => {
    expect(keyString(a)).not.toBe(keyString(b));
  });

  test("objects are equal whatever the order of their members", () => {
    expect(keyString([{ a: 1, b: [2] }])).toBe(keyString([{ b: [2], a: 1 }]));
  });

  test("0 is -0", () => {
    expect(keyString([-0])).toBe(keyString([0]));
  });

  test("equal exactly where the parts are, and the same after UTF-8", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.constantFrom("", "1", "n1", "s", ":", "1:s", "\ud800"),
      fc.integer({ min: -2, max: 12 }),
      fc.boolean(),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const key = fc.array(part, { maxLength: 3 });
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [valueA, valueB] = [a, b].map((parts) => JSON.parse(JSON.stringify(parts)));
        expect(keyString(valueA) === keyString(valueB)).toBe(canonicalJson(valueA) === canonicalJson(valueB));
        expect(Buffer.from(keyString(valueA)).toString()).toBe(keyString(valueA));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The same function written from the specifications, in unbounded integers. */
function oracleGroup(key: string): number {
  const mask = 0xffffffffn;
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(key, "utf16le")) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & mask;
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  hash ^= hash >> 16n;
  return Number(hash >> 25n);
}

describe("keyGroupOf", () => {
  test("is the documented function", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        expect(keyGroupOf(key)).toBe(oracleGroup(key));
      }),
    );
  });

  test("stays as it is: stored state is laid out by it", () => {
    expect(["", "salice", "n42"].map(keyGroupOf)).toMatchInlineSnapshot(`
      [
        85,
        5,
        111,
      ]
    `);
  });

  test("spreads consecutive keys evenly", () => {
    for (const prefix of ["suser-", "n", "s10.0.0."]) {
      const counts = Array.from({ length: keyGroupCount }, () => 0);
      const keyCount = 64_000;
      for (let index = 0; index < keyCount; index += 1) {
        const group = keyGroupOf(`${prefix}${index}`);
        counts[group] = (counts[group] ?? 0) + 1;
      }
      const mean = keyCount / keyGroupCount;
      const chiSquare = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      // 127 degrees of freedom: 200 is beyond the 99.99th percentile of an even spread.
      expect(chiSquare).toBeLessThan(200);
    }
  });
});
