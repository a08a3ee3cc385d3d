import fc from "fast-check";
import { expect, test } from "vitest";
import { incidentIdOf, updateIncident, type Incident } from "../../../src/core/notify/incident.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { sampleAlert } from "../../contract/sample-effects.ts";

const first = sampleAlert(0, { time: eventTimeMs(100), summary: "first", severity: "low" });
const begun: Incident = {
  id: incidentIdOf(first),
  rule: first.rule,
  fingerprint: first.fingerprint,
  state: "firing",
  severity: "low",
  count: 1,
  firstAlertAt: 100,
  lastAlertAt: 100,
  lastAlertId: first.id,
  summary: "first",
};

test("the first alert begins it", () => {
  expect(updateIncident(undefined, first)).toEqual(begun);
});

test.each([
  {
    why: "a later alert is the latest",
    time: 150,
    expected: { count: 2, lastAlertAt: 150, summary: "next", severity: "critical" },
  },
  {
    why: "of equal times the one applied last",
    time: 100,
    expected: { count: 2, summary: "next", severity: "critical" },
  },
  {
    why: "one from before, by way of another shard, is counted and begins it earlier",
    time: 50,
    expected: { count: 2, firstAlertAt: 50 },
  },
])("$why", ({ time, expected }) => {
  const next = sampleAlert(1, { time: eventTimeMs(time), summary: "next", severity: "critical" });
  const isLatest = "summary" in expected;
  expect(updateIncident(begun, next)).toEqual({ ...begun, ...(isLatest ? { lastAlertId: next.id } : {}), ...expected });
});

test("one that was resolved begins again", () => {
  const resolved: Incident = { ...begun, state: "resolved", count: 7, firstAlertAt: 1 };
  expect(updateIncident(resolved, first)).toEqual(begun);
});

test("whatever the order in which shards apply alerts of different times, the incident is one", () => {
  const alerts = [3, 1, 4, 5, 9, 2, 6].map((time) =>
    sampleAlert(time, { time: eventTimeMs(time), summary: `at ${time}` }),
  );
  const inOrder = alerts.reduce<Incident | undefined>(updateIncident, undefined);
  fc.assert(
    fc.property(fc.shuffledSubarray(alerts, { minLength: alerts.length }), (shuffled) => {
      expect(shuffled.reduce<Incident | undefined>(updateIncident, undefined)).toEqual(inOrder);
    }),
  );
});

test("rule and fingerprint do not run into each other in the id", () => {
  expect(incidentIdOf({ rule: "a", fingerprint: "bc" })).not.toBe(incidentIdOf({ rule: "ab", fingerprint: "c" }));
  expect(incidentIdOf({ rule: "r", fingerprint: "f" })).toBe("ipgu5q62yraseiziybwahbtwsua");
});

test("what a rule gave in shadow mode is an incident of its own, and says so", () => {
  const shadow = updateIncident(undefined, { ...first, mode: "shadow" });
  expect(shadow).toEqual({ ...begun, id: incidentIdOf({ ...first, mode: "shadow" }), mode: "shadow" });
  expect(shadow.id).not.toBe(begun.id);
});
