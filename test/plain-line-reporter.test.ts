import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot, runTool, withPlantedTree } from "./tidy/planted-tree.ts";

const head = 'import { beforeAll, expect, test } from "vitest";\n';
const passing = `${head}test("passes", () => expect(beforeAll).toBeDefined());\n`;
const failing = `${head}test("fails", () => expect(beforeAll).toBeUndefined());\n`;

function run(files: Readonly<Record<string, string>>): {
  readonly lastLine: string | undefined;
  readonly status: number | null;
} {
  const reporter = join(repositoryRoot, "test/plain-line-reporter.ts");
  const args = ["run", "--reporter", "default", "--reporter", reporter, "--no-file-parallelism"];
  const { stdout, status } = withPlantedTree(files, (root) =>
    runTool(root, "vitest/vitest.mjs", ["--root", root, ...args]),
  );
  return { lastLine: stdout.trimEnd().split("\n").at(-1), status };
}

describe("the last line of a test run says what came of it", () => {
  test.each([
    { why: "all pass", files: { "a.test.ts": passing, "b.test.ts": passing }, line: "2 passed, 0 failed" },
    { why: "one fails", files: { "a.test.ts": passing, "b.test.ts": failing }, line: "1 passed, 1 failed" },
    {
      why: "one is skipped",
      files: { "a.test.ts": `${passing}test.skip("later", () => expect(1).toBe(2));\n` },
      line: "1 passed, 0 failed, 1 skipped",
    },
    {
      why: "a file can't be loaded",
      files: { "a.test.ts": passing, "b.test.ts": 'import "./absent.ts";\n' },
      line: "1 passed, 1 failed",
    },
    {
      why: "a hook throws, and its tests are never run",
      files: {
        "a.test.ts": `${passing}beforeAll(() => {\n  throw new Error("no server");\n});\n`,
        "b.test.ts": passing,
      },
      line: "1 passed, 1 failed, 1 skipped",
    },
    {
      why: "nobody catches a promise's error",
      files: { "a.test.ts": `${passing}test("leaves", () => {\n  void Promise.reject(new Error("lost"));\n});\n` },
      line: "2 passed, 1 failed",
    },
    { why: "there is no test", files: { "a.ts": "" }, line: "0 passed, 1 failed" },
  ])("$why: $line", { timeout: 120_000 }, ({ files, line }) => {
    const { lastLine, status } = run(files);
    expect(lastLine).toBe(line);
    expect(status === 0).toBe(line.includes(" 0 failed"));
  });
});
