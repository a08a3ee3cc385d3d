/** `npm run bench -- NAME...`: runs those benchmarks, or without a name lists what there is. */
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { type Benchmark, formatMeasured, measure } from "./benchmark.ts";

const suffix = ".bench.js";
const folder = import.meta.dirname;
const available = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))
  .sort();

interface BenchmarkModule {
  readonly benchmark: Benchmark | readonly Benchmark[];
  /** What no rate shows, as Markdown. */
  readonly report?: () => Promise<string>;
}

function isBenchmarkModule(module: unknown): module is BenchmarkModule {
  return typeof module === "object" && module !== null && "benchmark" in module;
}

async function runBenchmark(name: string): Promise<void> {
  const module: unknown = await import(join(folder, `${name}${suffix}`));
  if (!isBenchmarkModule(module)) throw new Error(`bench/${name}.bench.ts exports no \`benchmark\``);
  console.log(`\n## ${name}`);
  for (const benchmark of [module.benchmark].flat()) {
    console.log(`\n${benchmark.about}\n`);
    console.log(formatMeasured(await measure(benchmark, { roundCount: 9, roundMs: 200 })));
  }
  if (module.report !== undefined) console.log(`\n${await module.report()}`);
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !available.includes(name));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no benchmark ${unknown.join(", ")}.`);
  console.error(`npm run bench -- NAME...   NAME is one of: ${available.join(", ")}`);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  const [cpu] = cpus();
  console.log(`Node ${process.version}, ${cpus().length} × ${cpu?.model ?? "unknown"}`);
  for (const name of names) await runBenchmark(name);
}
