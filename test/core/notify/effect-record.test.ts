import { expect, test } from "vitest";
import { recordOf } from "../../../src/core/notify/effect-record.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../../contract/sample-effects.ts";

test("an alert's keys stand in the order that replay prints them in, what is not shown there behind", () => {
  const keys = Object.keys(recordOf(alertEffect(1, { held: 2 })));
  expect(keys.slice(0, 11)).toEqual([
    "kind",
    "id",
    "rule",
    "severity",
    "key",
    "time",
    "event",
    "evidence",
    "evidenceCount",
    "facts",
    "summary",
  ]);
  expect(keys.slice(11).sort()).toEqual(["channels", "fingerprint", "held", "labels", "tags"]);
});

test("the others are flat too", () => {
  const deadLetter = deadLetterEffect(1, "{");
  expect(recordOf(deadLetter)).toEqual({
    kind: "dead-letter",
    id: deadLetter.id,
    position: { source: "events", sequence: 1, index: 0 },
    reason: "not-json",
    detail: "unexpected end",
    raw: "{",
    encoding: "utf8",
  });
  expect(recordOf(alarmEffect(2))).toEqual({ kind: "alarm", id: alarmEffect(2).id, code: "log-gap", message: "gap 2" });
});
