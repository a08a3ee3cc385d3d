import { describe, expect, test } from "vitest";
import { aDuration, patternLints, ruleLints } from "./load-kit.ts";

describe("what this version does not do yet is called so, never unknown", () => {
  const key = (name: string) => `\`${name}\` is not in this version yet: remove it`;
  const value = (name: string) => `\`${name}\` with this value is not in this version yet: remove it`;
  test.each([
    { text: "detectors: {}", at: "1:1+9", message: key("detectors") },
    { text: "limits: {maxKeys: 5}", at: "1:1+6", message: key("limits") },
    { text: "for: 5m", at: "1:6+2", message: value("for") },
    { text: "keepFiringFor: 5m", at: "1:16+2", message: value("keepFiringFor") },
    { text: "keys: {list: a}", at: "1:7+9", message: value("keys") },
    {
      text: "evaluate: {every: 30s}",
      at: "1:11+12",
      message: "`evaluate: {every: …}` is not in this version yet: evaluate at event, window:<name> or pattern:<name>",
    },
    {
      text: "evaluate: [event, {every: 30s}]",
      at: "1:19+12",
      message: "`evaluate: {every: …}` is not in this version yet: evaluate at event, window:<name> or pattern:<name>",
    },
    { text: "alert: {resolve: whenFalse}", at: "1:18+9", message: value("resolve") },
    { text: "alert: {resolve: {all: []}}", at: "1:18+9", message: value("resolve") },
    { text: "alert: {resolveAfter: 1h}", at: "1:9+12", message: key("resolveAfter") },
    ...["hopping", "cumulative", "session", "count", "calendar", "global"].map((type) => ({
      text: `windows: {w: {type: ${type}, gap: 1m, unit: day, aggregate: {n: count}}}`,
      at: `1:21+${type.length}`,
      message: `\`${type}\` windows are not in this version yet: use sliding or tumbling`,
    })),
    ...["trigger", "ago", "resolution", "allowedLateness"].map((name) => ({
      text: `windows: {w: {type: sliding, size: 1m, ${name}: 5m}}`,
      at: `1:40+${name.length}`,
      message: `\`${name}\` of such a window is not in this version yet: remove it`,
    })),
    ...["stddev", "first", "last", "percentile", "topK", "collect", "ratio", "rate", "per", "regression"].map(
      (name) => ({
        text: `windows: {w: {type: sliding, size: 1m, aggregate: {n: {${name}: x, p: 0.9}}}}`,
        at: `1:56+${name.length}`,
        message: `the aggregate \`${name}\` is not in this version yet`,
      }),
    ),
    ...["any", "permute", "sequence"].map((name) => ({
      text: `patterns: {p: {sequence: [{begin: a, ${name}: []}]}}`,
      at: `1:38+${name.length}`,
      message: `\`${name}\` in a step is not in this version yet`,
    })),
    { text: "patterns: {p: {sequence: [{begin: a}], emit: count}}", at: "1:46+5", message: value("emit") },
  ])("$text", ({ text, at, message }) => {
    expect(ruleLints(`${text}\n`)).toEqual([`${at} error[unsupported] ${message}`]);
  });

  test("in a pattern document", () => {
    expect(patternLints("key: {a: b}\nemit: first\nlimit: 5\nsequence:\n  - {any: []}\n")).toEqual([
      "2:7+5 error[unsupported] `emit` with this value is not in this version yet: remove it",
      "3:8+1 error[unsupported] `limit` with this value is not in this version yet: remove it",
      "5:6+3 error[unsupported] `any` in a step is not in this version yet",
    ]);
  });

  test("of an aggregate that comes later nothing else is told", () => {
    expect(ruleLints("windows: {w: {type: hopping, size: x, aggregate: {n: {topK: x, k: 5}}}}\n")).toEqual([
      "1:21+7 error[unsupported] `hopping` windows are not in this version yet: use sliding or tumbling",
      `1:36+1 error[wrong-value] expected ${aDuration}, found the text "x"`,
      "1:55+4 error[unsupported] the aggregate `topK` is not in this version yet",
    ]);
  });

  test("a key with its neutral value says nothing and is taken", () => {
    const text =
      "keys: null\nwhere: null\nfor: null\nkeepFiringFor: null\nactiveTimes: null\norder: eventTime\nalert: {resolve: never}\nconditions: a > 1\n";
    expect(ruleLints(text)).toEqual([]);
    expect(
      patternLints("where: null\nemit: each\nlimit: null\nsequence: [{begin: a, within: null, until: null}]\n"),
    ).toEqual([]);
  });
});
