import { describe, expect, test } from "vitest";
import { ruleLints } from "./load-kit.ts";

describe("forms of keys, emit and active times", () => {
  test.each([
    "key: {a: b, c: {x.*: d, '>': lower(e)}, f: {each: [g, h]}}",
    "key: {}",
    "emit: {type: a.b, fields: {x: y + 1}}",
    "emit: {type: risk}",
    "emit: null",
    "mode: shadow",
    "activeTimes: {timeZone: Europe/Berlin, days: [mon-fri, sun], hours: ['09:00-17:00', '22:00-24:00']}",
    "activeTimes: {days: [sat]}",
  ])("taken: %s", (text) => {
    expect(ruleLints(`conditions: a > 1\n${text}\n`)).toEqual([]);
  });

  test.each([
    { text: "key: {1a: b}", why: "a part's name is one" },
    { text: "key: {a: {}}", why: "no type is fitted" },
    { text: "key: {a: {each: []}}", why: "each of nothing" },
    { text: "key: {a: {each: [b], x: c}}", why: "each stands alone" },
    { text: "key: {a: {'404': b}}", why: "digits alone lose their place" },
    { text: "key: {a: {'x*': b}}", why: "no type filter" },
    { text: "emit: {fields: {}}", why: "no type" },
    { text: "emit: {type: 'a.*'}", why: "a filter is no type" },
    { text: "emit: {type: a, fields: {x.y: z}}", why: "a field's name is one" },
    { text: "activeTimes: {timeZone: UTC}", why: "neither days nor hours" },
    { text: "activeTimes: {days: []}", why: "no day" },
    { text: "activeTimes: {days: [monday]}", why: "no day" },
    { text: "activeTimes: {hours: ['9:00-17:00']}", why: "no hours" },
    { text: "activeTimes: {hours: ['24:00-25:00']}", why: "no hours" },
  ])("refused: $text: $why", ({ text }) => {
    const lints = ruleLints(`conditions: a > 1\n${text}\n`);
    expect(lints.length).toBeGreaterThan(0);
    for (const lint of lints) expect(lint).toMatch(/^2:.* error\[(wrong-value|wrong-type|missing-key|unknown-key)\]/);
  });
});
