import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatLints, lintSummary } from "../../src/cli/lint-report.ts";
import type { Lint } from "../../src/spec/lint.ts";

const lint = (parts: Partial<Lint>): Lint => ({
  file: "a.yaml",
  pointer: "",
  line: 1,
  column: 1,
  length: 1,
  severity: "error",
  code: "syntax",
  message: "m",
  ...parts,
});

const pretty = (text: string, parts: Partial<Lint>) =>
  formatLints([lint(parts)], new Map([["a.yaml", text]]), { format: "pretty", colour: false }).split("\n");

describe("pretty: the line and what is at fault in it", () => {
  test.each([
    {
      why: "a word",
      text: "id: a\nmode: lve\n",
      parts: { line: 2, column: 7, length: 3 },
      shown: ["2 | mode: lve", "  |       ^^^"],
    },
    { why: "an absent thing is one caret", text: "ab", parts: { column: 3, length: 0 }, shown: ["1 | ab", "  |   ^"] },
    { why: "a tab is two cells", text: "\tab", parts: { column: 2, length: 2 }, shown: ["1 |   ab", "  |   ^^"] },
    {
      why: "wide characters are two cells",
      text: "日本: x",
      parts: { column: 5 },
      shown: ["1 | 日本: x", "  |       ^"],
    },
    {
      why: "under wide characters",
      text: "a: 日本",
      parts: { column: 4, length: 2 },
      shown: ["1 | a: 日本", "  |    ^^^^"],
    },
    { why: "an emoji of two UTF-16 units", text: "😀 x", parts: { column: 4 }, shown: ["1 | 😀 x", "  |    ^"] },
    {
      why: "a combining accent takes no cell",
      text: "e\u0301 x",
      parts: { column: 4 },
      shown: ["1 | e\u0301 x", "  |   ^"],
    },
    {
      why: "control characters never reach the terminal",
      text: "a\u001B[31m x",
      parts: { column: 8 },
      shown: ["1 | a\uFFFD[31m x", "  |        ^"],
    },
    {
      why: "the line number's width moves both",
      text: `${"\n".repeat(99)}ab`,
      parts: { line: 100, column: 2 },
      shown: ["100 | ab", "    |  ^"],
    },
    { why: "CRLF", text: "a: 1\r\nb: 2\r\n", parts: { line: 2, column: 4 }, shown: ["2 | b: 2", "  |    ^"] },
    {
      why: "a range past the line's end stops there",
      text: "abc",
      parts: { column: 2, length: 99 },
      shown: ["1 | abc", "  |  ^^"],
    },
  ])("$why", ({ text, parts, shown }) => {
    expect(pretty(text, parts).slice(1, 3)).toEqual(shown);
  });

  test("a long line is cut around the caret, and the caret still stands under it", () => {
    const text = `${"a".repeat(300)}X${"b".repeat(300)}`;
    const [, line = "", carets = ""] = pretty(text, { column: 301 });
    expect(line).toHaveLength(4 + 122);
    expect(line.startsWith("1 | …a") && line.endsWith("b…")).toBe(true);
    expect(line.charAt(carets.indexOf("^"))).toBe("X");
  });

  test("the whole report", () => {
    const lints = [
      lint({ line: 1, column: 4, code: "wrong-value" }),
      lint({ file: "b.yaml", severity: "warning", code: "unknown-key", line: 7, column: 3 }),
    ];
    expect(formatLints(lints, new Map([["a.yaml", "a: x\n"]]), { format: "pretty", colour: false })).toBe(
      "a.yaml:1:4: error[wrong-value]: m\n1 | a: x\n  |    ^\n\nb.yaml:7:3: warning[unknown-key]: m\n\n1 error, 1 warning in 2 files\n",
    );
  });

  test("colours change nothing else", () => {
    const texts = new Map([["a.yaml", "a: x\n"]]);
    const coloured = formatLints([lint({ column: 4 })], texts, { format: "pretty", colour: true });
    expect(coloured).toContain("\u001B[1;31merror[syntax]:\u001B[0m");
    // biome-ignore lint: the escape is what is looked for
    expect(coloured.replace(/\u001B\[[\d;]+m/g, "")).toBe(
      formatLints([lint({ column: 4 })], texts, { format: "pretty", colour: false }),
    );
  });
});

test.each([
  { lints: [], summary: "no faults" },
  { lints: [lint({})], summary: "1 error in 1 file" },
  {
    lints: [lint({ severity: "warning" }), lint({ severity: "warning", file: "b" })],
    summary: "2 warnings in 2 files",
  },
  {
    lints: [lint({}), lint({ file: "b" }), lint({ severity: "warning", file: "c" })],
    summary: "2 errors, 1 warning in 3 files",
  },
])("summary: $summary", ({ lints, summary }) => {
  expect(lintSummary(lints)).toBe(summary);
});

test("github: one command a line, with its escapes", () => {
  const lints = [
    lint({ file: "a,b:c%.yaml", line: 2, column: 3, length: 4, message: "50 %\nmore" }),
    lint({ severity: "warning", length: 0 }),
  ];
  expect(formatLints(lints, new Map(), { format: "github", colour: true })).toBe(
    "::error file=a%2Cb%3Ac%25.yaml,line=2,col=3,endColumn=7,title=syntax::50 %25%0Amore\n::warning file=a.yaml,line=1,col=1,title=syntax::m\n",
  );
});

test("json: the lints themselves", () => {
  const lints = [lint({}), lint({ file: "b", pointer: "/a" })];
  expect(JSON.parse(formatLints(lints, new Map(), { format: "json", colour: true }))).toEqual(lints);
  expect(formatLints([], new Map(), { format: "json", colour: false })).toBe("[]\n");
});

test("no lints: nothing to print for people", () => {
  expect(formatLints([], new Map(), { format: "pretty", colour: false })).toBe("");
  expect(formatLints([], new Map(), { format: "github", colour: false })).toBe("");
});

test("any text and place: two lines of ordinary width, a caret, and no control character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.integer({ min: 1, max: 210 }),
      fc.nat(300),
      (text, column, length) => {
        const [, line = "", carets = ""] = pretty(text.replaceAll("\n", " "), { column, length });
        expect(carets).toContain("^");
        expect(/\p{Cc}/u.test(line)).toBe(false);
        expect(carets.length).toBeLessThan(140);
      },
    ),
  );
});

test("of a line as long as a file only what is near the fault is looked at", () => {
  const text = `${"x".repeat(3_000_000)}日本${"y".repeat(3_000_000)}`;
  const [, line = "", carets = ""] = pretty(text, { column: 3_000_001, length: 2 });
  expect(line.startsWith("1 | …xxx")).toBe(true);
  expect(line.endsWith("yyy…")).toBe(true);
  expect(line.length).toBeLessThan(130);
  expect(carets.trimEnd().endsWith(" ^^^^")).toBe(true);
  expect(carets.indexOf("^")).toBe(line.indexOf("日"));
});
