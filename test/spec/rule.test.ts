import { describe, expect, test } from "vitest";
import { lintLine } from "./lint-line.ts";
import { aCondition, aDuration, anAggregate, anExpression, load, ruleLints } from "./load-kit.ts";

describe("faults of a rule", () => {
  test.each([
    {
      why: "an unknown key, with the nearest",
      text: "id: a\nwindws: {}\n",
      lints: ['2:1+6 error[unknown-key] unknown key `windws`; did you mean "windows"?'],
    },
    {
      why: "an unknown key, nothing near",
      text: "id: a\nzzzzzz: {}\n",
      lints: ["2:1+6 error[unknown-key] unknown key `zzzzzz`; remove it"],
    },
    {
      why: "a condition that is none",
      text: "on: [a]\nwhere: 5\n",
      lints: [`2:8+1 error[wrong-type] expected ${aCondition}, found the number 5`],
    },
    {
      why: "an empty condition",
      text: "on: [a]\nwhere: ''\n",
      lints: [`2:8+2 error[wrong-value] expected ${aCondition}, found the text ""`],
    },
    {
      why: "a bare number is no duration",
      text: "windows: {w: {type: sliding, size: 10}}\n",
      lints: [`1:36+2 error[wrong-type] expected ${aDuration}, found the number 10`],
    },
    {
      why: "a duration without unit",
      text: "windows: {w: {type: sliding, size: '10'}}\n",
      lints: [`1:36+4 error[wrong-value] expected ${aDuration}, found the text "10"`],
    },
    {
      why: "units out of order",
      text: "windows: {w: {type: sliding, size: 1s1h}}\n",
      lints: [`1:36+4 error[wrong-value] expected ${aDuration}, found the text "1s1h"`],
    },
    {
      why: "a window type, with the nearest",
      text: "windows: {w: {type: tumblin, size: 1m}}\n",
      lints: [
        '1:21+7 error[wrong-value] expected `sliding`, `tumbling`, `hopping`, `cumulative`, `session`, `count`, `calendar`, `global` or `plugin`, found the text "tumblin"; did you mean "tumbling"?',
      ],
    },
    {
      why: "a window type of another kind",
      text: "windows: {w: {type: [], size: 1m}}\n",
      lints: [
        "1:21+2 error[wrong-type] expected `sliding`, `tumbling`, `hopping`, `cumulative`, `session`, `count`, `calendar`, `global` or `plugin`, found an empty list",
      ],
    },
    {
      why: "no window type",
      text: "windows:\n  w: {size: 5}\n",
      lints: [
        "2:3+1 error[missing-key] the key `type` is missing: expected `sliding`, `tumbling`, `hopping`, `cumulative`, `session`, `count`, `calendar`, `global` or `plugin`",
      ],
    },
    {
      why: "no window size",
      text: "windows:\n  w: {type: sliding}\n",
      lints: [`2:3+1 error[missing-key] the key \`size\` is missing: expected ${aDuration}`],
    },
    {
      why: "a window that is none",
      text: "windows: {w: 5}\n",
      lints: [
        "1:14+1 error[wrong-type] expected a window: an object with `type` and what that type needs, found the number 5",
      ],
    },
    {
      why: "a name that conditions can't use",
      text: "windows: {a-b: {type: sliding, size: 1m}}\n",
      lints: [
        '1:11+3 error[wrong-value] wrong key: expected a name: a letter or _, then letters, digits and _, found the text "a-b"',
      ],
    },
    {
      why: "an aggregate, with the nearest",
      text: "windows: {w: {type: sliding, size: 1m, aggregate: {n: cuont}}}\n",
      lints: [`1:55+5 error[wrong-value] expected ${anAggregate}, found the text "cuont"; did you mean "count"?`],
    },
    {
      why: "an aggregate's key, with the nearest",
      text: "windows: {w: {type: sliding, size: 1m, aggregate: {n: {summ: x}}}}\n",
      lints: ['1:56+4 error[unknown-key] unknown key `summ`; did you mean "sum"?'],
    },
    {
      why: "two aggregates in one",
      text: "windows: {w: {type: sliding, size: 1m, aggregate: {n: {sum: x, avg: y}}}}\n",
      lints: ["1:55+16 error[wrong-value] `sum` and `avg` exclude each other: keep one of them"],
    },
    {
      why: "an aggregate of nothing",
      text: "windows: {w: {type: sliding, size: 1m, aggregate: {n: {where: a}}}}\n",
      lints: [
        "1:52+1 error[missing-key] one of the keys `count`, `sum`, `avg`, `min`, `max`, `stddev`, `first`, `last`, `distinct`, `percentile`, `p`, `topK`, `k`, `collect`, `ratio`, `rate`, `regression`, `use`, `per`, `of` or `give` is missing",
      ],
    },
    {
      why: "inside the aggregate that is meant",
      text: "windows: {w: {type: sliding, size: 1m, aggregate: {n: {sum: 5, were: a}}}}\n",
      lints: [
        `1:61+1 error[wrong-type] expected ${anExpression}, found the number 5`,
        '1:64+4 error[unknown-key] unknown key `were`; did you mean "where"?',
      ],
    },
    {
      why: "an event type filter",
      text: "on: [a..b]\n",
      lints: [
        '1:6+4 error[wrong-value] expected an event type filter in NATS subject syntax, such as "auth.login", "auth.*" or "payment.>", found the text "a..b"',
      ],
    },
    {
      why: "an empty list",
      text: "on: []\n",
      lints: ["1:5+2 error[wrong-value] expected a list of at least one item, found an empty list"],
    },
    {
      why: "an enum, with the nearest",
      text: "mode: lve\n",
      lints: ['1:7+3 error[wrong-value] expected live, shadow or disabled, found the text "lve"; did you mean "live"?'],
    },
    {
      why: "when to evaluate",
      text: "evaluate: [event, windw:a]\n",
      lints: [
        '1:19+7 error[wrong-value] expected "event", "window:<name>", "pattern:<name>" or {every: <duration>}, found the text "windw:a"',
      ],
    },
    {
      why: "an alert that is none",
      text: "alert: true\n",
      lints: [
        "1:8+4 error[wrong-value] expected false, or an object with summary, fingerprint, throttle, resolve, resolveAfter, labels or channels, found true",
      ],
    },
    {
      why: "an alert's key",
      text: "alert: {trottle: 5m}\n",
      lints: ['1:9+7 error[unknown-key] unknown key `trottle`; did you mean "throttle"?'],
    },
    {
      why: "an event without type",
      text: "event: {params: 5}\n",
      lints: [
        "1:1+5 error[missing-key] the key `type` is missing: expected a text or a number",
        "1:17+1 error[wrong-type] expected an object from names to values, found the number 5",
      ],
    },
    {
      why: "an id",
      text: "id: a b\n",
      lints: [
        '1:5+3 error[wrong-value] expected an id: a letter or _, then letters, digits, _, . and -, found the text "a b"',
      ],
    },
    {
      why: "a priority below one",
      text: "priority: 0.5\n",
      lints: ["1:11+3 error[wrong-value] expected a priority greater than zero, as json-rules-engine does, found 0.5"],
    },
    {
      why: "a priority that is no number",
      text: "priority: high\n",
      lints: [
        '1:11+4 error[wrong-value] expected a priority greater than zero, as json-rules-engine does, found "high"',
      ],
    },
    {
      why: "a priority of another kind",
      text: "priority: [1]\n",
      lints: ["1:11+3 error[wrong-type] expected a priority: a whole number from 1, found a list"],
    },
    {
      why: "no object at all",
      text: "- 5\n",
      lints: [
        "1:3+1 error[wrong-type] expected a rule: an object with `conditions`, `event` and the other keys of a rule, found the number 5",
      ],
    },
    {
      why: "a pattern that is neither id nor pattern",
      text: "patterns: {p: 7}\n",
      lints: ["1:15+1 error[wrong-type] expected the id of a pattern, or an inline pattern, found the number 7"],
    },
    {
      why: "inside an inline pattern",
      text: "patterns: {p: {sequence: [{begin: a, times: 0}]}}\n",
      lints: ['1:45+1 error[wrong-value] expected a whole number from 1, "n+" or "n..m", found the number 0'],
    },
  ])("$why", ({ text, lints }) => {
    expect(ruleLints(text)).toEqual(lints);
  });

  test("all faults of a document come out in one pass, in the order of the text", () => {
    expect(ruleLints("id: 5\nwindos: {}\nkey: [a, 7]\nmode: lve\n")).toEqual([
      "1:5+1 error[wrong-type] expected an id: a letter or _, then letters, digits, _, . and -, found the number 5",
      '2:1+6 error[unknown-key] unknown key `windos`; did you mean "windows"?',
      `3:10+1 error[wrong-type] expected ${anExpression}, found the number 7`,
      '4:7+3 error[wrong-value] expected live, shadow or disabled, found the text "lve"; did you mean "live"?',
    ]);
  });
});

describe("a plain json-rules-engine rule", () => {
  const conditions = { all: [{ fact: "a", operator: "equal", value: 1 }] };

  test("unknown keys are warnings and are left out", () => {
    const { set, lints } = load([
      "rules/r.json",
      JSON.stringify({ conditions, event: { type: "x" }, priorty: 5, onSuccess: "f" }),
    ]);
    expect(lints.map(({ severity, code, pointer, message }) => [severity, code, pointer, message])).toEqual([
      [
        "warning",
        "unknown-key",
        "/priorty",
        'unknown key `priorty` is ignored, as in json-rules-engine; did you mean "priority"?',
      ],
      ["warning", "unknown-key", "/onSuccess", "unknown key `onSuccess` is ignored, as in json-rules-engine"],
    ]);
    expect(set.rules).toEqual([{ id: "r", document: { conditions, event: { type: "x" } } }]);
  });

  test("with any key of Tocsin's own they are errors", () => {
    for (const own of ["severity: high", "for: null", "detectors: {}", "id: a"]) {
      const { set, lints } = load(["rules/r.yaml", `conditions: {all: []}\nevent: {type: x}\npriorty: 5\n${own}\n`]);
      expect(lints.map(lintLine)).toContain('3:1+7 error[unknown-key] unknown key `priorty`; did you mean "priority"?');
      expect(set.rules).toEqual([]);
    }
  });

  test.each([
    { why: "a number", priority: 7, taken: 7 },
    { why: "a number as text", priority: "5", taken: 5 },
    { why: "a fraction is cut", priority: 2.7, taken: 2 },
    { why: "0 is the default", priority: 0, taken: 1 },
    { why: "null is the default", priority: null, taken: 1 },
  ])("priority: $why", ({ priority, taken }) => {
    const { set, lints } = load(["rules/r.json", JSON.stringify({ conditions, event: { type: "x" }, priority })]);
    expect(lints).toEqual([]);
    expect(set.rules[0]?.document.priority).toBe(taken);
  });

  test("nothing that it does not say is added", () => {
    expect(
      Object.keys(
        load(["rules/r.json", JSON.stringify({ conditions, event: { type: "x" } })]).set.rules[0]?.document ?? {},
      ),
    ).toEqual(["conditions", "event"]);
  });
});
