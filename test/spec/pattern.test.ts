import { describe, expect, test } from "vitest";
import { aDuration, patternLints } from "./load-kit.ts";

describe("faults of a pattern", () => {
  const oneName =
    "a step has exactly one of the keys `begin`, `next`, `followedBy`, `followedByAny`, `notNext`, `notFollowedBy`: it names the step";
  test.each([
    {
      why: "no steps",
      text: "within: 5m\n",
      lints: ["1:1+10 error[missing-key] the key `sequence` is missing: expected a list of at least one item"],
    },
    {
      why: "a step without name, and what else is wrong with it",
      text: "sequence:\n  - {times: 0}\n",
      lints: [
        `2:5+10 error[wrong-value] ${oneName}`,
        '2:13+1 error[wrong-value] expected a whole number from 1, "n+" or "n..m", found the number 0',
      ],
    },
    {
      why: "a step with two names",
      text: "sequence:\n  - begin: a\n    next: b\n",
      lints: [`2:5+8 error[wrong-value] ${oneName}`],
    },
    {
      why: "a misspelt name is told once",
      text: "sequence:\n  - begn: a\n",
      lints: ['2:5+4 error[unknown-key] unknown key `begn`; did you mean "begin"?'],
    },
    {
      why: "how often",
      text: "sequence: [{begin: a, times: 5-7}]\n",
      lints: ['1:30+3 error[wrong-value] expected a whole number from 1, "n+" or "n..m", found the text "5-7"'],
    },
    {
      why: "a bound that bounds nothing",
      text: "within: {}\nsequence: [{begin: a}]\n",
      lints: ["1:9+2 error[wrong-value] expected `span`, `gap` or both"],
    },
    {
      why: "a bound's key",
      text: "within: {gapp: 5m}\nsequence: [{begin: a}]\n",
      lints: ['1:10+4 error[unknown-key] unknown key `gapp`; did you mean "gap"?'],
    },
    {
      why: "a bound of a wrong kind",
      text: "within: 5\nsequence: [{begin: a}]\n",
      lints: [`1:9+1 error[wrong-type] expected ${aDuration} or an object, found the number 5`],
    },
    {
      why: "skip, with the nearest",
      text: "skip: pastLastEvnt\nsequence: [{begin: a}]\n",
      lints: [
        '1:7+12 error[wrong-value] expected none, toNext, pastLastEvent, {toFirst: step} or {toLast: step}, found the text "pastLastEvnt"; did you mean "pastLastEvent"?',
      ],
    },
    {
      why: "skip to a step, with the nearest",
      text: "skip: {tofirst: a}\nsequence: [{begin: a}]\n",
      lints: ['1:8+7 error[unknown-key] unknown key `tofirst`; did you mean "toFirst"?'],
    },
    {
      why: "contiguity inside",
      text: "sequence: [{begin: a, inner: strikt}]\n",
      lints: [
        '1:30+6 error[wrong-value] expected relaxed, strict or combinations, found the text "strikt"; did you mean "strict"?',
      ],
    },
  ])("$why", ({ text, lints }) => {
    expect(patternLints(text)).toEqual(lints);
  });
});
