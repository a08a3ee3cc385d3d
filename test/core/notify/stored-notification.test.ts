import { expect, test } from "vitest";
import { notificationOf } from "../../../src/core/notify/notification.ts";
import { updateIncident } from "../../../src/core/notify/incident.ts";
import { parseDelivery, parseIncident } from "../../../src/core/notify/stored-notification.ts";
import { alarmEffect, alertEffect, deadLetterEffect, sampleAlert } from "../../contract/sample-effects.ts";

test.each([alertEffect(1), deadLetterEffect(2), alarmEffect(3)])("a delivery of $kind comes back whole", (effect) => {
  const [delivery] = notificationOf(effect, { defaultChannels: ["c"], deadLetterChannel: "c" }).deliveries;
  expect(parseDelivery(JSON.stringify(delivery))).toEqual(delivery);
});

test("an incident comes back whole", () => {
  const incident = updateIncident(undefined, sampleAlert(1));
  expect(parseIncident(JSON.stringify(incident))).toEqual(incident);
});

test.each([
  { why: "cut", text: '{"id":"d' },
  { why: "no object", text: "null" },
  { why: "no effect", text: '{"id":"d1","channel":"c"}' },
  {
    why: "an effect of a kind from the future",
    text: '{"id":"d1","channel":"c","effect":{"id":"a1","kind":"resolved"}}',
  },
  { why: "a kind without its content", text: '{"id":"d1","channel":"c","effect":{"id":"a1","kind":"alert"}}' },
])("damaged: $why", ({ text }) => {
  expect(parseDelivery(text)).toBeUndefined();
  expect(parseIncident(text)).toBeUndefined();
});
