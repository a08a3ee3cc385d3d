import { expect, test } from "vitest";
import { letterOfFuture, letterOfLate } from "../../../src/core/shard/unwanted-event.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";

const event = {
  position: { source: "events", sequence: 7, index: 2 },
  id: "x",
  type: "a",
  time: eventTimeMs(3_601_001),
  source: "events",
  fields: { ts: 3_601_001, type: "a" },
};

test("an event of the future says how far it is ahead, and is kept whole", () => {
  const { id, deadLetter } = letterOfFuture(event, logTimeMs(1_000), durationMs(3_600_000));
  expect(id).toMatch(/^a[a-z2-7]{26}$/);
  expect(deadLetter).toEqual({
    position: event.position,
    reason: "too-far-ahead",
    detail: "its time is 1h1ms ahead of the log's, which was 1000; the most is 1h",
    raw: '{"ts":3601001,"type":"a"}',
    encoding: "utf8",
  });
});

test("times may be as far apart as there are times", () => {
  const far = letterOfFuture({ ...event, time: eventTimeMs(8.64e15) }, logTimeMs(-8.64e15), durationMs(1));
  expect(far.deadLetter.detail).toContain("17280000000000000ms ahead");
});

test("a late one says for whom, and has an id for each rule", () => {
  const letter = (rule: string, byMs: number | null) => letterOfLate(event, { rule, window: "w", byMs });
  const { id, deadLetter } = letter("r", 1_500);
  expect(deadLetter).toMatchObject({ reason: "late", late: { rule: "r", window: "w", byMs: 1_500 } });
  expect(deadLetter.detail).toBe("it came too late for window w of rule r: the watermark was 1s500ms past it");
  expect(letter("r", null).deadLetter.detail).toContain("at its end");
  expect([letter("r", 1).id, letter("q", 1).id].map((other) => other === id)).toEqual([true, false]);
});
