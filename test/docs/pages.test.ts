import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../tidy/planted-tree.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");

/** Members of a union of texts that `path` exports as `name`. */
function unionMembers(path: string, name: string): readonly string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ESNext, true);
  const members: string[] = [];
  for (const statement of source.statements) {
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== name) continue;
    if (!ts.isUnionTypeNode(statement.type)) continue;
    for (const type of statement.type.types) {
      if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) members.push(type.literal.text);
    }
  }
  return members;
}

/** Second-level headings of a page, each with the text below it. */
function sections(path: string): ReadonlyMap<string, string> {
  const [, ...parts] = read(path).split(/^## /m);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end)] as const;
    }),
  );
}

describe("docs/errors.md", () => {
  const codes = unionMembers("src/ports/error.ts", "CepErrorCode");
  const pages = sections("docs/errors.md");

  test("has every code of src/ports/error.ts, in its order, and no other", () => {
    expect(codes.length).toBeGreaterThan(10);
    expect([...pages.keys()]).toEqual(codes);
  });

  test.each(codes)("%s: says what it means and what to do", (code) => {
    expect(pages.get(code)).toMatch(/^\n\n\S[\s\S]+\n\*\*What to do:\*\* \S/);
  });
});

test("docs/errors.md has every code of a fault in a document, in their order, and no other", () => {
  const [preamble = ""] = read("docs/errors.md").split(/^## /m);
  const rows = [...preamble.matchAll(/^\| (`.+?`) \| \S/gm)].flatMap(([, cell = ""]) =>
    cell.split(", ").map((code) => code.slice(1, -1)),
  );
  expect(rows).toEqual(unionMembers("src/core/base/fault.ts", "FaultCode"));
});

describe("docs/glossary.md", () => {
  const words = [...read("docs/glossary.md").matchAll(/^\| (.+?) \| (.+) \|$/gm)]
    .map(([, word = "", meaning = ""]) => ({ word, meaning }))
    .filter(({ word }) => word !== "word" && !word.startsWith("---"));

  test("gives each word one meaning", () => {
    const names = words.flatMap(({ word }) => word.split(", "));
    expect(names.length).toBeGreaterThan(50);
    expect(new Set(names).size).toBe(names.length);
    for (const { word, meaning } of words) expect(meaning, word).toMatch(/^[A-Z].+\.$|: .+\.$/);
  });
});

describe("docs/adr", () => {
  const files = readdirSync(join(repositoryRoot, "docs/adr")).sort();

  test("is numbered without a gap", () => {
    const wanted = files.map((_, index) => String(index + 1).padStart(4, "0"));
    expect(files.map((file) => file.slice(0, 4))).toEqual(wanted);
    for (const file of files) expect(file).toMatch(/^\d{4}(?:-[a-z0-9]+)+\.md$/);
  });

  test.each(files)("%s: context, choice, what we gave up", (file) => {
    const text = read(`docs/adr/${file}`);
    expect(text).toMatch(new RegExp(`^# ${Number(file.slice(0, 4))}\\. \\S`));
    const headings = [...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Context", "Choice", "What we gave up"]);
  });
});

test("every file that a page or a comment of ours names by path is there", () => {
  const pages = [
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...readdirSync(join(repositoryRoot, "docs"))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `docs/${file}`),
    ...readdirSync(join(repositoryRoot, "docs/adr")).map((file) => `docs/adr/${file}`),
  ];
  const sources = [".dependency-cruiser.mjs", ".ci/run", "docker-compose.yml", "Dockerfile"];
  const absent = [...pages, ...sources].flatMap((page) =>
    [...read(page).matchAll(/\b(?:docs|src|test|examples)\/[\w./-]*\w/g)]
      .map(([path]) => path)
      .filter((path) => !existsSync(join(repositoryRoot, path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(absent).toEqual([]);
});
