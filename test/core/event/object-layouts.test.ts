import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { skipSpace } from "../../../src/core/event/json-bytes.ts";
import { ObjectLayouts } from "../../../src/core/event/object-layouts.ts";
import { ObjectScanner, scanned, scannerSlackBytes } from "../../../src/core/event/object-scanner.ts";
import { jsonText } from "./json-text-arbitrary.ts";
import "../../property-seed.ts";

const wanted = ["id", "a", "b", "n", "Zoë"];

class Scans {
  readonly scanner = new ObjectScanner(wanted, 64);
  readonly layouts = new ObjectLayouts(this.scanner);
  readonly bytes = Buffer.alloc(4_096, "x");
  readonly words = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  /** How many went to the general scan. */
  generalCount = 0;

  constructor() {
    this.scanner.scanIn(this.bytes);
    const scan = this.scanner.scan.bind(this.scanner);
    this.scanner.scan = (start) => {
      this.generalCount += 1;
      return scan(start);
    };
  }

  /** What stands in the scanner's arrays after a scan of `text`, as values; undefined where it gives up. What is behind a text stays there. */
  scan(text: Uint8Array | string): { readonly found: Record<string, unknown>; readonly isAscii: boolean } | undefined {
    const { bytes, scanner } = this;
    const content = typeof text === "string" ? Buffer.from(text) : text;
    bytes.set(content);
    bytes[content.length] = 0;
    const end = this.layouts.scan(bytes, this.words, 0);
    if (end === -1 || skipSpace(bytes, end) !== content.length) return undefined;
    const found: Record<string, unknown> = {};
    for (const [index, name] of wanted.entries()) {
      const [kind, start, finish] = [scanner.kinds[index], scanner.starts[index], scanner.ends[index]];
      if (kind === scanned.absent) continue;
      const written = bytes.toString("utf8", start, finish);
      if (kind === scanned.number) found[name] = scanner.numbers[index];
      else found[name] = kind === scanned.ascii ? written : JSON.parse(written);
    }
    return { found, isAscii: scanner.isAscii };
  }
}

/** A scanner that has seen nothing: the oracle. */
function scanAlone(text: Uint8Array | string) {
  return new Scans().scan(text);
}

function expectAsAlone(scans: Scans, text: Uint8Array | string): void {
  const [actual, expected] = [scans.scan(text), scanAlone(text)];
  if (!isDeepStrictEqual(actual, expected))
    expect({ text: String(text), actual }).toEqual({ text: String(text), actual: expected });
}

const first = '{"id":"e-1","other":"abc","n":12.5,"a":true}';

test.for([
  {
    why: "the same members with other values",
    text: '{"id":"","other":"longer than it was","n":-0,"a":null}',
    general: 0,
  },
  { why: "values of other kinds", text: '{"id":[1,{"id":2}],"other":{},"n":"12","a":1e3}', general: 0 },
  { why: "an escape, and text that is not ASCII", text: '{"id":"\\u00e9\\"","other":"é","n":1,"a":1}', general: 0 },
  { why: "the last members left out", text: '{"id":1,"other":2}', general: 0 },
  { why: "white space in its end", text: '{"id":1,"other":2 \n}', general: 0 },
  { why: "white space between", text: '{"id": 1,"other":2}', general: 1 },
  { why: "a member left out", text: '{"id":1,"n":2}', general: 1 },
  { why: "a member more", text: '{"id":1,"other":2,"n":3,"a":4,"b":5}', general: 1 },
  { why: "a wanted name twice", text: '{"id":1,"other":2,"n":3,"a":4,"a":5}', general: 1 },
  { why: "a name with an escape", text: '{"\\u0069d":1}', general: 1 },
  { why: "an empty one", text: "{}", general: 1 },
  { why: "a leading zero", text: '{"id":01,"other":2}', general: 1 },
  { why: "a bare minus", text: '{"id":-,"other":2}', general: 1 },
  { why: "a point without digits", text: '{"id":1.,"other":2}', general: 1 },
  { why: "an exponent without digits", text: '{"id":1e,"other":2}', general: 1 },
  { why: "a literal cut", text: '{"id":fals,"other":2}', general: 1 },
  { why: "a literal too long", text: '{"id":nulll,"other":2}', general: 1 },
  { why: "a control character", text: '{"id":"\u0001","other":2}', general: 1 },
  { why: "DEL, which stands for itself", text: '{"id":"\u007f","other":2}', general: 0 },
  { why: "a comma at the end", text: '{"id":1,}', general: 1 },
  {
    why: "16 digits and more",
    text: '{"id":12345678901234567890,"other":0.12345678901234567,"n":9007199254740993}',
    general: 0,
  },
])("behind an object of known layout: $why", ({ text, general }) => {
  const scans = new Scans();
  scans.scan(first);
  scans.generalCount = 0;
  expectAsAlone(scans, text);
  expect(scans.generalCount).toBe(general);
});

test("layouts that differ are known side by side", () => {
  const scans = new Scans();
  const texts = [
    first,
    '{"id":1,"n":2}',
    '{ "id" : 1 , "n" : 2 }',
    '{"b":1}',
    '{"id":1,"other":2,"b":3}',
    '{"":1,"a":2}',
  ];
  for (const text of texts) scans.scan(text);
  scans.generalCount = 0;
  for (const text of [...texts, ...texts.toReversed()]) expectAsAlone(scans, text);
  expect(scans.generalCount).toBe(0);
});

test("names that are not ASCII are read each time", () => {
  const scans = new Scans();
  for (let round = 0; round < 3; round += 1) expectAsAlone(scans, '{"id":1,"Zoë":2,"a":3}');
  expect(scans.generalCount).toBe(3);
});

test("more layouts than there is room for", () => {
  const scans = new Scans();
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 2_000; index += 1) {
      const text = `{"id":${index},"x${index}":"${round}","a":[${round}],"y${index % 7}":0}`;
      expect(scans.scan(text)?.found).toEqual({ id: index, a: [round] });
    }
  }
});

const value = fc.oneof(
  fc.constantFrom(
    '""',
    '"ann"',
    '"a longer text of many"',
    "0",
    "-1.25",
    "1e5",
    "123456789012345678",
    "true",
    "false",
    "null",
  ),
  fc.constantFrom(
    '"\\n"',
    '"é"',
    '"\\ud83d\\ude00"',
    "[]",
    '[1,"]",{"a":2}]',
    '{"id":{"a":"}"}}',
    "tru",
    "01",
    "-",
    "1.",
    '"\t"',
  ),
);
const gap = fc.constantFrom("", "", "", "", " ", "\n");
const member = fc.tuple(
  gap,
  fc.constantFrom("id", "a", "b", "n", "x", "other", "long name of many", "Zoë", ""),
  gap,
  value,
);

/** Objects of few names, and so often of equal or nearly equal layout. */
const object = fc
  .tuple(fc.array(member, { maxLength: 5 }), gap)
  .map(([members, end]) => `{${members.map(([a, name, b, v]) => `${a}"${name}"${b}:${v}`).join(",")}${end}}`);

test("any sequence of objects is read as each alone", () => {
  let acceptedCount = 0;
  let knownCount = 0;
  fc.assert(
    fc.property(fc.array(object, { minLength: 2, maxLength: 12 }), (texts) => {
      const scans = new Scans();
      for (const text of [...texts, ...texts]) {
        expectAsAlone(scans, text);
        if (scanAlone(text) !== undefined) acceptedCount += 1;
        knownCount += 1;
      }
      knownCount -= scans.generalCount;
    }),
    { numRuns: 200 },
  );
  expect(acceptedCount).toBeGreaterThan(200);
  expect(knownCount).toBeGreaterThan(100);
});

test("any object of a known layout, cut or with bytes changed", () => {
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]":,\\0-.etn \n'))));
  fc.assert(
    fc.property(fc.oneof(object, jsonText), fc.array(change, { maxLength: 2 }), fc.nat(), (text, changes, cut) => {
      const scans = new Scans();
      scans.scan(text);
      const changed = Buffer.from(text);
      for (const [at, byte] of changes) changed[at % changed.length] = byte;
      if (changed[0] !== 0x7b) return;
      expectAsAlone(scans, changed);
      expectAsAlone(scans, changed.subarray(0, 1 + (cut % changed.length)));
    }),
    { numRuns: 1_000 },
  );
});

test("a text that ends within a piece is not read past what the buffer has", () => {
  const scanner = new ObjectScanner(wanted, 64);
  const layouts = new ObjectLayouts(scanner);
  const whole = Buffer.from('{"id":1,"a name of many letters, to be read by words":2}');
  for (let size = whole.length; size > 0; size -= 1) {
    const bytes = Buffer.alloc(size + scannerSlackBytes);
    bytes.set(whole.subarray(0, size));
    scanner.scanIn(bytes);
    const end = layouts.scan(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
    expect(end).toBe(size === whole.length ? size : -1);
  }
});
