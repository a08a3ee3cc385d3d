import fc from "fast-check";
import { expect, test } from "vitest";
import { alertsOf, type OracleAlert, type OracleRule } from "../../oracle/rule-definition.ts";
import { draftsOf, run, settingsOf } from "./scenario.ts";

const ruleBody = fc.record({
  window: fc.constantFrom("sliding", "tumbling"),
  sizeMs: fc.integer({ min: 1, max: 20 }),
  offsetMs: fc.nat(15),
  allowedLatenessMs: fc.constantFrom(0, 0, 5, 30),
  aggregate: fc.constantFrom("count", "sum"),
  valueMin: fc.nat(3),
  threshold: fc.integer({ min: 1, max: 6 }),
  isKeyed: fc.boolean(),
});
const ruleSet = fc
  .array(ruleBody, { minLength: 1, maxLength: 4 })
  .map((bodies) => bodies.map((body, index): OracleRule => ({ id: `r${index}`, ...body })));
const arrivals = fc
  .array(fc.record({ time: fc.integer({ min: -20, max: 60 }), key: fc.nat(2), value: fc.nat(5) }), { maxLength: 40 })
  .map((events) => events.map((event, number) => ({ ...event, number })));
/** Mostly in order, as real logs are: else nearly all is late. */
const driftingArrivals = fc
  .tuple(arrivals, fc.nat(12))
  .map(([events, driftMs]) =>
    events
      .toSorted((a, b) => a.time + (a.number % 3) * driftMs - (b.time + (b.number % 3) * driftMs))
      .map((event, number) => ({ ...event, number })),
  );

function documentOf({ id, window, sizeMs, offsetMs, allowedLatenessMs, aggregate, ...rest }: OracleRule): object {
  const { valueMin, threshold, isKeyed } = rest;
  const common = {
    size: `${sizeMs}ms`,
    where: `value >= ${valueMin}`,
    aggregate: { total: aggregate === "count" ? "count" : { sum: "value" } },
  };
  const tumbling = { type: "tumbling", offset: `${offsetMs}ms`, allowedLateness: `${allowedLatenessMs}ms` };
  return {
    id,
    key: isKeyed ? ["key_"] : [],
    windows: { w: { ...(window === "sliding" ? { type: "sliding" } : tumbling), ...common } },
    conditions: { all: [{ fact: "w", path: "$.total", operator: "greaterThanInclusive", value: threshold }] },
  };
}

function sorted(alerts: readonly OracleAlert[]): readonly string[] {
  return alerts.map((alert) => JSON.stringify(alert)).sort();
}

test("rules over windows give what their definition says", () => {
  let alertCount = 0;
  fc.assert(
    fc.property(
      ruleSet,
      fc.oneof(arrivals, driftingArrivals),
      fc.constantFrom(0, 3, 15, 100),
      (rules, events, outOfOrdernessMs) => {
        const lines = events.map(({ time, key, value }) => `${time} a key_=${key} value=${value}`);
        const { outputs } = run(
          { rules: rules.map(documentOf) },
          [...lines, "end"].join("\n"),
          settingsOf({ outOfOrdernessMs }),
        );
        const given = draftsOf(outputs).map(({ alert }): OracleAlert => {
          const window = alert.facts["w"];
          const value =
            typeof window === "object" && window !== null && "total" in window ? window["total"] : undefined;
          return {
            rule: alert.rule,
            key: alert.key["key_"] === undefined ? undefined : Number(alert.key["key_"]),
            time: alert.time,
            value: Number(value),
            evidence: alert.evidence.map(Number),
          };
        });
        const expected = rules.flatMap((rule) => alertsOf(rule, events, outOfOrdernessMs));
        alertCount += expected.length;
        expect(sorted(given)).toEqual(sorted(expected));
      },
    ),
    { numRuns: 400 },
  );
  expect(alertCount).toBeGreaterThan(400);
});
