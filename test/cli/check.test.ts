import { describe, expect, test } from "vitest";
import { runInMemory } from "./memory-cli.ts";

const rule = "on: [a]\nconditions: n > 1\n";

/** Three faults, none of which hides another. */
const threeFaults = ["id: three", "on: [a..b]", "windws: {}", "conditions: n >", ""].join("\n");

describe("exit status and report", () => {
  test.each([
    { why: "no faults", files: { "rules/r.yaml": rule }, status: 0, out: "1 file, no faults\n" },
    {
      why: "several files",
      files: { "rules/r.yaml": rule, "rules/s.yaml": `${rule}key: [u]\n` },
      status: 0,
      out: "2 files, no faults\n",
    },
    {
      why: "a warning alone",
      files: { "rules/r.json": '{"conditions": {"all": []}, "event": {"type": "x"}, "priorty": 5}' },
      status: 0,
      out: [
        'rules/r.json:1:53: warning[unknown-key]: unknown key `priorty` is ignored, as in json-rules-engine; did you mean "priority"?',
        '1 | {"conditions": {"all": []}, "event": {"type": "x"}, "priorty": 5}',
        `  | ${" ".repeat(52)}^^^^^^^^^`,
        "",
        "1 warning in 1 file",
        "",
      ].join("\n"),
    },
  ])("$why", async ({ files, status, out }) => {
    const ran = await runInMemory(["check", "rules"], { files: { ...files } });
    expect(ran).toMatchObject({ status, out, err: "" });
  });

  test("every fault of a file comes out in one pass, each with its line and a caret under it", async () => {
    const { status, out } = await runInMemory(["check", "rules"], { files: { "rules/three.yaml": threeFaults } });
    expect(status).toBe(2);
    const places = [...out.matchAll(/^rules\/three\.yaml:(\d+):(\d+): error\[([a-z-]+)\]/gm)].map((found) =>
      found.slice(1),
    );
    expect(places).toEqual([
      ["2", "6", "wrong-value"],
      ["3", "1", "unknown-key"],
      ["4", "16", "syntax"],
    ]);
    expect(out).toContain("2 | on: [a..b]\n  |      ^^^^\n");
    expect(out).toContain("3 | windws: {}\n  | ^^^^^^\n");
    expect(out).toContain(`4 | conditions: n >\n  | ${" ".repeat(15)}^\n`);
    expect(out.endsWith("\n3 errors in 1 file\n")).toBe(true);
  });

  test("faults of several files, by file", async () => {
    const files = { "rules/a.yaml": "id: 5\n", "rules/b.yaml": threeFaults };
    const { out } = await runInMemory(["check", "rules"], { files });
    expect([...out.matchAll(/^rules\/(.)\.yaml:/gm)].map(([, file]) => file)).toEqual(["a", "b", "b", "b"]);
    expect(out).toContain("4 errors in 2 files");
  });

  test("documents are held together: a rule that names a pattern nobody has", async () => {
    const files = { "rules/r.yaml": "patterns: {p: nosuch}\n" };
    const { status, out } = await runInMemory(["check"], { files });
    expect([status, out]).toEqual([2, expect.stringContaining("rules/r.yaml:1:15: error[unknown-name]")]);
    const both = { ...files, "patterns/nosuch.yaml": "sequence: [{begin: a}]\n" };
    expect((await runInMemory(["check"], { files: both })).status).toBe(0);
  });

  test("a summary that is no template", async () => {
    const files = { "rules/r.yaml": `${rule}alert:\n  summary: "{{ n"\n` };
    const { status, out } = await runInMemory(["check"], { files });
    expect([status, out]).toEqual([2, expect.stringContaining("rules/r.yaml:4:12: error[template]")]);
  });

  test("where there is no document at all, that is the fault", async () => {
    const { status, out, err } = await runInMemory(["check"], { files: {} });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain("no documents");
  });

  test("what is named must be there", async () => {
    const { status, out } = await runInMemory(["check", "nowhere.yaml"], { files: { "rules/r.yaml": rule } });
    expect(status).toBe(2);
    expect(out).toContain("nowhere.yaml:1:1: error[syntax]: there is no such file or folder\n");
  });

  test("colours on a terminal alone", async () => {
    const files = { "rules/r.yaml": "id: 5\n" };
    const shown = await runInMemory(["check"], { files, isTerminal: true });
    const plain = await runInMemory(["check"], { files });
    expect(shown.out).toContain("\u001b[1;31m");
    expect(plain.out).not.toContain("\u001b");
  });
});

describe("--format", () => {
  const files = { "rules/three.yaml": threeFaults };

  test("json: the lints, for programs", async () => {
    const { status, out } = await runInMemory(["check", "--format", "json"], { files });
    expect(status).toBe(2);
    const lints: unknown = JSON.parse(out);
    expect(lints).toMatchObject([
      {
        file: "rules/three.yaml",
        pointer: "/on/0",
        line: 2,
        column: 6,
        length: 4,
        severity: "error",
        code: "wrong-value",
      },
      { pointer: "/windws", line: 3, column: 1, length: 6, code: "unknown-key" },
      { pointer: "/conditions", line: 4, column: 16, code: "syntax" },
    ]);
  });

  test("json of no faults is an empty list", async () => {
    const { status, out } = await runInMemory(["check", "--format", "json"], { files: { "rules/r.yaml": rule } });
    expect([status, out]).toEqual([0, "[]\n"]);
  });

  test("github: an annotation each, and nothing else", async () => {
    const { status, out } = await runInMemory(["check", "--format", "github"], { files });
    expect(status).toBe(2);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, line.indexOf(",title")))).toEqual([
      "::error file=rules/three.yaml,line=2,col=6,endColumn=10",
      "::error file=rules/three.yaml,line=3,col=1,endColumn=7",
      expect.stringMatching(/^::error file=rules\/three.yaml,line=4,col=16/),
    ]);
    expect((await runInMemory(["check", "--format", "github"], { files: { "rules/r.yaml": rule } })).out).toBe("");
  });

  test("another is refused", async () => {
    const { status, err } = await runInMemory(["check", "--format", "xml"], { files });
    expect([status, err]).toEqual([2, expect.stringContaining("Allowed choices are pretty, json, github")]);
  });
});

describe("what is read", () => {
  const broken = "id: 5\n";

  test("by default the folders of documents and the settings that are here, and no other", async () => {
    const files = {
      "lists/l.yaml": broken,
      "other/o.yaml": broken,
      "patterns/p.yaml": broken,
      "rules/r.yaml": broken,
      "rules.yaml": broken,
      "tocsin.yaml": "famly: embedded\n",
    };
    const { out } = await runInMemory(["check", "--format", "github"], { files });
    const read = [...out.matchAll(/file=([^,]+)/g)].map(([, file]) => file);
    expect(new Set(read)).toEqual(new Set(["rules/r.yaml", "patterns/p.yaml", "lists/l.yaml", "tocsin.yaml"]));
  });

  test("settings need not be here", async () => {
    expect(await runInMemory(["check"], { files: { "rules/r.yaml": rule } })).toMatchObject({ status: 0 });
  });

  /** In a pattern `skip: 5` is a wrong value, in a rule an unknown key. */
  const ruleText = `${rule}skip: 5\n`;
  const patternText = "on: [a]\nsequence: [{begin: a}]\nskip: 5\n";

  test.each([
    { why: "by its folder", path: "patterns/x.yaml", text: ruleText, kind: "pattern" },
    { why: "by its folder, though it has a `sequence`", path: "rules/x.yaml", text: patternText, kind: "rule" },
    {
      why: "the innermost folder that names a kind",
      path: "rules/patterns/deep/x.yaml",
      text: ruleText,
      kind: "pattern",
    },
    { why: "an outer folder where no inner one does", path: "demo/rules/eu/x.yaml", text: patternText, kind: "rule" },
    { why: "with the other slash", path: "demo\\patterns\\x.yaml", text: ruleText, kind: "pattern" },
    { why: "a folder's name is a whole name", path: "myrules/x.yaml", text: patternText, kind: "pattern" },
    { why: "the file's own name is no folder's", path: "demo/rules", text: patternText, kind: "pattern" },
    { why: "elsewhere by its `sequence`", path: "x.yaml", text: patternText, kind: "pattern" },
    { why: "without one it is a rule", path: "x.yaml", text: ruleText, kind: "rule" },
    {
      why: "in JSON of one line, wherever the key stands",
      path: "x.json",
      text: '{"skip": 5, "sequence": [{"begin": "a"}]}',
      kind: "pattern",
    },
    { why: "in a list of documents", path: "x.yaml", text: "- skip: 5\n  sequence: [{begin: a}]\n", kind: "pattern" },
    {
      why: "a `sequence` deeper down says nothing",
      path: "x.yaml",
      text: "skip: 5\nevent: {type: x, params: {\n  sequence: 1}}\n",
      kind: "rule",
    },
    { why: "nor one in a text", path: "x.yaml", text: "skip: 5\nname: |\n  a\n  sequence: b\n", kind: "rule" },
    { why: "a rule in which one has lost its way", path: "x.yaml", text: `${ruleText}sequence: []\n`, kind: "rule" },
  ])("$path is a $kind: $why", async ({ path, text, kind }) => {
    const { out } = await runInMemory(["check", "--format", "json", path], { files: { [path]: text } });
    const lints: readonly { readonly code: string; readonly pointer: string }[] = JSON.parse(out);
    const [skip] = lints.filter(({ pointer }) => pointer.endsWith("/skip"));
    expect(skip?.code).toBe(kind === "rule" ? "unknown-key" : "wrong-type");
  });
});

describe("settings", () => {
  test("a secret that was written down is told of and not shown", async () => {
    const text = [
      "http:",
      "  token: hunter2",
      "channels:",
      "  hook: {kind: webhook, url: 'https://u:hunter2@h/x'}",
      "",
    ].join("\n");
    for (const format of ["pretty", "json", "github"]) {
      const { status, out, err } = await runInMemory(["check", "--format", format, "conf/tocsin.yaml"], {
        files: { "conf/tocsin.yaml": text },
      });
      expect(status).toBe(2);
      expect(out).toContain("secret by reference");
      expect(out + err).not.toContain("hunter2");
    }
  });

  test("their other faults are shown with their lines", async () => {
    const { out } = await runInMemory(["check"], { files: { "tocsin.yaml": "famly: server\n" } });
    expect(out).toContain("tocsin.yaml:1:1: error[unknown-key]");
    expect(out).toContain("1 | famly: server\n  | ^^^^^\n");
  });
});
