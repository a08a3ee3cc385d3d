import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { pointerTo } from "../../src/core/base/fault.ts";
import { type ParsedDocument, parseDocuments } from "../../src/spec/document.ts";
import { lintLine } from "./lint-line.ts";

const tooDeep = "lists and objects are nested more than 64 levels deep: make the document flatter";

describe("syntax faults of JSON", () => {
  test.each([
    {
      why: "comments",
      text: '{"a": 1, // one\n"b": 2}',
      lints: ["1:10+6 error[syntax] JSON has no comments: remove it, or name the file .yaml"],
    },
    {
      why: "trailing commas, each",
      text: '{"a": [1,],\n}',
      lints: [
        "1:9+1 error[syntax] JSON has no trailing comma: remove it",
        "1:11+1 error[syntax] JSON has no trailing comma: remove it",
      ],
    },
    {
      why: "a key without quotes",
      text: "{a: 1}",
      lints: ['1:2+1 error[syntax] a key stands in double quotes: write "a"'],
    },
    {
      why: "single quotes",
      text: "{\"a\": 'b'}",
      lints: ["1:7+3 error[syntax] a text stands in double quotes in JSON"],
    },
    { why: "a missing comma", text: '{"a": 1\n "b": 2}', lints: ["2:2+1 error[syntax] expected a comma or `}`"] },
    { why: "a missing colon", text: '{"a" 1}', lints: ["1:6+1 error[syntax] expected `:` behind the key `a`"] },
    {
      why: "a leading zero",
      text: "[01]",
      lints: ['1:2+2 error[syntax] expected a value: a text stands in double quotes, so write "01"'],
    },
    {
      why: "a number beyond a double",
      text: "[1e999]",
      lints: ["1:2+5 error[syntax] the number is beyond the range of a double"],
    },
    { why: "an open list", text: '{"a": [1', lints: ["1:7+1 error[syntax] the `[` is not closed: add `]`"] },
    { why: "the wrong bracket", text: "[1}", lints: ["1:3+1 error[syntax] expected `]`, found `}`"] },
    {
      why: "a line break in a text",
      text: '["a\nb"]',
      lints: [
        '1:2+2 error[syntax] the text is not closed: add `"`, and write a line break in it as \\n',
        "2:1+1 error[syntax] expected a comma or `]`",
      ],
    },
    { why: "a bad escape", text: '["\\q"]', lints: ["1:3+2 error[syntax] unknown escape: write \\\\ for a backslash"] },
    {
      why: "something behind the value",
      text: "{} {}",
      lints: ["1:4+2 error[syntax] expected the end of the file behind the first value"],
    },
    { why: "an empty file", text: "", lints: ["1:1+0 error[syntax] the file ends where a value is expected"] },
    {
      why: "YAML in a .json file",
      text: "a: 1\n",
      lints: [
        '1:1+1 error[syntax] expected a value: a text stands in double quotes, so write "a"',
        "1:2+3 error[syntax] expected the end of the file behind the first value",
      ],
    },
    {
      why: "a key twice",
      text: '{"a": 1, "a": 2}',
      lints: ["1:10+3 error[duplicate] the key `a` stands twice in one object: remove one of them"],
    },
    {
      why: "__proto__",
      text: '{"__proto__": 1}',
      lints: ["1:2+11 error[unknown-key] the key `__proto__` is refused: give it another name"],
    },
    { why: "65 levels, told once", text: "[".repeat(70), lints: [`1:65+1 error[syntax] ${tooDeep}`] },
  ])("$why", ({ text, lints }) => {
    const parsed = parseDocuments("a.json", text);
    const found = parsed.lints.map(lintLine);
    expect(found.slice(0, lints.length)).toEqual(lints);
    expect(parsed.documents).toEqual([]);
  });
});

test.each([
  { why: "one document", file: "a.yaml", text: "a: 1\n", documents: [["", 0, 1]] },
  {
    why: "an array",
    file: "a.json",
    text: "[{}, {}]",
    documents: [
      ["/0", 0, 2],
      ["/1", 1, 2],
    ],
  },
  {
    why: "a stream with an array in it",
    file: "a.yaml",
    text: "a: 1\n---\n- b: 1\n- c: 1\n",
    documents: [
      ["", 0, 3],
      ["/0", 1, 3],
      ["/1", 2, 3],
    ],
  },
  {
    why: "empty documents between do not count",
    file: "a.yaml",
    text: "---\n---\na: 1\n---\n",
    documents: [["", 0, 1]],
  },
  { why: "64 levels", file: "a.json", text: `{"a":${"[".repeat(63)}${"]".repeat(63)}}`, documents: [["", 0, 1]] },
  { why: "a byte order mark", file: "a.json", text: "\uFEFF{}", documents: [["", 0, 1]] },
])("documents of a file: $why", ({ file, text, documents }) => {
  const parsed = parseDocuments(file, text);
  expect(parsed.lints).toEqual([]);
  expect(parsed.documents.map(({ base, index, countInFile }) => [base, index, countInFile])).toEqual(documents);
});

test("values are JSON's: keys are texts, aliases are written out, `no` is a text", () => {
  const { documents } = parseDocuments("a.yaml", "1: no\ntrue: 0x1F\na: &a [1]\nb: *a\nnull: ~\n<<: {c: 1}\n");
  expect(documents[0]?.value).toEqual({ "1": "no", true: 31, a: [1], b: [1], null: null, "<<": { c: 1 } });
});

const place = (
  text: string,
  pointer: string,
  options: Parameters<ParsedDocument["locate"]>[1] = {},
  file = "a.yaml",
) => {
  const found = parseDocuments(file, text).documents[0]?.locate(pointer, options);
  return found === undefined ? undefined : `${found.line}:${found.column}+${found.length}`;
};

/** The first text inside a value. */
function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? (Object.values(value).map(textIn)[0] ?? "") : "";
}

describe("locate", () => {
  test.each([
    { why: "a value", text: "a:\n  b: cd\n", pointer: "/a/b", place: "2:6+2" },
    { why: "its key", text: "a:\n  b: cd\n", pointer: "/a/b", options: { atKey: true }, place: "2:3+1" },
    {
      why: "a value over several lines: its part of the first",
      text: "a:\n  b: 1\n  c: 2\n",
      pointer: "/a",
      place: "2:3+4",
    },
    {
      why: "a list's item has no key",
      text: "a: [x, yz]\n",
      pointer: "/a/1",
      options: { atKey: true },
      place: "1:8+2",
    },
    {
      why: "nothing there: the key of the nearest around it",
      text: "a:\n  b: {}\n",
      pointer: "/a/b/c/d",
      place: "2:3+1",
    },
    { why: "nothing there, at the root", text: "a: 1\nb: 2\n", pointer: "/c", place: "1:1+4" },
    { why: "escaped pointer", text: "a/b: {c~d: 7}\n", pointer: "/a~1b/c~0d", place: "1:12+1" },
    { why: "an empty value stands behind its colon", text: "a:\nb: 1\n", pointer: "/a", place: "1:3+0" },
    { why: "an alias leads to its anchor", text: "a: &x {b: 7}\nc: *x\n", pointer: "/c/b", place: "1:11+1" },
    { why: "CRLF", text: "a: 1\r\nb:\r\n  c: xy\r\n", pointer: "/b/c", place: "3:6+2" },
    {
      why: "CRLF: the carriage return is not part of the line",
      text: "a:\r\n  - b: 1\r\n    c: 2\r\n",
      pointer: "/a/0",
      place: "2:5+4",
    },
  ])("$why", ({ text, pointer, options, place: expected }) => {
    expect(place(text, pointer, options)).toBe(expected);
  });

  test.each([
    { why: "plain", text: "a: foo && bar\n", word: "bar", place: "1:11+3" },
    { why: "plain over two lines", text: "a: foo &&\n   bar || baz\n", word: "baz", place: "2:11+3" },
    { why: "single quotes, doubled inside", text: "a: 'x == ''y'' && zed'\n", word: "zed", place: "1:19+3" },
    {
      why: "double quotes with escapes",
      text: 'a: "x == \\"y\\" \\u0041 \\U0001F600 zed"\n',
      word: "zed",
      place: "1:34+3",
    },
    { why: "double quotes, folded", text: 'a: "foo\n\n   bar\\\n   baz"\n', word: "bar", place: "3:4+4" },
    { why: "a literal block", text: "a: |\n  foo\n    bar baz\n", word: "baz", place: "3:9+3" },
    {
      why: "more indented: the spaces are part of the text",
      text: "a: |\n  foo\n    bar\n",
      word: "  bar",
      place: "3:3+1",
    },
    { why: "a folded block", text: "a: >-\n  foo\n  bar\n\n  baz qux\n", word: "qux", place: "5:7+3" },
    { why: "a block with indentation indicator", text: "a: |2\n   foo\n  bar\n", word: "bar", place: "3:3+3" },
    { why: "a sign is one unit", text: "a: foo + bar\n", word: "+", place: "1:8+1" },
  ])("inside a text: $why", ({ text, word, place: expected }) => {
    const value = textIn(parseDocuments("a.yaml", text).documents[0]?.value);
    expect(value).toContain(word);
    expect(place(text, "/a", { at: value.indexOf(word) })).toBe(expected);
  });

  test("inside a text: its end", () => {
    expect(place("a: foo +\n", "/a", { at: 5 })).toBe("1:9+0");
  });
});

const json = fc
  .jsonValue({ maxDepth: 4, stringUnit: "grapheme" })
  .filter((value) => !JSON.stringify(value).includes("__proto__"));
const inObject = fc.dictionary(
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((key) => key !== "__proto__"),
  json,
  { minKeys: 1, maxKeys: 4 },
);

/** Every pointer of a value, with what it leads to. */
function members(value: unknown, pointer = ""): readonly (readonly [string, unknown])[] {
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [[pointer, value], ...inside.flatMap(([key, member]) => members(member, pointerTo(pointer, key)))];
}

/** -0 is not 0 in JavaScript and is in JSON. */
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("the range of every pointer of a JSON text reads back to its value, and that of its key to the key", () => {
  fc.assert(
    fc.property(inObject, (object) => {
      const text = JSON.stringify(object);
      const [document] = parseDocuments("a.json", text).documents;
      expect(document?.value).toEqual(normal(object));
      for (const [pointer, member] of members(normal(object))) {
        const { line = 0, column = 0, length = 0 } = document?.locate(pointer) ?? {};
        expect(line).toBe(1);
        expect(JSON.parse(text.slice(column - 1, column - 1 + length))).toEqual(member);
      }
      for (const key of Object.keys(object)) {
        const { column = 0, length = 0 } = document?.locate(pointerTo("", key), { atKey: true }) ?? {};
        expect(JSON.parse(text.slice(column - 1, column - 1 + length))).toBe(key);
      }
    }),
  );
});

test("the range of every scalar of a YAML text reads back to its value", () => {
  fc.assert(
    fc.property(inObject, fc.constantFrom("BLOCK_LITERAL", "QUOTE_DOUBLE", "PLAIN"), (object, type) => {
      const text = stringify(normal(object), { lineWidth: 40, defaultStringType: type, blockQuote: false });
      const { documents, lints } = parseDocuments("a.yaml", text);
      expect(lints).toEqual([]);
      expect(documents[0]?.value).toEqual(normal(object));
      const lines = text.split("\n");
      for (const [pointer, member] of members(normal(object))) {
        if (typeof member === "object" && member !== null) continue;
        const { line = 0, column = 0, length = 0 } = documents[0]?.locate(pointer) ?? {};
        const shown = lines[line - 1]?.slice(column - 1, column - 1 + length) ?? "";
        // A text that goes on over several lines shows its part of the first.
        if (typeof member === "string" && /^["']/.test(shown) && shown.at(-1) !== shown[0]) continue;
        if (typeof member === "string" && !String(parse(shown)).startsWith(member) && member.startsWith(shown))
          continue;
        expect(parse(shown)).toEqual(member);
      }
    }),
  );
});

test("every unit of a text is found again where it stands", () => {
  const words = fc.array(fc.constantFrom("foo", "b'a\"r", "x", "===", "ü", "日本", "a\\b"), {
    minLength: 1,
    maxLength: 30,
  });
  const style = fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED");
  fc.assert(
    fc.property(
      words,
      fc.constantFrom(" ", "\n", "\n\n", "  ", "\n  "),
      style,
      fc.integer({ min: 20, max: 60 }),
      (parts, separator, type, lineWidth) => {
        const text = stringify(
          { key: { inner: parts.join(separator) } },
          {
            lineWidth,
            defaultStringType: type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? "PLAIN" : type,
            blockQuote: type === "BLOCK_LITERAL" ? "literal" : type === "BLOCK_FOLDED" ? "folded" : false,
          },
        );
        const [document] = parseDocuments("a.yaml", text).documents;
        // Not always the value that went in: `stringify` folds some texts wrongly.
        const read: unknown = parse(text);
        expect(document?.value).toEqual(read);
        const value = textIn(read);
        const lines = text.split("\n");
        let before = 0;
        for (let at = 0; at < value.length; at += 1) {
          if (/\s/.test(value.charAt(at))) continue;
          const { line = 0, column = 0 } = document?.locate("/key/inner", { at }) ?? {};
          const shown = lines[line - 1]?.slice(column - 1) ?? "";
          expect(line * 1000 + column).toBeGreaterThan(before);
          before = line * 1000 + column;
          expect(shown.startsWith(value.charAt(at)) || shown.startsWith(`\\${value.charAt(at)}`)).toBe(true);
        }
      },
    ),
  );
});

test("any text gives a document or a lint, and never throws", () => {
  const scraps = fc
    .array(
      fc.constantFrom(
        "a",
        ":",
        " ",
        "\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "&a",
        "*a",
        "!x",
        "|",
        ">",
        "#",
        ",",
        "?",
        "---",
        "%",
        "\t",
        "\\",
        "1",
        "\r\n",
        "\u0000",
        "😀",
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(""));
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), scraps);
  fc.assert(
    fc.property(text, fc.constantFrom("a.yaml", "a.json", "a.yml", ""), (source, file) => {
      const { documents, lints } = parseDocuments(file, source);
      expect(documents.length + lints.length).toBeGreaterThan(0);
      const lines = source.split("\n");
      for (const { line, column, length } of lints) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column - 1 + length).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        expect(length).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 1000 },
  );
});
