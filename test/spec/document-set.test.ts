import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { defineSchema } from "../../src/spec/define.ts";
import { type DocumentFile, isTestFile, loadDocuments } from "../../src/spec/document-set.ts";
import { patternSchema } from "../../src/spec/pattern.ts";
import { ruleSchema } from "../../src/spec/rule.ts";
import { checkDocument } from "../../src/spec/schema-fault.ts";
import type { DocumentKind } from "../../src/spec/unsupported.ts";
import { lintLine } from "./lint-line.ts";

const load = (...files: readonly (readonly [path: string, text: string])[]) =>
  loadDocuments(
    files.map(
      ([path, text]): DocumentFile => ({
        path,
        text,
        kind: path.startsWith("patterns/") ? "pattern" : path.startsWith("lists/") ? "list" : "rule",
      }),
    ),
  );

const ruleLints = (text: string) => load(["rules/r.yaml", text]).lints.map(lintLine);
const patternLints = (text: string) => load(["patterns/p.yaml", text]).lints.map(lintLine);

const aDuration = 'a duration with a unit, such as "500ms", "30s", "10m", "1h30m", "7d" or "PT10M"';
const aCondition = "a condition: a CEL text, or an object with all, any, not, condition or fact";
const anExpression = "a field path such as device.id, or a CEL expression";
const anAggregate = "an aggregate: count, or an object with sum, avg, min, max or distinct";

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
        '1:21+7 error[wrong-value] expected `sliding` or `tumbling`, found the text "tumblin"; did you mean "tumbling"?',
      ],
    },
    {
      why: "a window type of another kind",
      text: "windows: {w: {type: [], size: 1m}}\n",
      lints: ["1:21+2 error[wrong-type] expected `sliding` or `tumbling`, found an empty list"],
    },
    {
      why: "no window type, and what all windows share is checked all the same",
      text: "windows:\n  w: {size: 5}\n",
      lints: [
        "2:3+1 error[missing-key] the key `type` is missing: expected `sliding` or `tumbling`",
        `2:13+1 error[wrong-type] expected ${aDuration}, found the number 5`,
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
      lints: ["1:14+1 error[wrong-type] expected a window: an object with `type` and `size`, found the number 5"],
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
      lints: ["1:52+1 error[missing-key] one of the keys `count`, `sum`, `avg`, `min`, `max` or `distinct` is missing"],
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
      lints: ['1:7+3 error[wrong-value] expected live or disabled, found the text "lve"; did you mean "live"?'],
    },
    {
      why: "when to evaluate",
      text: "evaluate: [event, windw:a]\n",
      lints: [
        '1:19+7 error[wrong-value] expected "event", "window:<name>" or "pattern:<name>", found the text "windw:a"',
      ],
    },
    {
      why: "an alert that is none",
      text: "alert: true\n",
      lints: [
        "1:8+4 error[wrong-value] expected false, or an object with summary, fingerprint, throttle, labels or channels, found true",
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
      '4:7+3 error[wrong-value] expected live or disabled, found the text "lve"; did you mean "live"?',
    ]);
  });
});

describe("what this version does not do yet is called so, never unknown", () => {
  const key = (name: string) => `\`${name}\` is not in this version yet: remove it`;
  const value = (name: string) => `\`${name}\` with this value is not in this version yet: remove it`;
  test.each([
    { text: "detectors: {}", at: "1:1+9", message: key("detectors") },
    { text: "lookup: {}", at: "1:1+6", message: key("lookup") },
    { text: "lists: []", at: "1:1+5", message: key("lists") },
    { text: "emit: {type: a}", at: "1:1+4", message: key("emit") },
    { text: "limits: {maxKeys: 5}", at: "1:1+6", message: key("limits") },
    { text: "for: 5m", at: "1:6+2", message: value("for") },
    { text: "keepFiringFor: 5m", at: "1:16+2", message: value("keepFiringFor") },
    { text: "keys: {list: a}", at: "1:7+9", message: value("keys") },
    { text: "activeTimes: {days: []}", at: "1:14+10", message: value("activeTimes") },
    { text: "order: arrival", at: "1:8+7", message: value("order") },
    { text: "mode: shadow", at: "1:7+6", message: "`mode: shadow` is not in this version yet" },
    {
      text: "key: {a: b}",
      at: "1:6+6",
      message: "`key` as a map is not in this version yet: give a list of expressions",
    },
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
    ...["trigger", "lateTo", "ago", "resolution", "allowedLateness"].map((name) => ({
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
      "1:6+6 error[unsupported] `key` as a map is not in this version yet: give a list of expressions",
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

  test("a list's file", () => {
    const { lints } = load(["lists/l.yaml", "id: a\n"]);
    expect(lints.map(lintLine)).toEqual([
      "1:1+0 error[unsupported] lists and tables are not in this version yet: remove the file",
    ]);
  });
});

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

describe("ids", () => {
  const rule = "conditions: a > 1\n";

  test("of the file, with the index where it holds several", () => {
    const { set, lints } = load(
      ["rules/a/one.yaml", rule],
      ["rules/many.yml", `id: own\n${rule}---\n- ${rule}- define: {c: a}\n- ${rule}`],
      ["rules/x.y.json", '{"conditions": "a"}'],
    );
    expect(lints).toEqual([]);
    expect(set.rules.map(({ id }) => id)).toEqual(["one", "own", "many.1", "many.3", "x.y"]);
  });

  test.each([
    {
      why: "written down in both",
      files: [
        ["rules/a.yaml", `id: x\n${rule}`],
        ["rules/b.yaml", `${rule}id: x\n`],
      ],
      lint: "2:5+1 error[duplicate] the rule id `x` is taken by rules/a.yaml:1:5: give one of them another",
    },
    {
      why: "of one file, by another's name",
      files: [
        ["rules/a.yaml", `id: b\n${rule}`],
        ["rules/b.yaml", rule],
      ],
      lint: "1:1+17 error[duplicate] the rule id `b` is taken by rules/a.yaml:1:5: give one of them another",
    },
    {
      why: "of one name in two folders",
      files: [
        ["rules/a/x.yaml", rule],
        ["rules/b/x.yaml", rule],
      ],
      lint: "1:1+17 error[duplicate] the rule id `x` is taken by rules/a/x.yaml:1:1: give one of them another",
    },
    {
      why: "of one that is faulty itself",
      files: [
        ["rules/a.yaml", "id: x\nmode: 5\n"],
        ["rules/b.yaml", `id: x\n${rule}`],
      ],
      lint: "1:5+1 error[duplicate] the rule id `x` is taken by rules/a.yaml:1:5: give one of them another",
    },
  ] as const)("are unique: $why", ({ files, lint }) => {
    const { lints } = load(...files);
    expect(lints.filter(({ code }) => code === "duplicate").map(lintLine)).toEqual([lint]);
  });

  test("a rule and a pattern may have one id", () => {
    expect(load(["rules/a.yaml", rule], ["patterns/a.yaml", "sequence: [{begin: a}]\n"]).lints).toEqual([]);
  });

  test("a file name that gives no id", () => {
    expect(load(["rules/10 a.yaml", rule]).lints.map(lintLine)).toEqual([
      "1:1+17 error[wrong-value] the file's name gives no valid id (`10 a`): rename the file, or add `id:`; an id is a letter or _, then letters, digits, _, . and -",
    ]);
  });

  test("tests beside documents are left out", () => {
    expect(
      ["a.test.yaml", "a.test.yml", "rules/a.test.json", "a.TEST.YAML", "test.yaml", "a.tests.yaml"].map(isTestFile),
    ).toEqual([true, true, true, true, false, false]);
    expect(load(["rules/a.test.yaml", "nonsense: ["])).toMatchObject({ set: { rules: [] }, lints: [] });
  });
});

describe("named conditions", () => {
  test("are kept by name, with their place", () => {
    const loaded = load(["rules/d.yaml", "define:\n  big: amount > 100\n  home: {all: []}\n"]);
    expect(loaded.lints).toEqual([]);
    expect(loaded.set.named).toEqual([
      { name: "big", document: "amount > 100" },
      { name: "home", document: { all: [] } },
    ]);
    const lint = loaded.lintOf({
      kind: "define",
      id: "big",
      fault: { pointer: "", at: 9, severity: "error", code: "expression", message: "m" },
    });
    expect([lint.file, lint.pointer, lintLine(lint)]).toEqual([
      "rules/d.yaml",
      "/define/big",
      "2:17+3 error[expression] m",
    ]);
  });

  test("twice is a fault that names the other place", () => {
    expect(
      load(["rules/a.yaml", "define: {big: a}\n"], ["rules/b.yaml", "define:\n  big: b\n  small: c\n"]).lints.map(
        lintLine,
      ),
    ).toEqual([
      "2:3+3 error[duplicate] the named condition `big` is taken by rules/a.yaml:1:10: give one of them another",
    ]);
  });

  test("`define` stands alone", () => {
    expect(load(["rules/a.yaml", "define: {1x: 5}\nname: b\n"]).lints.map(lintLine)).toEqual([
      '1:10+2 error[wrong-value] wrong key: expected a name: a letter or _, then letters, digits and _, found the text "1x"',
      `1:14+1 error[wrong-type] expected ${aCondition}, found the number 5`,
      "2:1+4 error[unknown-key] unknown key `name`; known here: `define`",
    ]);
  });
});

test("a fault of the core's compilers gets its place, in an array of documents too", () => {
  const loaded = load(["rules/r.yaml", "- id: a\n  conditions: x\n- id: b\n  where: amount > totl\n"]);
  const lint = loaded.lintOf({
    kind: "rule",
    id: "b",
    fault: { pointer: "/where", at: 9, severity: "error", code: "unknown-name", message: "m" },
  });
  expect([lint.pointer, lintLine(lint)]).toEqual(["/1/where", "4:19+4 error[unknown-name] m"]);
  expect(loaded.placeOf("rule", "b")?.source.index).toBe(1);
  expect(loaded.placeOf("rule", "c")).toBeUndefined();
});

const schemas: readonly (readonly [DocumentKind, z.ZodType])[] = [
  ["rule", ruleSchema],
  ["pattern", patternSchema],
  ["define", defineSchema],
];

/** Values that look like documents: the words of the formats, put together at random. */
const wordValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      "a",
      "",
      "5m",
      "a.b",
      "count",
      "sliding",
      "tumbling",
      "hopping",
      "event",
      "window:w",
      "each",
      "never",
      "none",
      "strict",
      "5+",
      0,
      1,
      2.5,
      -1,
      true,
      false,
      null,
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        "id",
        "on",
        "where",
        "key",
        "windows",
        "w",
        "type",
        "size",
        "aggregate",
        "sum",
        "avg",
        "count",
        "patterns",
        "sequence",
        "begin",
        "next",
        "times",
        "within",
        "gap",
        "span",
        "skip",
        "toFirst",
        "toLast",
        "alert",
        "throttle",
        "evaluate",
        "event",
        "params",
        "conditions",
        "priority",
        "define",
        "emit",
        "constructor",
        "zzz",
      ),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

describe("the words for faults agree with the schema that decides", () => {
  test.each(schemas)("%s", (kind, schema) => {
    fc.assert(
      fc.property(fc.oneof(wordValue, fc.jsonValue()), (value) => {
        const { document, faults } = checkDocument(schema, value, { kind });
        const isValid = schema.safeParse(value).success;
        expect(document !== undefined).toBe(isValid);
        expect(faults.some(({ severity }) => severity === "error")).toBe(!isValid);
        expect(new Set(faults.map(({ pointer, message }) => `${pointer} ${message}`)).size).toBe(faults.length);
      }),
      { numRuns: 1000 },
    );
  });
});

test("of any values each rule or pattern is in the set or has an error, and nothing throws", () => {
  const values = fc.array(fc.oneof(wordValue, fc.jsonValue()), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, fc.constantFrom("rules/a.json", "patterns/a.json", "rules/a.yaml"), (documents, path) => {
      const loaded = load([path, JSON.stringify(documents)]);
      const places = [
        ...loaded.set.rules.map(({ id }) => loaded.placeOf("rule", id)),
        ...loaded.set.patterns.map(({ id }) => loaded.placeOf("pattern", id)),
      ];
      const indexes = places.map((place) => place?.source.index);
      const isDefine = (value: unknown) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, "define");
      const errors = loaded.lints.filter(({ severity }) => severity === "error");
      const isFaulty = (index: number) => errors.some(({ pointer }) => `${pointer}/`.startsWith(`/${index}/`));
      // Keys that are refused before there are documents leave the file without any.
      const isRefused = errors.some(({ pointer }) => pointer === "");
      const expected = documents.flatMap((value, index) =>
        isRefused || isFaulty(index) || isDefine(value) ? [] : [index],
      );
      expect(indexes).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
