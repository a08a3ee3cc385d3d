import { expect, test } from "vitest";
import { keepEvent, wholeOf } from "../../../src/core/event/event.ts";
import { compileDecoder } from "../../../src/core/event/projecting-decoder.ts";
import { ProjectedEvent } from "../../../src/core/event/projected-event.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { messageOf, settings } from "./message-kit.ts";

/** The events of a message, and its bytes. */
function decode(body: string) {
  const bytes = new Uint8Array([0, ...Buffer.from(body)]).subarray(1);
  const events = compileDecoder(settings, ["a"])(messageOf(bytes)).map((item) =>
    item.kind === "event" && item.event instanceof ProjectedEvent ? item.event : expect.fail("not projected"),
  );
  return { bytes, events };
}

test("the whole is parsed at the first call, and kept", () => {
  const { events } = decode('{"time":1,"a":1,"b":[2]}');
  for (const event of events) {
    expect(wholeOf(event)).toEqual({ time: 1, a: 1, b: [2] });
    expect(wholeOf(event)).toBe(wholeOf(event));
  }
});

test.for([
  { why: "one event", body: '{"id":"evt-1","time":1,"a":"x"}', ids: ["evt-1"] },
  { why: "one that is not ASCII", body: '{"id":"évt","time":1,"a":"é"}', ids: ["évt"] },
  { why: "a number for an id", body: '{"id":7,"time":1}', ids: [7] },
  { why: "an id with an escape", body: '{"id":"\\n","time":1}', ids: ["\n"] },
  { why: "no id", body: '{"time":1}', ids: [7] },
  { why: "a batch", body: '[{"id":"a","time":1}, {"id":"b","time":2,"a":"y"}]', ids: ["a", "b"] },
])("an event that is kept has nothing of its message: $why", ({ body, ids }) => {
  const { bytes, events } = decode(body);
  for (const event of events) keepEvent(event);
  bytes.fill(0x7a);
  expect(events.map(({ id }) => id)).toEqual(ids);
  expect(events.map((event) => wholeOf(event))).toEqual([JSON.parse(body)].flat());
  for (const event of events) {
    for (const held of Object.values(event)) expect(held).not.toBeInstanceOf(Uint8Array);
  }
});

test("an event that is not kept is right after the decoder's next message too, kept or not", () => {
  const decoder = compileDecoder(settings, ["a"]);
  const texts = [1, 2, 3].map((n) => `{"id":"e-${n}","time":${n},"a":"value ${n}","b":"${"x".repeat(n)}"}`);
  const events = texts.flatMap((text) => decoder(messageOf(text))).map((item) => item.kind === "event" && item.event);
  for (const [index, event] of events.entries()) {
    if (event === false) return expect.fail("an event was expected");
    expect(event.id).toBe(`e-${index + 1}`);
    expect(wholeOf(event)).toEqual(JSON.parse(texts[index] ?? ""));
    keepEvent(event);
    expect(event.id).toBe(`e-${index + 1}`);
  }
});

test("of an event that is not projected the fields are the whole, and it may be kept as it is", () => {
  const fields = { a: 1 };
  const event = {
    position: { source: "in", sequence: 1, index: 0 },
    id: 1,
    type: "t",
    time: eventTimeMs(2),
    source: "s",
    fields,
  };
  keepEvent(event);
  expect(wholeOf(event)).toBe(fields);
});
