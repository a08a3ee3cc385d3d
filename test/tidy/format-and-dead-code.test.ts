import { describe, expect, test } from "vitest";
import { runTool, withPlantedTree } from "./planted-tree.ts";

const timeout = 120_000;

describe("Biome sees what it would write otherwise", () => {
  test.each([
    { why: "as it writes", text: "export const one = [1, 2];\n", isRefused: false },
    { why: "single quotes", text: "export const one = '1';\n", isRefused: true },
    { why: "no semicolon", text: "export const one = 1\n", isRefused: true },
    { why: "four spaces", text: "export function one(): number {\n    return 1;\n}\n", isRefused: true },
    {
      why: "a line of 121",
      text: `export const one = [${"1, ".repeat(32)}1234];\n`,
      isRefused: true,
    },
  ])("$why: refused is $isRefused", { timeout }, ({ text, isRefused }) => {
    const files = { "src/engine/one.ts": text };
    const { status, stderr } = withPlantedTree(files, (root) =>
      runTool(root, "@biomejs/biome/bin/biome", ["format", "--colors=off", "src"]),
    );
    expect(status).toBe(isRefused ? 1 : 0);
    if (isRefused) expect(stderr).toContain("src/engine/one.ts format");
  });
});

test("knip sees an unused file and an unused export, and neither where they are used", { timeout }, () => {
  const files = {
    "src/main/tocsin.ts": 'import { used } from "../engine/used.ts";\nused();\n',
    "src/engine/used.ts": "export function used(): void {}\nexport function unusedExport(): void {}\n",
    "src/engine/unused-file.ts": "export function alone(): void {}\n",
  };
  const { stdout, status } = withPlantedTree(files, (root) =>
    runTool(root, "knip/bin/knip.js", ["--include", "files,exports", "--no-progress"]),
  );
  const named = stdout.match(/unused-file\.ts|unusedExport|\bused\b(?!\.ts)|tocsin\.ts/g);
  expect(named).toEqual(["unused-file.ts", "unusedExport"]);
  expect(status).toBe(1);
});
