import { describe, expect, test } from "vitest";
import { patternLints, ruleLints } from "./load-kit.ts";

describe("what this version does not do yet is called so, never unknown", () => {
  const key = (name: string) => `\`${name}\` is not in this version yet: remove it`;
  test.each([
    { text: "detectors: {}", at: "1:1+9", message: key("detectors") },
    ...["any", "permute", "sequence"].map((name) => ({
      text: `patterns: {p: {sequence: [{begin: a, ${name}: []}]}}`,
      at: `1:38+${name.length}`,
      message: `\`${name}\` in a step is not in this version yet`,
    })),
    {
      text: "patterns: {p: {sequence: [{begin: a}], emit: count}}",
      at: "1:46+5",
      message: "`emit` with this value is not in this version yet: remove it",
    },
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

  test("a key with its neutral value says nothing and is taken", () => {
    const text =
      "keys: null\nwhere: null\nfor: null\nkeepFiringFor: null\nactiveTimes: null\norder: eventTime\nalert: {resolve: never}\nconditions: a > 1\n";
    expect(ruleLints(text)).toEqual([]);
    expect(
      patternLints("where: null\nemit: each\nlimit: null\nsequence: [{begin: a, within: null, until: null}]\n"),
    ).toEqual([]);
  });
});
