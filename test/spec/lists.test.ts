import { describe, expect, test } from "vitest";
import { loadDocuments } from "../../src/spec/document-set.ts";
import type { DocumentFile, MemberFile } from "../../src/spec/document-set.ts";
import { lintLine } from "./lint-line.ts";

const content = (name: string): MemberFile => ({
  content: { format: name.endsWith(".csv") ? "csv" : "txt", sha256: name, bytes: new TextEncoder().encode(name) },
});

/** Files of lists, and those of members that were read; a text instead is why one was not. */
function loadLists(files: Readonly<Record<string, string>>, read: Readonly<Record<string, MemberFile>> = {}) {
  const documents = Object.entries(files).map(([path, text]): DocumentFile => ({ path, text, kind: "list" }));
  return loadDocuments(documents, new Map(Object.entries(read)));
}

const linesOf = (...args: Parameters<typeof loadLists>) => loadLists(...args).lints.map(lintLine);

describe("list documents", () => {
  test("are kept with the members of their file", () => {
    const read = { "lists/bins.csv": content("bins.csv") };
    const { set, lints } = loadLists(
      { "lists/a.yaml": "id: bins\nfile: bins.csv\nttl: 1h\n---\nmembers: [x, 5, {member: y, risk: 3}]\n" },
      read,
    );
    expect(lints).toEqual([]);
    expect(set.lists).toEqual([
      { id: "bins", document: { id: "bins", file: "bins.csv", ttl: "1h" }, ...read["lists/bins.csv"] },
      { id: "a.1", document: { members: ["x", 5, { member: "y", risk: 3 }] }, content: undefined },
    ]);
  });

  test.each([
    {
      why: "an unknown key, with the nearest",
      text: "membrs: []\n",
      lint: '1:1+6 error[unknown-key] unknown key `membrs`; did you mean "members"?',
    },
    {
      why: "a kind that is none",
      text: "kind: suffx\n",
      lint: '1:7+5 error[wrong-value] expected exact, cidr or suffix, found the text "suffx"; did you mean "suffix"?',
    },
    {
      why: "a member that is none",
      text: "members: [a, true]\n",
      lint: "1:14+4 error[wrong-type] expected a member: a text, a number, or an object with `member` and fields, found true",
    },
    {
      why: "a file that is not there",
      text: "id: a\nfile: nowhere.csv\n",
      lint: "2:7+11 error[wrong-value] the file lists/nowhere.csv can't be read: there is no such file",
    },
    {
      why: "a file of another kind",
      text: "file: a.xlsx\n",
      lint: "1:7+6 error[wrong-value] the file lists/a.xlsx can't be read: its name ends in none of .txt, .csv and .mmdb",
    },
    {
      why: "a file that could not be read",
      text: "file: ../big.csv\n",
      lint: "1:7+10 error[wrong-value] the file big.csv can't be read: too large",
    },
  ])("$why", ({ text, lint }) => {
    const loaded = loadLists({ "lists/l.yaml": text }, { "big.csv": { reason: "too large" } });
    expect(loaded.lints.map(lintLine)).toEqual([lint]);
    expect(loaded.set.lists).toEqual([]);
    expect(loaded.drafts.lists).toHaveLength(1);
  });

  test("what is cut out of a draft is no fault of the document", () => {
    const { drafts, isOfDocument } = loadLists({ "lists/l.yaml": "file: nowhere.csv\nfields: [a]\n" });
    expect(drafts.lists).toEqual([{ id: "l", document: { fields: ["a"] }, content: undefined }]);
    const fault = { severity: "error", code: "wrong-value", message: "m" } as const;
    expect(isOfDocument({ kind: "list", id: "l", fault: { ...fault, pointer: "/fields" } })).toBe(true);
    expect(isOfDocument({ kind: "list", id: "other", fault: { ...fault, pointer: "" } })).toBe(false);
  });

  test("one id twice, and a rule of the same id", () => {
    expect(linesOf({ "lists/a.yaml": "id: x\n", "lists/b.yaml": "id: x\n" })).toEqual([
      "1:5+1 error[duplicate] the list id `x` is taken by lists/a.yaml:1:5: give one of them another",
    ]);
    const rule: DocumentFile = { path: "rules/x.yaml", text: "conditions: a > 1\n", kind: "rule" };
    expect(loadDocuments([rule, { path: "lists/x.yaml", text: "{}\n", kind: "list" }]).lints).toEqual([]);
  });
});

describe("a file of members alone", () => {
  test("is a list of its name", () => {
    const read = { "lists/in/blocked.txt": content("blocked.txt"), "lists/geo.mmdb": content("geo.mmdb") };
    const { set, lints } = loadLists({ "lists/in/blocked.txt": "", "./lists/geo.mmdb": "" }, read);
    expect(lints).toEqual([]);
    expect(set.lists).toEqual([
      { id: "blocked", document: { file: "blocked.txt" }, ...read["lists/in/blocked.txt"] },
      { id: "geo", document: { file: "geo.mmdb", kind: "cidr" }, ...read["lists/geo.mmdb"] },
    ]);
  });

  test("is none where a document names it, wherever that stands", () => {
    const files = { "lists/a.txt": "", "lists/b.txt": "", "lists/z.yaml": "id: zz\nfile: ../lists/a.txt\n" };
    const { set, lints } = loadLists(files, { "lists/a.txt": content("a"), "lists/b.txt": content("b") });
    expect(lints).toEqual([]);
    expect(set.lists.map(({ id }) => id)).toEqual(["zz", "b"]);
  });

  test.each([
    {
      why: "whose name gives no id",
      files: { "lists/my list.txt": "" },
      lint: "1:1+0 error[wrong-value] the file's name gives no valid id (`my list`): rename the file, or add `id:`; an id is a letter or _, then letters, digits, _, . and -",
    },
    {
      why: "whose name a document has",
      files: { "lists/a.txt": "", "lists/a.yaml": "{}\n" },
      lint: "1:1+0 error[duplicate] the list id `a` is taken by lists/a.yaml:1:1: give one of them another",
    },
    {
      why: "that can't be read",
      files: { "lists/c.txt": "" },
      lint: "1:1+0 error[wrong-value] the file can't be read: there is no such file",
    },
  ])("$why", ({ files, lint }) => {
    const read = { "lists/a.txt": content("a"), "lists/my list.txt": content("b") };
    expect(linesOf(files, read)).toEqual([lint]);
  });
});
