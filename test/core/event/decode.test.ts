import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage } from "../../../src/core/event/decode.ts";
import { messageOf, settings, shown } from "./message-kit.ts";

const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;

describe("what one message holds", () => {
  const rows: { why: string; body: string | Uint8Array; want: string[] }[] = [
    { why: "one object", body: '{"id":"x","type":"t","time":1}', want: ['0 "x" t 1'] },
    { why: "an indented object is one, not lines", body: '{\n"id":"x",\n"time":1\n}\n', want: ['0 "x" event 1'] },
    { why: "an array is a batch", body: '[{"time":1},{"time":2}]', want: ['0 "7.0" event 1', '1 "7.1" event 2'] },
    { why: "an array of one is a batch too", body: '[{"time":1}]', want: ['0 "7.0" event 1'] },
    { why: "an empty array holds nothing", body: " [ ] ", want: [] },
    { why: "an indented array", body: '[\n {"time":1},\n {"time":2}\n]', want: ['0 "7.0" event 1', '1 "7.1" event 2'] },
    { why: "NDJSON, last line open", body: '{"time":1}\n{"time":2}', want: ['0 "7.0" event 1', '1 "7.1" event 2'] },
    { why: "blank lines count", body: '\n{"time":1}\r\n\n{"time":2}\n', want: ['1 "7.1" event 1', '3 "7.3" event 2'] },
    { why: "one line among blank ones is one object", body: '\n{"time":1}\n\n', want: ["0 7 event 1"] },
    { why: "nothing", body: "", want: [] },
    { why: "white space", body: " \r\n\t ", want: [] },
    { why: "a byte order mark is no part of the JSON", body: '\uFEFF{"time":1}', want: ["0 7 event 1"] },
    {
      why: "a bad line costs no other",
      body: '{"time":1}\n{"ti\n{"time":2}',
      want: ['0 "7.0" event 1', "1 !not-json", '2 "7.2" event 2'],
    },
    { why: "the first line may be the bad one", body: '{"ti\n{"time":2}', want: ["0 !not-json", '1 "7.1" event 2'] },
    {
      why: "a bad element costs no other",
      body: '[{"time":1},NaN,{"time":2}]',
      want: ['0 "7.0" event 1', "1 !not-json", '2 "7.2" event 2'],
    },
    {
      why: "bad elements count",
      body: '[1,,null,[],"a",{"time":2}]',
      want: [
        "0 !not-an-object",
        "1 !not-json",
        "2 !not-an-object",
        "3 !not-an-object",
        "4 !not-an-object",
        '5 "7.5" event 2',
      ],
    },
    {
      why: "brackets and commas within strings are text",
      body: '[{"time":1,"s":"],{\\"[\\\\"},{"time":2}]',
      want: ['0 "7.0" event 1', '1 "7.1" event 2'],
    },
    { why: "an array that does not end", body: '[{"time":1}', want: ["0 !not-json"] },
    { why: "an array closed by a brace", body: '[{"time":1}}', want: ["0 !not-json"] },
    { why: "text behind an array", body: '[{"time":1}] x', want: ["0 !not-json"] },
    { why: "an indented object that is cut is one bad message", body: '{\n"time":1,\n"a":{\n', want: ["0 !not-json"] },
    { why: "not JSON", body: "time=1", want: ["0 !not-json"] },
    { why: "JSON, no object", body: "42", want: ["0 !not-an-object"] },
    { why: "not UTF-8", body: Uint8Array.of(0x7b, 0xff, 0x7d), want: ["0 !not-utf8"] },
    { why: "an overlong UTF-8 form is none", body: Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), want: ["0 !not-utf8"] },
    {
      why: "of NDJSON only the line that is not UTF-8 is lost",
      body: Buffer.concat([Buffer.from('{"time":1}\n{"a":"'), Buffer.of(0xff), Buffer.from('"}\n\n{"time":2}\n')]),
      want: ['0 "7.0" event 1', "1 !not-utf8", '3 "7.3" event 2'],
    },
    { why: "no time at all", body: '{"id":1}', want: ["0 !no-usable-time"] },
    {
      why: "64 levels are allowed",
      body: nested(64).replace("{}", '{"time":1}').replace(/^\{/, '{"time":5,'),
      want: ["0 7 event 5"],
    },
    { why: "65 are not", body: nested(65), want: ["0 !too-deep"] },
    { why: "arrays count as levels", body: `{"time":1,"a":${"[".repeat(64)}${"]".repeat(64)}}`, want: ["0 !too-deep"] },
    {
      why: "in a batch the levels are the element's own",
      body: `[{"time":1,"a":${"[".repeat(63)}${"]".repeat(63)}},{"time":2,"a":${"[".repeat(64)}${"]".repeat(64)}}]`,
      want: ['0 "7.0" event 1', "1 !too-deep"],
    },
    { why: "brackets in a string are no levels", body: `{"time":1,"a":"${"[{".repeat(200)}"}`, want: ["0 7 event 1"] },
    {
      why: "a line that is too deep costs no other",
      body: `{"time":1}\n{"a":${"[".repeat(99)}${"]".repeat(99)}}\n`,
      want: ['0 "7.0" event 1', "1 !too-deep"],
    },
    { why: "a megabyte of open brackets", body: "[".repeat(1_000_000), want: ["0 !too-deep"] },
    {
      why: "a megabyte of brackets that match",
      body: "[".repeat(500_000) + "]".repeat(500_000),
      want: ["0 !too-deep"],
    },
    { why: "a megabyte of open braces", body: '{"a":'.repeat(200_000), want: ["0 !too-deep"] },
  ];
  test.each(rows)("$why", ({ body, want }) => {
    expect(shown(decodeMessage(messageOf(body), settings))).toEqual(want);
  });
});

describe("what is kept of the unreadable", () => {
  test("the element's own text, and bytes that are no text in base64", () => {
    const bad = Uint8Array.of(0xff, 0x00, 0x41);
    expect(decodeMessage(messageOf(bad), settings)).toEqual([
      {
        kind: "dead-letter",
        deadLetter: {
          position: { source: "in", sequence: 7, index: 0 },
          reason: "not-utf8",
          detail: "its bytes are not UTF-8",
          raw: "/wBB",
          encoding: "base64",
        },
      },
    ]);
    const [, second] = decodeMessage(messageOf('[{"time":1}, {"id": 2.0} ]'), settings);
    expect(second).toMatchObject({ deadLetter: { raw: '{"id": 2.0}', encoding: "utf8", position: { index: 1 } } });
  });

  test("size is in UTF-8 bytes, and exactly the most is allowed", () => {
    const body = '{"time":1,"s":"éé€😀"}';
    const size = Buffer.byteLength(body);
    expect(shown(decodeMessage(messageOf(body), { ...settings, maxEventBytes: size }))).toEqual(["0 7 event 1"]);
    expect(shown(decodeMessage(messageOf(body), { ...settings, maxEventBytes: size - 1 }))).toEqual(["0 !too-large"]);
  });

  test("a batch may be larger than an event", () => {
    const small = { ...settings, maxEventBytes: 12 };
    expect(shown(decodeMessage(messageOf('{"time":1}\n{"time":200}\n{"time":3000}\n'), small))).toEqual([
      '0 "7.0" event 1',
      '1 "7.1" event 200',
      "2 !too-large",
    ]);
    expect(shown(decodeMessage(messageOf('[{"time":1},{"time":200},{"time":3000}]'), small))).toEqual([
      '0 "7.0" event 1',
      '1 "7.1" event 200',
      "2 !too-large",
    ]);
  });

  test("an indented object that is too large is not taken for lines, one of which would be an event", () => {
    const body = '{\n"time":1, "a": [\n{"time":2}\n]}';
    expect(shown(decodeMessage(messageOf(body), { ...settings, maxEventBytes: 20 }))).toEqual(["0 !too-large"]);
  });

  test("what the source had to cut is too large, whatever its beginning says", () => {
    const [only] = decodeMessage(messageOf('{"time":1}', { sizeBeforeCut: 99_000_000 }), settings);
    expect(only).toMatchObject({ deadLetter: { reason: "too-large", raw: '{"time":1}' } });
    expect(only?.kind === "dead-letter" && only.deadLetter.detail).toContain("99000000");
  });
});

test("__proto__ is a member like another and changes no object", () => {
  const [only] = decodeMessage(messageOf('{"time":1,"__proto__":{"type":"evil","polluted":1}}'), settings);
  expect(only?.kind).toBe("event");
  if (only?.kind !== "event") return;
  expect(only.event.type).toBe("event");
  expect(Object.hasOwn(only.event.fields, "__proto__")).toBe(true);
  expect(only.event.fields["polluted"]).toBeUndefined();
  expect(Object.getPrototypeOf(only.event.fields)).toBe(Object.prototype);
});

describe("properties", () => {
  /** Bytes that look like JSON often enough to reach every branch. */
  const jsonish = fc.array(
    fc.oneof(
      fc.constantFrom(
        "[",
        "]",
        "{",
        "}",
        ",",
        '"',
        "\\",
        "\n",
        " ",
        "\r",
        '{"time":1}',
        '"time":',
        "null",
        "1e999",
        "\uFEFF",
        "é",
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 30 },
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    jsonish.map((parts) => new Uint8Array(Buffer.from(parts.join("")))),
    fc
      .tuple(jsonish, fc.uint8Array({ maxLength: 4 }), jsonish)
      .map(([a, b, c]) => new Uint8Array(Buffer.concat([Buffer.from(a.join("")), b, Buffer.from(c.join(""))]))),
  );

  test("no bytes make it throw, positions ascend, and events have a finite whole time", () => {
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(undefined, { "ce-specversion": "1.0" }),
        fc.constantFrom(undefined, 5),
        (body, headers, stampMs) => {
          const decoded = decodeMessage(messageOf(body, { headers, stampMs }), {
            ...settings,
            maxDepth: 3,
            maxEventBytes: 40,
          });
          let previous = -1;
          for (const item of decoded) {
            const position = item.kind === "event" ? item.event.position : item.deadLetter.position;
            expect(position.index).toBeGreaterThan(previous);
            previous = position.index;
            if (item.kind === "event") expect(Number.isSafeInteger(item.event.time)).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("a single message that is refused is kept whole, byte for byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (body) => {
        const [only, ...others] = decodeMessage(messageOf(body), settings);
        if (only?.kind !== "dead-letter" || others.length > 0 || body.includes(0x5b) || body.includes(0x0a)) return;
        expect(new Uint8Array(Buffer.from(only.deadLetter.raw, only.deadLetter.encoding))).toEqual(body);
      }),
      { numRuns: 2000 },
    );
  });

  test("a batch gives its events in order, named SEQUENCE.INDEX, as array and as lines alike", () => {
    const element = fc.record({ time: fc.integer(), s: fc.string(), o: fc.jsonValue({ maxDepth: 3 }) });
    fc.assert(
      fc.property(fc.array(element, { minLength: 2, maxLength: 8 }), fc.nat(), (elements, sequence) => {
        const want = elements.map((fields, index) => ({
          position: { source: "in", sequence, index },
          id: `${sequence}.${index}`,
          time: fields.time,
        }));
        const asArray = decodeMessage(messageOf(JSON.stringify(elements, undefined, 1), { sequence }), settings);
        const asLines = decodeMessage(
          messageOf(elements.map((fields) => JSON.stringify(fields)).join("\n"), { sequence }),
          settings,
        );
        expect(asArray).toMatchObject(want.map((event) => ({ kind: "event", event })));
        expect(asLines).toEqual(asArray);
      }),
    );
  });

  test("cutting an array gives what JSON.parse gives", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.constantFrom(0, 2), (values, indent) => {
        const decoded = decodeMessage(messageOf(JSON.stringify(values, undefined, indent), { stampMs: 1 }), settings);
        const back = decoded.map((item) =>
          item.kind === "event" ? item.event.fields : JSON.parse(item.deadLetter.raw),
        );
        expect(back).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });
});
