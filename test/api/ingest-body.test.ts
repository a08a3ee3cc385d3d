import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { messageCountMax, splitIngestBody } from "../../src/api/ingest-body.ts";

const ndjson = { "content-type": "application/x-ndjson" };
const json = { "content-type": "application/json; charset=utf-8" };

function split(body: string | Uint8Array, headers: Record<string, string>): string[] | string {
  const result = splitIngestBody(typeof body === "string" ? Buffer.from(body) : body, headers);
  if (result.kind === "refused") return `${result.status} ${result.reason}`;
  return result.messages.map((message) => Buffer.from(message.bytes).toString());
}

describe("one message an event", () => {
  const rows: { why: string; body: string; headers: Record<string, string>; want: string[] }[] = [
    { why: "lines", body: '{"a":1}\n{"a":2}\n', headers: ndjson, want: ['{"a":1}', '{"a":2}'] },
    {
      why: "blank lines give none",
      body: '\r\n{"a":1}\r\n \n{"a":2}',
      headers: ndjson,
      want: ['{"a":1}\r', '{"a":2}'],
    },
    { why: "a bad line is not judged here", body: '{"a":1}\nnope\n', headers: ndjson, want: ['{"a":1}', "nope"] },
    {
      why: "an array's elements",
      body: ' [{"a":[1,2]}, {"a":"],["} ]',
      headers: json,
      want: ['{"a":[1,2]}', '{"a":"],["}'],
    },
    { why: "a bad element is not judged here", body: '[{"a":1},NaN]', headers: json, want: ['{"a":1}', "NaN"] },
    { why: "one object as it is", body: '{\n "a": 1 }', headers: json, want: ['{\n "a": 1 }'] },
    {
      why: "a structured CloudEvent",
      body: '{"specversion":"1.0"}',
      headers: { "content-type": "application/cloudevents+json" },
      want: ['{"specversion":"1.0"}'],
    },
    { why: "no events", body: "[]", headers: json, want: [] },
    { why: "no lines", body: "", headers: ndjson, want: [] },
  ];
  test.each(rows)("$why", ({ body, headers, want }) => {
    expect(split(body, headers)).toEqual(want);
  });

  test("a CloudEvent in binary mode keeps its attributes, and none of the other headers", () => {
    const headers = { ...json, "ce-specversion": "1.0", "ce-id": "A", authorization: "Bearer x" };
    expect(splitIngestBody(Buffer.from("{}"), headers)).toMatchObject({
      messages: [{ headers: { "ce-specversion": "1.0", "ce-id": "A" } }],
    });
    expect(JSON.stringify(splitIngestBody(Buffer.from("{}"), headers))).not.toContain("Bearer");
  });
});

describe("what is refused", () => {
  const rows: { why: string; body: string | Uint8Array; headers: Record<string, string>; want: string }[] = [
    { why: "text, which a foreign page may send", body: "{}", headers: { "content-type": "text/plain" }, want: "415" },
    { why: "a form", body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" }, want: "415" },
    { why: "no content type", body: "{}", headers: {}, want: "415" },
    { why: "compressed", body: "{}", headers: { ...json, "content-encoding": "gzip" }, want: "415" },
    { why: "lines as JSON", body: "{}\n{}", headers: json, want: "400" },
    { why: "an array that does not end", body: "[{}", headers: json, want: "400" },
    { why: "a number", body: "1", headers: json, want: "400" },
    { why: "nothing as JSON", body: "", headers: json, want: "400" },
    { why: "not UTF-8", body: Uint8Array.of(0xff), headers: json, want: "400" },
    {
      why: "more lines than a request may bring",
      body: "1\n".repeat(messageCountMax + 1),
      headers: ndjson,
      want: "413",
    },
    {
      why: "more elements than a request may bring",
      body: `[1${",1".repeat(messageCountMax)}]`,
      headers: json,
      want: "413",
    },
  ];
  test.each(rows)("$why: $want", ({ body, headers, want }) => {
    expect(split(body, headers)).toMatch(new RegExp(`^${want} `));
  });
});

test("an array and its lines are the same events", () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }), (events) => {
      const lines = events.map((event) => JSON.stringify(event));
      expect(split(lines.join("\n"), ndjson)).toEqual(lines);
      expect(split(`[${lines.join(" ,\n")}]`, json)).toEqual(lines);
    }),
  );
});
