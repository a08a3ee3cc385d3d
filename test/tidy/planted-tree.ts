import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";

/** The checkout that this test runs in. */
export const repositoryRoot = resolve(import.meta.dirname, "../..");

const settings = [
  "package.json",
  "tsconfig.json",
  ".dependency-cruiser.mjs",
  ".oxlintrc.json",
  "biome.json",
  "knip.json",
];

/**
 * Writes `files` (content by path) into a new folder beside the project's own settings, calls `use` with the folder, and
 * removes it. So a fault can be planted, and the tool that should see it can be run, without touching the checkout.
 */
export function withPlantedTree<T>(files: Readonly<Record<string, string>>, use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), "tocsin-tidy-"));
  try {
    for (const name of settings) cpSync(join(repositoryRoot, name), join(root, name));
    symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs a script of `node_modules` in `root`, and gives what came of it, whatever its exit status. */
export function runTool(root: string, script: string, args: readonly string[]): SpawnSyncReturns<string> {
  const ran = spawnSync(process.execPath, [join(repositoryRoot, "node_modules", script), ...args], {
    cwd: root,
    encoding: "utf8",
    timeout: 100_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ran.error !== undefined) throw ran.error;
  return ran;
}

function runForJson(root: string, script: string, args: readonly string[]): unknown {
  const { stdout, stderr } = runTool(root, script, args);
  if (stdout.trim() === "") throw new Error(`${script} printed nothing: ${stderr}`);
  return JSON.parse(stdout);
}

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

export interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/** Runs dependency-cruiser over `src` of `root`, with the settings found there. */
export function cruise(root: string): {
  readonly modules: readonly string[];
  readonly violations: readonly Violation[];
} {
  const args = ["src", "--config", ".dependency-cruiser.mjs", "--output-type", "json"];
  const output = runForJson(root, "dependency-cruiser/bin/dependency-cruise.mjs", args);
  const report = cruiseSchema.parse(output);
  return {
    modules: report.modules.map(({ source }) => source),
    violations: report.summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name })),
  };
}

const lintSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string(), severity: z.string() })),
});

export interface Finding {
  readonly file: string;
  /** As oxlint prints it: `typescript(no-explicit-any)`. */
  readonly code: string;
}

/** Runs oxlint, type-aware, over `src` and `test` of `root`, with the settings found there. */
export function lint(root: string): readonly Finding[] {
  const output = runForJson(root, "oxlint/bin/oxlint", [
    "--type-aware",
    "--deny-warnings",
    "--format",
    "json",
    "src",
    "test",
  ]);
  const report = lintSchema.parse(output);
  return report.diagnostics.map(({ filename, code }) => ({ file: filename, code }));
}
