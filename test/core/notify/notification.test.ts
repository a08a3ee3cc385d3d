import fc from "fast-check";
import { expect, test } from "vitest";
import { effectIdOf } from "../../../src/core/alert/alert-identity.ts";
import { deliveryIdOf, notificationOf } from "../../../src/core/notify/notification.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../../contract/sample-effects.ts";

const routing = { defaultChannels: ["console", "ops"], deadLetterChannel: "dead-letters" };

test.each([
  { why: "a rule without channels leaves it to the routing", effect: alertEffect(1), channels: ["console", "ops"] },
  {
    why: "a rule's channels replace the default ones",
    effect: alertEffect(1, { channels: ["risk"] }),
    channels: ["risk"],
  },
  {
    why: "a channel named twice gets one message",
    effect: alertEffect(1, { channels: ["b", "a", "b"] }),
    channels: ["b", "a"],
  },
  {
    why: "a shadow rule's alert is recorded, and nobody is told, whatever channels it names",
    effect: alertEffect(1, { channels: ["risk"], mode: "shadow" }),
    channels: [],
  },
  { why: "dead letters reach nobody's phone", effect: deadLetterEffect(1), channels: ["dead-letters"] },
  { why: "an alarm is for whoever gets alerts by default", effect: alarmEffect(1), channels: ["console", "ops"] },
])("$why", ({ effect, channels }) => {
  const notification = notificationOf(effect, routing);
  expect(notification.effect).toBe(effect);
  expect(notification.deliveries.map((delivery) => delivery.channel)).toEqual(channels);
  for (const delivery of notification.deliveries) {
    expect(delivery).toEqual({ id: deliveryIdOf(effect.id, delivery.channel), channel: delivery.channel, effect });
  }
});

test("a delivery's id may be a job's, a header's and a file's: a letter, then letters and digits", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (cause, channel) => {
      expect(deliveryIdOf(effectIdOf([cause]), channel)).toMatch(/^d[a-z2-7]{26}$/);
    }),
  );
});

test("a delivery's id is a function of effect and channel, and of both", () => {
  const [a, b] = [effectIdOf(["a"]), effectIdOf(["b"])];
  expect(deliveryIdOf(a, "x")).toBe(deliveryIdOf(a, "x"));
  expect(new Set([deliveryIdOf(a, "x"), deliveryIdOf(a, "y"), deliveryIdOf(b, "x"), deliveryIdOf(b, "y")]).size).toBe(
    4,
  );
});

test("the id stays what it is, or what waits in a store would be sent again", () => {
  // By Python: "d" + base32(sha256('["<effect id>","console"]')[:16]), the effect's being "a" + base32(sha256("[]")[:16])
  const [id] = notificationOf(
    { ...alarmEffect(1), id: effectIdOf([]) },
    { ...routing, defaultChannels: ["console"] },
  ).deliveries;
  expect(id?.id).toBe("dhsh3zft76dytj4shq7j4jdetma");
});
