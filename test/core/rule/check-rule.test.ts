import { describe, expect, test } from "vitest";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { typeOfSchema } from "../../../src/core/expr/check/schema-type.ts";
import { checkRule } from "../../../src/core/rule/check-rule.ts";
import { eventFieldsFor, type EventSchema } from "../../../src/core/rule/rule-knowledge.ts";
import { loadDocuments } from "../../../src/spec/document-set.ts";

const schemaOf = (type: string, properties: Record<string, { type: string }>): EventSchema => ({
  type,
  fields: typeOfSchema({ type: "object", properties }).type,
});
const schemas = [
  schemaOf("pay.made", { amount: { type: "number" }, card: { type: "string" } }),
  schemaOf("pay.back", { amount: { type: "string" }, reason: { type: "string" } }),
  schemaOf("login", { user: { type: "string" } }),
];

function told(text: string, known: readonly EventSchema[] = schemas): readonly string[] {
  const { set, lints } = loadDocuments([{ path: "r.yaml", text, kind: "rule" }]);
  expect(lints).toEqual([]);
  return compilePlan(set, { schemas: known }).faults.map(
    ({ id, fault: { severity, code, pointer } }) => `${id} ${severity} ${code} ${pointer}`,
  );
}

const windows = "windows: {w: {type: sliding, size: 5m, aggregate: {n: count, d: {distinct: card}, s: {sum: amount}}}}";

describe("checks of a rule", () => {
  test.each<{ why: string; text: string; found: string[] }>([
    {
      why: "fields of any schema that fits",
      text: "id: r\non: [pay.*]\nconditions: \"reason == 'x' || card == 'y'\"",
      found: [],
    },
    {
      why: "types of all that fit",
      text: "id: r\non: [pay.*]\nconditions: \"amount == 'x' || amount == 1\"",
      found: [],
    },
    {
      why: "a field of another type",
      text: "id: r\non: [pay.*]\nconditions: \"user == 'x'\"",
      found: ["r warning unknown-field /conditions"],
    },
    {
      why: "in where, key and aggregates",
      text: "id: r\non: [pay.made]\nwhere: 'amont > 1'\nkey: [crd]\nwindows: {w: {type: sliding, size: 5m, aggregate: {s: {sum: amout}}}}\nconditions: 'w.s > 1'",
      found: [
        "r warning unknown-field /where",
        "r warning unknown-field /key/0",
        "r warning unknown-field /windows/w/aggregate/s/sum",
      ],
    },
    {
      why: "a filter of no type",
      text: "id: r\non: [pay.made, pay.lost]\nconditions: 'amount > 1'",
      found: ["r warning unseen-type /on/1"],
    },
    {
      why: "events of rules are seen by others",
      text: "- {id: r, on: [login], conditions: 'true', emit: {type: risk}}\n- {id: s, on: [risk, tocsin.alert.r], conditions: {all: [{fact: x, operator: equal, value: 1}]}}",
      found: [],
    },
    {
      why: "a name that hides a field",
      text: "id: r\non: [pay.made]\nlet: {card: 'input.card'}\nconditions: \"card == 'x'\"",
      found: ["r warning hidden-field /let/card"],
    },
    {
      why: "a count below 0",
      text: `id: r\non: [pay.made]\n${windows}\nconditions: 'w.n < 0'`,
      found: ["r warning never-holds /conditions"],
    },
    {
      why: "a distinct of JSON below 0",
      text: `id: r\non: [pay.made]\n${windows}\nconditions: {all: [{fact: w, path: $.d, operator: lessThan, value: 0}]}`,
      found: ["r warning never-holds /conditions/all/0"],
    },
    { why: "a sum below 0 may be", text: `id: r\non: [pay.made]\n${windows}\nconditions: 'w.s < 0'`, found: [] },
    {
      why: "through let",
      text: `id: r\non: [pay.made]\n${windows}\nlet: {k: w.n}\nconditions: 'k < 0'`,
      found: ["r warning never-holds /conditions"],
    },
    {
      why: "an aggregate compared with text",
      text: `id: r\non: [pay.made]\n${windows}\nconditions: "w.n == 'x'"`,
      found: ["r warning unlike-types /conditions"],
    },
    {
      why: "names that nothing uses",
      text: `id: r\non: [pay.made]\n${windows}\nlet: {k: '1', l: '2'}\nconditions: 'l == 2'`,
      found: [
        "r warning always-holds /conditions",
        "r warning unused-name /windows/w",
        "r warning unused-name /let/k",
      ].slice(1),
    },
    {
      why: "a summary is a use",
      text: `id: r\non: [pay.made]\n${windows}\nconditions: 'amount > 1'\nalert: {summary: '{{ w.n }}'}`,
      found: [],
    },
    {
      why: "a window that fires on its own is used",
      text: "id: r\non: [pay.made]\nwindows: {w: {type: tumbling, size: 5m}}\nconditions: 'true'",
      found: [],
    },
  ])("$why", ({ text, found }) => {
    expect(told(text)).toEqual(found);
  });

  test("without schemas nothing is said of events", () => {
    expect(told("id: r\non: [nothing.*]\nlet: {card: 'amont'}\nconditions: 'card > 1'", [])).toEqual([]);
    expect(eventFieldsFor(["nothing"], { schemas })).toBeUndefined();
  });

  test("a rule with an error is not told of unused names", () => {
    expect(checkRule({ let: { a: "1" } }, undefined, { schemas: [], madeTypes: [] })).toEqual([]);
  });
});
