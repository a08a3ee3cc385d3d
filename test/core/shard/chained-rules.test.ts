import fc from "fast-check";
import { expect, test } from "vitest";
import { type OracleEvent, type OracleResult, type OracleRule, resultsOf } from "../../oracle/chained-rules.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { step } from "../../../src/core/shard/step.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { entryOf, planOf, restored, settingsOf } from "./scenario.ts";

const term = fc.constantFrom("a" as const, "b" as const, "prev.a" as const, "keySince" as const);
const body = fc.record({
  each: fc.subarray(["a", "b"]),
  left: term,
  right: fc.oneof(term, fc.integer({ min: 0, max: 4 })),
  where: fc.constantFrom(0, 0, 1, 2),
  active: fc.option(fc.constantFrom([0, 1] as const, [1, 3] as const), { nil: undefined }),
  throttleMs: fc.option(fc.constantFrom(5, 60_000), { nil: undefined }),
  hasEmit: fc.boolean(),
  isShadow: fc.constantFrom(false, false, true),
  /** Of which of the rules before it takes what; 0 stands for the input. */
  behind: fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 }),
  takesAlerts: fc.constantFrom(false, false, true),
});
/** Each takes the input, or what rules before it make: there is no circle. */
const ruleSet = fc.array(body, { minLength: 1, maxLength: 5 }).map((bodies) =>
  bodies.map(({ hasEmit, behind, takesAlerts, ...rest }, index): OracleRule => {
    const before = behind.map((of) => of % (index + 1));
    const on = before.map((of) => (of === 0 ? "x" : takesAlerts ? `tocsin.alert.r${of - 1}` : `made${of - 1}`));
    return {
      ...rest,
      id: `r${index}`,
      on: [...new Set(on)],
      emit: hasEmit ? `made${index}` : undefined,
      where: takesAlerts ? -1 : rest.where,
      each: takesAlerts ? [] : rest.each,
    };
  }),
);
const input = fc
  .array(fc.record({ passedMs: fc.oneof(fc.nat(10), fc.constant(45_000)), a: fc.nat(4), b: fc.nat(3) }), {
    maxLength: 25,
  })
  .map((events) => {
    let time = 0;
    return events.map(({ passedMs, a, b }): OracleEvent => ({ type: "x", time: (time += passedMs), fields: { a, b } }));
  });

const clock = (minute: number) => `00:${String(minute).padStart(2, "0")}`;

/** As the oracle reads it: what is absent is 0. */
const textOf = (of: OracleRule["right"]) =>
  typeof of === "number" || of === "keySince"
    ? String(of)
    : of === "prev.a"
      ? "(prev == null || prev.a == null ? 0 : prev.a)"
      : `(${of} == null ? 0 : ${of})`;

function documentOf(rule: OracleRule, index: number): object {
  const { id, on, each, left, right, where, active, throttleMs, emit, isShadow } = rule;
  return {
    id,
    on,
    priority: 100 - index,
    where: where < 0 ? null : `a >= ${where}`,
    key: each.length === 0 ? [] : { k: { each } },
    conditions: `${textOf(left)} >= ${textOf(right)}`,
    alert: throttleMs === undefined ? {} : { throttle: `${throttleMs}ms` },
    emit: emit === undefined ? null : { type: emit, fields: { a: textOf(left), b: textOf("b") } },
    activeTimes:
      active === undefined
        ? null
        : {
            hours: Array.from(
              { length: 24 },
              (_, hour) =>
                `${String(hour).padStart(2, "0")}:${clock(active[0]).slice(3)}-${String(hour).padStart(2, "0")}:${clock(active[1]).slice(3)}`,
            ),
          },
    mode: isShadow ? "shadow" : "live",
  };
}

function resultOf(output: Output): OracleResult[] {
  if (output.kind === "alert") {
    const { rule, key, time } = output.draft.alert;
    return [{ kind: "alert", rule, key: key["k"] === undefined ? undefined : Number(key["k"]), time }];
  }
  // The line of an event does not name its key.
  return output.kind === "event" ? [{ kind: "event", rule: output.rule, key: undefined, time: output.event.time }] : [];
}

/** An event's line stands where it is taken, behind all that its cause led to: order is that of each kind and rule. */
function sorted(results: readonly OracleResult[]): readonly string[] {
  return results.map(({ kind, rule, key, time }) => `${rule} ${kind} ${kind === "event" ? "" : key} @${time}`).sort();
}

test("rules behind one another give what their definition says, stopped and restored at any line", () => {
  let resultCount = 0;
  fc.assert(
    fc.property(ruleSet, input, fc.nat(25), (rules, events, cut) => {
      const outputs: Output[] = [];
      let shard = new Shard(planOf({ rules: rules.map(documentOf) }), settingsOf());
      for (const [sequence, { time, fields }] of events.entries()) {
        if (sequence === cut) shard = restored(shard);
        step(shard, entryOf(`${time} x a=${fields["a"]} b=${fields["b"]}`, sequence), outputs);
      }
      const expected = resultsOf(rules, events);
      resultCount += expected.length;
      expect(sorted(outputs.flatMap(resultOf))).toEqual(sorted(expected));
      const alertsOf = (results: readonly OracleResult[]) => results.filter(({ kind }) => kind === "alert");
      expect(alertsOf(outputs.flatMap(resultOf))).toEqual(alertsOf(expected));
    }),
    { numRuns: 150 },
  );
  expect(resultCount).toBeGreaterThan(500);
});
