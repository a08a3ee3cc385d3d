import { describe, expect, test } from "vitest";
import { decodeMessage, type EncodedMessage } from "../../../src/core/event/decode.ts";
import type { EnvelopeSettings } from "../../../src/core/event/envelope.ts";
import { messageOf, settings, shown } from "./message-kit.ts";

describe("the envelope", () => {
  const rows: {
    why: string;
    body: string;
    given?: Partial<EncodedMessage>;
    named?: Partial<EnvelopeSettings>;
    want: string[];
  }[] = [
    { why: "a number may be an id", body: '{"id":0,"time":1}', want: ["0 0 event 1"] },
    { why: "an empty id names nothing", body: '{"id":"","time":1}', want: ["0 7 event 1"] },
    { why: "neither does an object", body: '{"id":{},"time":1}', want: ["0 7 event 1"] },
    { why: "nor a number beyond doubles", body: '{"id":1e999,"time":1}', want: ["0 7 event 1"] },
    {
      why: "the empty id field names all by position",
      body: '{"id":"x","time":1}',
      named: { idField: "" },
      want: ["0 7 event 1"],
    },
    {
      why: "a named id field",
      body: '{"id":"x","eventId":"y","time":1}',
      named: { idField: "eventId" },
      want: ['0 "y" event 1'],
    },
    {
      why: "a path where no field has that name",
      body: '{"m":{"id":"y"},"time":1}',
      named: { idField: "m.id" },
      want: ['0 "y" event 1'],
    },
    {
      why: "the field of that very name goes before the path",
      body: '{"m.id":"z","m":{"id":"y"},"time":1}',
      named: { idField: "m.id" },
      want: ['0 "z" event 1'],
    },
    {
      why: "the subject is the type",
      body: '{"time":1}',
      given: { subject: "auth.login" },
      want: ["0 7 auth.login 1"],
    },
    {
      why: "the type goes before the subject",
      body: '{"type":"a.b","time":1}',
      given: { subject: "auth.login" },
      want: ["0 7 a.b 1"],
    },
    {
      why: "a number is a type: event codes",
      body: '{"EventID":4625,"time":1}',
      named: { typeField: "EventID" },
      want: ["0 7 4625 1"],
    },
    { why: "time before ts before the stamp", body: '{"time":1,"ts":2}', given: { stampMs: 3 }, want: ["0 7 event 1"] },
    {
      why: "ts before the stamp; null is absent",
      body: '{"time":null,"ts":2}',
      given: { stampMs: 3 },
      want: ["0 7 event 2"],
    },
    { why: "the stamp", body: "{}", given: { stampMs: 3 }, want: ["0 7 event 3"] },
    { why: "ISO text under auto", body: '{"time":"1970-01-01T00:00:01Z"}', want: ["0 7 event 1000"] },
    { why: "seconds", body: '{"ts":1.5}', named: { timeFormat: "s" }, want: ["0 7 event 1500"] },
    { why: "before 1970", body: '{"time":-1}', want: ["0 7 event -1"] },
    {
      why: "a time that can't be read is never passed over for another",
      body: '{"time":"soon","ts":2}',
      given: { stampMs: 3 },
      want: ["0 !no-usable-time"],
    },
    { why: "infinity", body: '{"time":1e999}', want: ["0 !no-usable-time"] },
    { why: "NaN is no JSON", body: '{"time":NaN}', want: ["0 !not-json"] },
    {
      why: "where the time field is named nothing else is taken",
      body: '{"time":1}',
      given: { stampMs: 3 },
      named: { timeField: "at" },
      want: ["0 !no-usable-time"],
    },
    {
      why: "what Object has is no field",
      body: '{"time":1}',
      named: { typeField: "constructor.name" },
      want: ["0 7 event 1"],
    },
  ];
  test.each(rows)("$why", ({ body, given, named, want }) => {
    expect(shown(decodeMessage(messageOf(body, given), { ...settings, ...named }))).toEqual(want);
  });

  test("the source is the event's own, else the configured one", () => {
    const sources = ['{"time":1,"source":"fw"}', '{"time":1}', '{"time":1,"source":5}'].map((body) => {
      const [only] = decodeMessage(messageOf(body), settings);
      return only?.kind === "event" ? only.event.source : undefined;
    });
    expect(sources).toEqual(["fw", "in", "in"]);
  });
});

describe("CloudEvents 1.0", () => {
  test("structured: the object as it came; its time is RFC 3339 whatever the format of others", () => {
    const body =
      '{"specversion":"1.0","id":"A","source":"/s","type":"com.x","time":"1970-01-01T00:00:01Z","data":{"n":1}}';
    const [only] = decodeMessage(messageOf(body, { subject: "raw" }), { ...settings, timeFormat: "s" });
    expect(only).toMatchObject({
      kind: "event",
      event: { id: "A", source: "/s", type: "com.x", time: 1000, fields: { specversion: "1.0", data: { n: 1 } } },
    });
  });

  test("structured without a time: the stamp, and not an extension called ts", () => {
    const body = '{"specversion":"1.0","id":"A","source":"/s","type":"com.x","ts":5}';
    expect(shown(decodeMessage(messageOf(body, { stampMs: 9 }), settings))).toEqual(['0 "A" com.x 9']);
  });

  test("binary: the envelope from the headers, the fields from the data", () => {
    const headers = {
      "ce-specversion": "1.0",
      "ce-id": "A%20b",
      "ce-source": "/s",
      "ce-type": "com.x",
      "ce-time": "1970-01-01T00:00:01Z",
    };
    const [only] = decodeMessage(messageOf('{"id":"inner","time":4,"n":1}', { headers }), settings);
    expect(only).toMatchObject({
      event: { id: "A b", source: "/s", type: "com.x", time: 1000, fields: { id: "inner", n: 1 } },
    });
  });

  test("binary without data is an event without fields; a stray % is text", () => {
    const headers = { "ce-specversion": "1.0", "ce-id": "100%", "ce-source": "/s", "ce-type": "com.x" };
    const [only] = decodeMessage(messageOf("", { headers, stampMs: 2 }), settings);
    expect(only).toMatchObject({ event: { id: "100%", time: 2, fields: {} } });
  });

  test("binary data that is an array is no batch", () => {
    const headers = { "ce-specversion": "1.0", "ce-id": "A", "ce-source": "/s", "ce-type": "com.x" };
    expect(shown(decodeMessage(messageOf("[{}]", { headers, stampMs: 2 }), settings))).toEqual(["0 !not-an-object"]);
  });
});
