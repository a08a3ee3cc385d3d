import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessage, type Decoded, type EncodedMessage } from "../../../src/core/event/decode.ts";
import type { EnvelopeSettings } from "../../../src/core/event/envelope.ts";
import { wholeOf } from "../../../src/core/event/event.ts";
import { ProjectedEvent } from "../../../src/core/event/projected-event.ts";
import { compileDecoder } from "../../../src/core/event/projecting-decoder.ts";
import { eventText, memberName } from "./json-text-arbitrary.ts";
import { messageOf, settings } from "./message-kit.ts";
import "../../property-seed.ts";

/** All of a decoded element as plain data: an event whole. */
function plain(decoded: readonly Decoded[]): unknown[] {
  return decoded.map((item) => {
    if (item.kind === "dead-letter") return item;
    const { position, id, type, time, source } = item.event;
    return { position, id, type, time, source, whole: wholeOf(item.event) };
  });
}

/** Decodes both ways, and says how many events were projected. */
function compare(message: EncodedMessage, projection: readonly string[], given: EnvelopeSettings = settings): number {
  const expected = decodeMessage(message, given);
  const decoded = compileDecoder(given, projection)(message);
  let projectedCount = 0;
  for (const item of decoded) {
    if (item.kind !== "event") continue;
    if (item.event instanceof ProjectedEvent) projectedCount += 1;
    const { fields } = item.event;
    const whole = wholeOf(item.event);
    for (const name of projection) {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      const expectedValue = Object.hasOwn(whole, name) ? whole[name] : undefined;
      if (!isDeepStrictEqual(value, expectedValue)) expect(value).toEqual(expectedValue);
    }
  }
  // `toStrictEqual` takes a member named `constructor` for the object's own.
  if (!isDeepStrictEqual(plain(decoded), plain(expected))) expect(plain(decoded)).toEqual(plain(expected));
  return projectedCount;
}

const event = '{"id":"e-1","type":"login","time":1767225600000,"user":"ann","n":{"deep":[1]},"ok":true,"gone":null}';

test.for([
  { why: "one object", body: event, projected: 1 },
  { why: "white space around it", body: ` \n${event}\r\n`, projected: 1 },
  { why: "an array", body: `[${event}, ${event}]`, projected: 2 },
  { why: "NDJSON, a blank line in it", body: `${event}\n\n${event}\n`, projected: 2 },
  { why: "two objects in one line are none", body: `${event}${event}\n${event}`, projected: 0 },
  { why: "an array with an element that is none", body: `[${event},1]`, projected: 0 },
  { why: "an array with something behind it", body: `[${event}]x`, projected: 0 },
  { why: "an object over several lines", body: event.replaceAll(",", ",\n"), projected: 1 },
  { why: "one of them behind another", body: `${event}\n${event.replaceAll(",", ",\n")}`, projected: 0 },
  { why: "text that is not ASCII", body: event.replace("ann", "Zoë 😀"), projected: 1 },
  { why: "a byte order mark", body: `\uFEFF${event}`, projected: 0 },
  { why: "no time that can be read", body: '{"time":"soon"}', projected: 0 },
  { why: "nothing", body: "  ", projected: 0 },
  { why: "a member that is named twice", body: event.replace("{", '{"user":1,'), projected: 0 },
  { why: "no JSON", body: `${event.slice(0, -1)},}`, projected: 0 },
  {
    why: "a structured CloudEvent",
    body: '{"specversion":"1.0","id":"1","type":"t","source":"/s","time":"2025-06-01T00:04:09Z"}',
    projected: 1,
  },
])("$why", ({ body, projected }) => {
  expect(compare(messageOf(body), ["user", "n", "ok", "gone", "absent", "time"])).toBe(projected);
});

test.for([
  { why: "fields of its own", given: { timeField: "at.ms", timeFormat: "ms", typeField: "kind", idField: "key" } },
  { why: "a name with a dot", given: { typeField: "a.b", idField: "" } },
  { why: "one that no object should have", given: { typeField: "__proto__.x" } },
  { why: "few bytes", given: { maxEventBytes: 50 } },
  { why: "few levels", given: { maxDepth: 1 } },
] as const)("settings: $why", ({ given }) => {
  const body = '{"at":{"ms":5},"a.b":"dotted","a":{"b":"nested"},"kind":"k","key":7,"time":3}';
  const other = '{"at":{"ms":5},"a":{"b":"nested"},"time":3}';
  for (const text of [body, other, `${body}\n${other}`, `[${other}]`])
    compare(messageOf(text), ["a", "key"], { ...settings, ...given });
});

test("a CloudEvent in binary mode has its envelope in the headers", () => {
  const headers = { "ce-specversion": "1.0", "ce-id": "A%20b", "ce-type": "com.x", "ce-source": "/s" };
  expect(compare(messageOf('{"id":"inner","n":1}', { headers, stampMs: 5 }), ["n"])).toBe(1);
  expect(compare(messageOf('{"n":1}\n{"n":2}', { headers, stampMs: 5 }), ["n"])).toBe(0);
});

test("bytes that are not UTF-8, in what is read and in what is not", () => {
  for (const wrong of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0x80]]) {
    for (const name of ["user", "other"]) {
      const bytes = Buffer.concat([Buffer.from(`{"time":1,"${name}":"`), Buffer.from(wrong), Buffer.from('"}')]);
      compare(messageOf(bytes), ["user"]);
      compare(messageOf(Buffer.concat([bytes, Buffer.from('\n{"time":2}\n')])), ["user"]);
    }
  }
});

test("one decoder for messages of all sizes, one after another", () => {
  const decode = compileDecoder(settings, ["pad", "n"]);
  for (const size of [10, 70_000, 10, 1_000_000, 5, 5_000_000, 20]) {
    const message = messageOf(`[{"n":1,"time":1,"pad":"${"x".repeat(size)}"}]`);
    const given = { ...settings, maxEventBytes: 9_000_000 };
    const [only] = compileDecoder(given, ["pad"])(message);
    expect(only?.kind === "event" && only.event.fields["pad"]).toBe("x".repeat(size));
    expect(plain(decode(message))).toStrictEqual(plain(decodeMessage(message, settings)));
  }
});

test("any text, any projection", () => {
  let projectedCount = 0;
  const message = fc.oneof(
    eventText,
    fc.array(eventText, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
    fc.array(eventText, { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
  );
  fc.assert(
    fc.property(message, fc.uniqueArray(memberName, { maxLength: 5 }), (text, projection) => {
      projectedCount += compare(messageOf(text, { stampMs: 5 }), projection);
    }),
    { numRuns: 1_000 },
  );
  expect(projectedCount).toBeGreaterThan(150);
});

test("any bytes changed", () => {
  fc.assert(
    fc.property(eventText, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), (text, changes) => {
      const bytes = Buffer.from(text);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      compare(messageOf(bytes, { stampMs: 5 }), ["a", "id", "time"]);
    }),
    { numRuns: 1_000 },
  );
});

const samples = [
  "risk/payments/transactions.ndjson",
  "security/auth/events.ndjson",
  "security/cloudtrail/events.ndjson",
]
  .map((file) => `/work/shared/data/${file}`)
  .filter((file) => existsSync(file));

test.skipIf(samples.length === 0)("events of real systems, whole and damaged", () => {
  for (const file of samples) {
    const lines = readFileSync(file).toString("utf8").split("\n").slice(0, 50);
    const names = Object.keys(JSON.parse(lines[0] ?? "{}")).slice(0, 5);
    for (const line of lines) {
      if (line !== "") compare(messageOf(line, { stampMs: 5 }), names);
    }
    compare(messageOf(lines.join("\n"), { stampMs: 5 }), names);
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(), fc.nat(255), fc.nat(3), (line, at, byte, cut) => {
        const bytes = Buffer.from(line);
        const place = at % (bytes.length + 1);
        const changed = Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place + cut)]);
        compare(messageOf(changed, { stampMs: 5 }), names);
      }),
      { numRuns: 300 },
    );
  }
});
