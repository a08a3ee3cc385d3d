import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../src/spec/document.ts";
import { lintLine } from "./lint-line.ts";

const tooDeep = "lists and objects are nested more than 64 levels deep: make the document flatter";

describe("syntax faults of YAML", () => {
  test.each([
    {
      why: "a key twice, at the second",
      text: "a: 1\nb: 2\na: 3\n",
      lints: ["3:1+1 error[duplicate] the key `a` stands twice in one object: remove one of them"],
    },
    {
      why: "two faults in one pass",
      text: 'a: [1\nb: "c\nd: 3',
      lints: [
        "2:1+1 error[syntax] flow sequence in block collection must be sufficiently indented and end with a ]",
        '3:5+0 error[syntax] missing closing "quote',
      ],
    },
    {
      why: "a tab as indentation",
      text: "a:\n\t- b\n",
      lints: ["2:1+1 error[syntax] tabs are not allowed as indentation"],
    },
    { why: "a custom tag", text: "a: !env HOME\n", lints: ["1:4+4 error[syntax] unresolved tag: !env"] },
    {
      why: "a tag of YAML 1.1",
      text: "a: !!binary aGk=\n",
      lints: ["1:4+8 error[syntax] unresolved tag: tag:yaml.org,2002:binary"],
    },
    {
      why: "YAML 1.1, where `no` is false",
      text: "%YAML 1.1\n---\na: no\n",
      lints: ["2:1+0 error[syntax] documents are YAML 1.2: remove the directive `%YAML 1.1`"],
    },
    {
      why: "a number that JSON has not",
      text: "a: .inf\n",
      lints: ["1:4+4 error[syntax] `.inf` is not a number that JSON can hold: put it in quotes if it is a text"],
    },
    {
      why: "an alias without anchor",
      text: "a: *b\n",
      lints: ["1:4+2 error[unknown-name] no anchor `&b` stands before this alias, or the alias stands inside it"],
    },
    {
      why: "an alias inside its own anchor",
      text: "a: &b [*b]\n",
      lints: ["1:8+2 error[unknown-name] no anchor `&b` stands before this alias, or the alias stands inside it"],
    },
    {
      why: "an alias as key",
      text: "a: &b c\n*b : d\n",
      lints: ["2:1+2 error[syntax] with stringKeys, all keys must be strings"],
    },
    {
      why: "__proto__",
      text: "a: {__proto__: {b: 1}}\n",
      lints: ["1:5+9 error[unknown-key] the key `__proto__` is refused: give it another name"],
    },
    { why: "65 levels", text: `${"[".repeat(65)}${"]".repeat(65)}`, lints: [`1:65+1 error[syntax] ${tooDeep}`] },
    {
      why: "no document at all",
      text: "# nothing\n",
      lints: ["1:1+0 warning[syntax] the file holds no document: write one or remove the file"],
    },
    {
      why: "an array of none",
      text: "[]\n",
      lints: ["1:1+0 warning[syntax] the file holds no document: write one or remove the file"],
    },
  ])("$why", ({ text, lints }) => {
    const parsed = parseDocuments("a.yaml", text);
    expect(parsed.lints.map(lintLine)).toEqual(lints);
    expect(parsed.documents).toEqual([]);
  });

  test("aliases that multiply beyond a million values are refused before they are written out", () => {
    const lines = Array.from("bcdefghijkl").map(
      (name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghijkl"[index]}`).join(",")}]`,
    );
    const { lints, documents } = parseDocuments("a.yaml", `a: &a [x,x,x,x,x,x,x,x,x]\n${lines.join("\n")}\n`);
    expect(lints.map(lintLine)).toEqual([
      "7:7+28 error[syntax] with its aliases written out this is more than 1000000 values: use fewer aliases",
    ]);
    expect(documents).toEqual([]);
  });

  test("aliases that nest beyond 64 levels are refused", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `k${index + 1}: &k${index + 1} [[*k${index}]]`);
    const { lints } = parseDocuments("a.yaml", `k0: &k0 x\n${lines.join("\n")}\n`);
    expect(lints.map(lintLine)[0]).toBe(
      "34:12+6 error[syntax] with its aliases written out this is more than 64 levels: use fewer aliases",
    );
  });

  test("a file beyond 1 MiB is refused", () => {
    const parsed = parseDocuments("a.yaml", `a: ${"x".repeat(1024 * 1024)}`);
    expect(parsed.lints.map(lintLine)).toEqual([
      "1:1+0 error[syntax] the file is larger than 1 MiB (1048579 characters): split it into several",
    ]);
  });

  test("the other documents of a stream are given all the same", () => {
    const { documents, lints } = parseDocuments("a.yaml", "a: 1\n---\nb: !x 2\n---\nc: 3\n");
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(lints.map(lintLine)).toEqual(["3:4+2 error[syntax] unresolved tag: !x"]);
  });
});
