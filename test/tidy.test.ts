import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cruise, repositoryRoot } from "./tidy/planted-tree.ts";
import { checkSource, type ComplaintCode, filesWithoutTest, holdsLogic } from "./tidy/source-checks.ts";

/** Files that git tracks or would track, by their path; a clone holds no others. */
function trackedFiles(): readonly string[] {
  const args = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const ran = spawnSync("git", args, { cwd: repositoryRoot, encoding: "utf8" });
  if (ran.error !== undefined) throw ran.error;
  if (ran.status !== 0) throw new Error(`git ls-files: ${ran.stderr}`);
  return ran.stdout.split("\0").filter((path) => path !== "" && existsSync(join(repositoryRoot, path)));
}

const tracked = trackedFiles();
const sources = new Map(
  tracked
    .filter((path) => /^(?:src|test|bench|scripts)\/.*\.(?:ts|mts|mjs)$/.test(path))
    .map((path) => [path, readFileSync(join(repositoryRoot, path), "utf8")] as const),
);

const lines = (count: number, line: string) => `${line}\n`.repeat(count);

interface Plant {
  readonly why: string;
  readonly path: string;
  readonly text: string;
  readonly codes: readonly ComplaintCode[];
}

const plants: readonly Plant[] = [
  { why: "a plain file", path: "src/core/base/ring.ts", text: "export const one = 1;\n", codes: [] },
  {
    why: "a name that says nothing",
    path: "src/engine/utils.ts",
    text: "export const one = 1;\n",
    codes: ["file-name"],
  },
  { why: "a file of types", path: "src/engine/types.ts", text: "export type One = 1;\n", codes: ["file-name"] },
  {
    why: "a folder that says nothing",
    path: "src/api/common/a.ts",
    text: "export const one = 1;\n",
    codes: ["file-name"],
  },
  { why: "camel case", path: "src/engine/shardRunner.ts", text: "export const one = 1;\n", codes: ["file-name"] },
  { why: "400 lines", path: "src/engine/a.ts", text: lines(400, "// line"), codes: [] },
  { why: "401 lines", path: "src/engine/a.ts", text: lines(401, "// line"), codes: ["long-file"] },
  {
    why: "a function of 70 lines",
    path: "src/engine/a.ts",
    text: `export function one(): void {\n${lines(68, "  one();")}}\n`,
    codes: [],
  },
  {
    why: "a function of 71 lines",
    path: "src/engine/a.ts",
    text: `export function one(): void {\n${lines(69, "  one();")}}\n`,
    codes: ["long-function"],
  },
  {
    why: "an arrow of 71 lines",
    path: "src/engine/a.ts",
    text: `export const one = (): void => {\n${lines(69, "  one();")}};\n`,
    codes: ["long-function"],
  },
  {
    why: "a function of 100 lines, 60 of them those of a function inside it",
    path: "src/adapters/file/a.ts",
    text: `export function one() {\n${lines(38, "  one();")}  return () => {\n${lines(58, "    one();")}  };\n}\n`,
    codes: [],
  },
  {
    why: "the function inside is too long, the one around it is not",
    path: "src/adapters/file/a.ts",
    text: `export function one() {\n${lines(38, "  one();")}  return () => {\n${lines(69, "    one();")}  };\n}\n`,
    codes: ["long-function"],
  },
  {
    why: "a describe with a long table in a test",
    path: "test/engine/a.test.ts",
    text: `describe("a", () => {\n${lines(90, "  one();")}});\n`,
    codes: [],
  },
  {
    why: "an async function in the core",
    path: "src/core/base/a.ts",
    text: "export async function one() {\n  await two();\n}\n",
    codes: ["async-core", "async-core"],
  },
  {
    why: "a promise as a type in the core",
    path: "src/core/base/a.ts",
    text: "export type One = Promise<number>;\n",
    codes: ["async-core"],
  },
  { why: "a promise at the edge", path: "src/ports/a.ts", text: "export type One = Promise<number>;\n", codes: [] },
  { why: "a word in a comment", path: "src/core/base/a.ts", text: "// async is not for the core\n", codes: [] },
  { why: "open work in a comment", path: "src/engine/a.ts", text: `// ${"TO"}DO: later\n`, codes: ["unfinished"] },
  { why: "a barrel", path: "src/ports/a.ts", text: 'export * from "./queue.ts";\n', codes: ["barrel"] },
  { why: "a class of a class", path: "src/engine/a.ts", text: "class A extends B {}\n", codes: ["inheritance"] },
  { why: "an error of one's own", path: "src/engine/a.ts", text: "class A extends Error {}\n", codes: [] },
  { why: "an interface of an interface", path: "src/engine/a.ts", text: "interface A extends B {}\n", codes: [] },
  {
    why: "an import of .js",
    path: "src/engine/a.ts",
    text: 'import { a } from "./b.js";\na();\n',
    codes: ["import-extension"],
  },
  {
    why: "a tag's forgotten kinds, hidden",
    path: "src/engine/a.ts",
    text: "switch (effect.kind) {\n  default:\n    one();\n}\n",
    codes: ["hidden-kind"],
  },
  {
    why: "a default over typeof",
    path: "src/engine/a.ts",
    text: "switch (typeof value) {\n  default:\n    one();\n}\n",
    codes: [],
  },
];

describe("the checks of this file see a planted fault", () => {
  test.each(plants)("$why", ({ path, text, codes }) => {
    expect(checkSource(path, text).map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    { why: "types alone", text: "export interface One {\n  readonly one: number;\n}\n", holds: false },
    { why: "a table of constants", text: "export const kinds = [1, 2];\n", holds: false },
    { why: "a function", text: "export function one() {\n  return 1;\n}\n", holds: true },
    { why: "an arrow", text: "export const one = () => 1;\n", holds: true },
    { why: "a class", text: "export class One {\n  two() {\n    return 2;\n  }\n}\n", holds: true },
    { why: "a declaration of a function", text: "export declare function one(): number;\n", holds: false },
  ])("$why: holds logic is $holds", ({ text, holds }) => {
    expect(holdsLogic("src/core/base/a.ts", text)).toBe(holds);
  });

  test("a file of the core without a test", () => {
    const logic = "export const one = () => 1;\n";
    const files = new Map([
      ["src/core/time/mirrored.ts", logic],
      ["test/core/time/mirrored.test.ts", ""],
      ["src/core/time/imported.ts", logic],
      ["test/core/time/other.test.ts", 'import { one } from "../../../src/core/time/imported.ts";\n'],
      ["src/core/time/elsewhere.ts", logic],
      ["test/core/rule/rule.test.ts", 'import { one } from "../../../src/core/time/elsewhere.ts";\n'],
      ["src/core/time/untested.ts", logic],
    ]);
    expect(filesWithoutTest(files)).toEqual(["src/core/time/elsewhere.ts", "src/core/time/untested.ts"]);
  });
});

describe("the tree is tidy", () => {
  test("no file breaks a rule of style", () => {
    const complaints = [...sources].flatMap(([path, text]) => checkSource(path, text));
    expect(complaints.map(({ path, code, detail }) => `${path}: ${code}: ${detail}`)).toEqual([]);
  });

  test("every file of the core that holds logic has a test", () => {
    expect(filesWithoutTest(sources)).toEqual([]);
  });

  test("dependency-cruiser sees every file of src/", { timeout: 120_000 }, () => {
    const seen = cruise(repositoryRoot).modules.filter((path) => path.startsWith("src/"));
    const written = trackedFiles().filter((path) => path.startsWith("src/") && path.endsWith(".ts"));
    expect(seen.sort()).toEqual(written.sort());
    expect(seen.length).toBeGreaterThan(30);
  });

  test("no tracked file names the host of a package registry", () => {
    const naming = tracked.filter((path) => {
      const text = readFileSync(join(repositoryRoot, path), "latin1");
      return registryHosts.some((host) => text.includes(host));
    });
    expect(naming).toEqual([]);
  });
});

/** In pieces, for this file is tracked too. */
const registryHosts = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["npm", "pkg", "github", "com"],
  ["files", "pythonhosted", "org"],
  ["proxy", "golang", "org"],
  ["index", "crates", "io"],
].map((labels) => labels.join("."));
