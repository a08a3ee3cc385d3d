import { describe, expect, test } from "vitest";
import { isTestFile } from "../../src/spec/document-set.ts";
import { lintLine } from "./lint-line.ts";
import { aCondition, load } from "./load-kit.ts";

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
