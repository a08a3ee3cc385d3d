import fc from "fast-check";
import { expect, test } from "vitest";
import { skipSpace } from "../../../src/core/event/json-bytes.ts";
import { ObjectScanner, scanned, scannerSlackBytes } from "../../../src/core/event/object-scanner.ts";
import { jsonText, scannedName } from "./json-text-arbitrary.ts";
import "../../property-seed.ts";

/** The members that a scan finds, as values; undefined where it gives up. */
function scan(text: string, names: readonly string[], maxDepth = 64): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  const scanner = new ObjectScanner(names, maxDepth);
  const bytes = Buffer.concat([Buffer.from(text), Buffer.alloc(1), Buffer.alloc(scannerSlackBytes, "x")]);
  scanner.scanIn(bytes);
  const end = scanner.scan(0);
  if (end === -1 || skipSpace(bytes, end) !== Buffer.byteLength(text)) return undefined;
  const found: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const [kind, start, finish] = [scanner.kinds[index], scanner.starts[index], scanner.ends[index]];
    const written = bytes.toString("utf8", start, finish);
    if (kind === scanned.absent) continue;
    if (kind === scanned.number) found[name] = scanner.numbers[index];
    else found[name] = kind === scanned.ascii ? written : JSON.parse(written);
  }
  return found;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test.for([
  { why: "a number", text: '{"a":-12.50}', found: { a: -12.5 } },
  { why: "minus zero keeps its sign", text: '{"a":-0}', found: { a: -0 } },
  { why: "text, and a member nobody wants", text: '{"x":[{"a":1}],"a":"b"}', found: { a: "b" } },
  {
    why: "white space everywhere",
    text: '{ "a"\t:\r\n[ 1 , {} , [ ] ] , "b" : { } }',
    found: { a: [1, {}, []], b: {} },
  },
  { why: "an escape in a value", text: '{"a":"\\u00e9\\ud800"}', found: { a: "é\ud800" } },
  { why: "a name that is wanted twice", text: '{"a":1,"a":2}', found: undefined },
  { why: "one that nobody wants may be there twice", text: '{"x":1,"x":2,"a":3}', found: { a: 3 } },
  { why: "an escape in a name may hide any name", text: '{"\\u0061":1}', found: undefined },
  { why: "a control character", text: '{"x":"\u0001"}', found: undefined },
  { why: "one in a name", text: '{"x\n":1}', found: undefined },
  { why: "cut short", text: '{"a":tru', found: undefined },
  {
    why: "names of the same length, first and last letter",
    text: '{"aXb":1,"aYb":2,"aZb":3}',
    found: { aXb: 1, aYb: 2 },
  },
])("$why", ({ text, found }) => {
  expect(scan(text, ["a", "b", "aXb", "aYb"])).toEqual(found);
});

test("it follows as many levels as an event may have, and no more than 64", () => {
  const nested = (levels: number) => `{"x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  expect(scan(nested(5), [], 5)).toEqual({});
  expect(scan(nested(6), [], 5)).toBeUndefined();
  expect(scan(nested(64), [], 1_000)).toEqual({});
  expect(scan(nested(65), [], 1_000)).toBeUndefined();
});

test("what it accepts JSON.parse accepts, with the same values", () => {
  let acceptedCount = 0;
  fc.assert(
    fc.property(jsonText, fc.uniqueArray(scannedName, { maxLength: 6 }), (text, names) => {
      const found = scan(text, names);
      if (found === undefined) return;
      acceptedCount += 1;
      const parsed = parse(text) ?? expect.fail(`JSON.parse refuses ${text}`);
      for (const name of names) {
        expect(Object.hasOwn(found, name)).toBe(Object.hasOwn(parsed, name));
        if (Object.hasOwn(parsed, name)) expect(found[name]).toStrictEqual(parsed[name]);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(acceptedCount).toBeGreaterThan(100);
});

test("numbers are those of JSON.parse, bit for bit", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789".split("")), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.boolean(), fc.nat(10 ** 9), digits, (isNegative, whole, fraction) => {
      const text = `${isNegative ? "-" : ""}${whole}.${fraction}`;
      expect(Object.is(scan(`{"a":${text}}`, ["a"])?.["a"], JSON.parse(text))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("text with one byte changed, put in or left out", () => {
  fc.assert(
    fc.property(
      jsonText,
      fc.nat(),
      fc.constantFrom(...'{}[]":,\\e0-.tn \n\u0001é'.split("")),
      fc.nat(2),
      (text, at, put, cut) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + put + text.slice(place + cut);
        if (scan(changed, ["a", "id"]) !== undefined) expect(parse(changed)).toBeDefined();
      },
    ),
    { numRuns: 1_000 },
  );
});
