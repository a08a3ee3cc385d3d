import { describe, expect, test } from "vitest";
import { isMemberFile, memberFilesOf, pathBeside, plainPath } from "../../src/spec/list-files.ts";

test.each([
  { path: "lists/a.txt", plain: "lists/a.txt" },
  { path: "./lists/./a.txt", plain: "lists/a.txt" },
  { path: "lists//a.txt", plain: "lists/a.txt" },
  { path: "lists/../a.txt", plain: "a.txt" },
  { path: "../a.txt", plain: "../a.txt" },
  { path: "../../a.txt", plain: "../../a.txt" },
  { path: "/lists/../a.txt", plain: "/a.txt" },
  { path: "lists\\in\\a.txt", plain: "lists/in/a.txt" },
  { path: "C:\\lists\\a.txt", plain: "C:/lists/a.txt" },
])("$path is $plain", ({ path, plain }) => {
  expect(plainPath(path)).toBe(plain);
  expect(plainPath(plain)).toBe(plain);
});

test.each([
  { why: "in the document's folder", document: "lists/in/a.yaml", file: "b.csv", path: "lists/in/b.csv" },
  { why: "of a document here", document: "a.yaml", file: "data/b.csv", path: "data/b.csv" },
  { why: "a folder up", document: "lists/a.yaml", file: "../b.csv", path: "b.csv" },
  { why: "absolute", document: "lists/a.yaml", file: "/data/b.csv", path: "/data/b.csv" },
  { why: "absolute, with a drive", document: "lists/a.yaml", file: "D:\\b.csv", path: "D:/b.csv" },
])("a file beside its document: $why", ({ document, file, path }) => {
  expect(pathBeside(document, file)).toBe(path);
});

test("files of members are told by their ending", () => {
  expect(["a.txt", "a.CSV", "a.mmdb", "a.yaml", "txt", "a.txt.json"].map(isMemberFile)).toEqual([
    ...[true, true, true],
    ...[false, false, false],
  ]);
});

describe("the files to be read", () => {
  const list = (path: string, text = "") => ({ path, text, kind: "list" });

  test("are those that documents name and those that stand alone, each once", () => {
    const files = [
      list("lists/a.yaml", "- file: a.csv\n- {file: ./in/../a.csv}\n- {members: [x]}\n- file: ../b.mmdb\n"),
      list("lists/c.json", '{"file": "c.txt"}'),
      list("./lists/a.csv"),
      list("lists/lone.txt"),
      { path: "rules/r.yaml", text: "file: d.csv", kind: "rule" },
    ];
    expect(memberFilesOf(files)).toEqual(["lists/a.csv", "b.mmdb", "lists/c.txt", "lists/lone.txt"]);
  });

  test("what is no document names none", () => {
    expect(memberFilesOf([list("a.yaml", "file: ["), list("b.yaml", "file: 5"), list("c.yaml", "- 5\n")])).toEqual([]);
  });
});
