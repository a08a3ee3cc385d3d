import fc from "fast-check";
import { expect, test } from "vitest";
import { textOf, timeText } from "../../../src/core/notify/alert-text.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../../contract/sample-effects.ts";

function linesOf(effect: Parameters<typeof textOf>[0]): readonly string[] {
  return textOf(effect).lines.map(({ label, value }) => `${label}: ${value}`);
}

test("an alert says what happened and what caused it", () => {
  const effect = alertEffect(0, { held: 3, evidence: ["a", 7], evidenceCount: 2 });
  expect(textOf(effect)).toMatchObject({ subject: "4111: 21 small authorizations (0)", level: "high" });
  expect(linesOf(effect)).toEqual([
    "rule: card-testing",
    "severity: high",
    "time: 2023-11-14T22:13:20.000Z",
    "key: cardBin=4111",
    'burst: {"attempts":21}',
    "evidence: a, 7",
    "held: 3 more since the last alert",
    "labels: team=risk",
    "tags: payments",
    `alert: ${effect.id}`,
  ]);
});

test.each([
  { why: "no summary: the rule's id", effect: alertEffect(0, { summary: "" }), subject: "card-testing" },
  {
    why: "a line break would begin another header",
    effect: alertEffect(0, { summary: "a\r\nBcc: x@y" }),
    subject: "a\\u000d\\u000aBcc: x@y",
  },
  {
    why: "an escape would colour the terminal, or worse",
    effect: alertEffect(0, { summary: "\u001b[2J" }),
    subject: "\\u001b[2J",
  },
  { why: "C1 controls are escapes too", effect: alertEffect(0, { summary: "\u009b2J" }), subject: "\\u009b2J" },
  {
    why: "a turn of direction hides what a word is",
    effect: alertEffect(0, { summary: "a\u202eb" }),
    subject: "a\\u202eb",
  },
  { why: "half a character is none", effect: alertEffect(0, { summary: "\ud83d" }), subject: "\ufffd" },
  { why: "a whole one stays", effect: alertEffect(0, { summary: "💥" }), subject: "💥" },
  { why: "a dead letter names its reason", effect: deadLetterEffect(1), subject: "Dead letter: not-json" },
  { why: "an alarm is Tocsin's own", effect: alarmEffect(1), subject: "Tocsin: gap 1" },
])("$why", ({ effect, subject }) => {
  expect(textOf(effect).subject).toBe(subject);
});

test("no text of an event can leave its line", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(text, text, text, (summary, name, value) => {
      const { subject, lines } = textOf(
        alertEffect(0, {
          summary,
          key: { [name]: value },
          facts: { [name]: value },
          labels: { [name]: value },
          tags: [value],
          evidence: [value],
        }),
      );
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      for (const part of [subject, ...lines.flatMap((line) => [line.label, line.value])])
        expect(part).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
  );
});

test("a long value is cut on a character's border and says how much is missing", () => {
  const { subject } = textOf(alertEffect(0, { summary: `${"x".repeat(1_999)}💥${"y".repeat(10)}` }));
  expect(subject).toBe(`${"x".repeat(1_999)}… (12 more)`);
});

test("much evidence is shown by its last 20", () => {
  const evidence = Array.from({ length: 100 }, (_, index) => index);
  const shown = Array.from({ length: 20 }, (_, index) => index + 80).join(", ");
  expect(linesOf(alertEffect(0, { evidence, evidenceCount: 4_000 }))).toContain(
    `evidence: ${shown} (the last 20 of 4000)`,
  );
});

test("the global key has no parts, and a time outside of the calendar is its number", () => {
  const lines = linesOf(alertEffect(0, { key: {}, time: eventTimeMs(9e15) }));
  expect(lines).toContain("key: {}");
  expect(lines).toContain("time: 9000000000000000");
});

test("times are those of the platform's calendar", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (epochMs) => {
      expect(timeText(epochMs)).toBe(new Date(epochMs).toISOString());
    }),
  );
  for (const text of [
    "2000-02-29T23:59:59.999Z",
    "1900-03-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
  ]) {
    expect(timeText(Date.parse(text))).toBe(text);
  }
});
