import { expect, test } from "vitest";
import { effectIdOf } from "../../src/core/alert/alert-identity.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { EffectMaker } from "../../src/engine/effects-of.ts";
import { eventTimeMs } from "../../src/core/time/instant.ts";
import { sampleAlert } from "../contract/sample-effects.ts";

function alertWith(template: string | undefined, variables: Readonly<Record<string, unknown>> = {}): Output {
  const { summary: _, ...alert } = sampleAlert(1);
  return { kind: "alert", draft: { alert, title: "Card testing", template, variables } };
}

const rows: readonly { why: string; template: string | undefined; summary: string; reports: number }[] = [
  { why: "without a template: title and key", template: undefined, summary: "Card testing: cardBin=4111", reports: 0 },
  { why: "a template sees the variables", template: "{{ n }} times", summary: "3 times", reports: 0 },
  { why: "a name that is absent is empty", template: "[{{ nobody }}]", summary: "[]", reports: 0 },
  {
    why: "an unknown filter: the plain line",
    template: "{{ n | nofilter }}",
    summary: "Card testing: cardBin=4111",
    reports: 1,
  },
  {
    why: "a template that is none: the plain line",
    template: "{% if %}",
    summary: "Card testing: cardBin=4111",
    reports: 1,
  },
  {
    why: "a template without end is cut off",
    template: "{% for i in (1..100000000) %}x{% endfor %}",
    summary: "Card testing: cardBin=4111",
    reports: 1,
  },
  {
    why: "no file is read",
    template: "{% include '/etc/passwd' %}",
    summary: "Card testing: cardBin=4111",
    reports: 1,
  },
  {
    why: "now is the alert's time, in UTC",
    template: "{{ 'now' | date: '%Y-%m-%d %H:%M' }}",
    summary: "2020-01-02 03:04",
    reports: 0,
  },
  {
    why: "a number is epoch milliseconds",
    template: "{{ now | date: '%Y-%m-%dT%H:%M:%S' }}",
    summary: "2020-01-02T03:04:05",
    reports: 0,
  },
  {
    why: "nothing is drawn by lot",
    template: "{{ 'abc' | split: '' | sample }}",
    summary: "Card testing: cardBin=4111",
    reports: 1,
  },
  { why: "no prototype is reached", template: "[{{ n.constructor.name }}]", summary: "[]", reports: 0 },
];

test.each(rows)("$why", ({ template, summary, reports }) => {
  const reported: string[] = [];
  const maker = new EffectMaker((rule, error) => reported.push(`${rule}: ${error}`));
  const effect = maker.effectOf(alertWith(template, { n: 3, now: Date.UTC(2020, 0, 2, 3, 4, 5) }));
  expect(effect).toMatchObject({ kind: "alert", id: sampleAlert(1).id, alert: { summary } });
  expect(reported).toHaveLength(reports);
});

test("dead letters and alarms pass as they are; observations are no effects", () => {
  const maker = new EffectMaker(() => expect.fail());
  const alarm = { code: "log-gap", message: "gone" } as const;
  const id = effectIdOf(["alarm"]);
  expect(maker.effectOf({ kind: "alarm", id, alarm })).toEqual({ kind: "alarm", id, alarm });
  const position = { source: "s", sequence: 0, index: 0, derived: "aX" };
  const event = { position, id: "aX", type: "t", time: eventTimeMs(1), source: "tocsin", fields: {} };
  expect(maker.effectOf({ kind: "event", rule: "r", isShadow: false, event })).toBeUndefined();
  expect(maker.effectOf({ kind: "late", rule: "r", window: undefined, pattern: "p", event: 1 })).toBeUndefined();
});
