/** One way of doing the work. The first case of a benchmark is what the others are compared with. */
export interface BenchmarkCase {
  readonly name: string;
  /** Operations before the first is measured: for what becomes fast by being used, such as code that is made at need. */
  readonly warmUpCount?: number;
  /** Does the work `count` times and gives a number that depends on all of it, so that none of it can be left out. */
  readonly run: (count: number) => number | Promise<number>;
}

export interface Benchmark {
  readonly about: string;
  readonly cases: readonly [BenchmarkCase, ...BenchmarkCase[]];
}

export interface Measured {
  readonly name: string;
  /** Wall time of one operation: median of the rounds. */
  readonly nanoseconds: number;
  /** Process time of one operation, all threads: median of the rounds. Above `nanoseconds` where others work beside it. */
  readonly cpuNanoseconds: number;
  /** Operations of this case in the time of one of the first case. */
  readonly ratio: number;
}

export interface MeasureOptions {
  readonly roundCount: number;
  /** A round lasts about so long; the count of operations is found by doubling. */
  readonly roundMs: number;
}

interface Round {
  readonly nanoseconds: number;
  readonly cpuNanoseconds: number;
}

/**
 * Measures all cases in one process, a round of each in turn: what disturbs the machine disturbs all of them, so the
 * ratios hold where the absolute figures do not.
 */
export async function measure(benchmark: Benchmark, options: MeasureOptions): Promise<readonly Measured[]> {
  const prepared = [];
  for (const each of benchmark.cases) {
    prepared.push({ each, count: await countFor(each, options.roundMs), rounds: Array<Round>() });
  }
  for (let round = 0; round < options.roundCount; round += 1) {
    for (const { each, count, rounds } of prepared) rounds.push(await runRound(each, count));
  }
  const medians = prepared.map(({ each, rounds }) => ({
    name: each.name,
    nanoseconds: median(rounds.map(({ nanoseconds }) => nanoseconds)),
    cpuNanoseconds: median(rounds.map(({ cpuNanoseconds }) => cpuNanoseconds)),
  }));
  const first = medians[0]?.nanoseconds ?? Number.NaN;
  return medians.map((each) => ({ ...each, ratio: first / each.nanoseconds }));
}

/**
 * Doubles until a round lasts long enough, twice in a row: what is made at the first operation takes time of its own. Warms
 * the code up on the way.
 */
async function countFor(each: BenchmarkCase, roundMs: number): Promise<number> {
  let count = 1;
  let longRounds = 0;
  if (each.warmUpCount !== undefined) await runRound(each, each.warmUpCount);
  for (;;) {
    const { nanoseconds } = await runRound(each, count);
    const isLong = nanoseconds * count >= roundMs * 1e6 || count >= 2 ** 30;
    longRounds = isLong ? longRounds + 1 : 0;
    if (longRounds === 2) return count;
    if (!isLong) count *= 2;
  }
}

/** Results end here, so that nobody can prove them unused. */
let sink = 0;

async function runRound(each: BenchmarkCase, count: number): Promise<Round> {
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  sink += await each.run(count);
  const wall = Number(process.hrtime.bigint() - before);
  const cpu = process.cpuUsage(cpuBefore);
  if (Number.isNaN(sink)) throw new Error(`${each.name} gave no number`);
  return { nanoseconds: wall / count, cpuNanoseconds: ((cpu.user + cpu.system) * 1000) / count };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** A Markdown table, for a terminal and for docs/benchmarks.md alike. */
export function formatMeasured(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, nanoseconds, cpuNanoseconds, ratio }) => [
    name,
    perOperation(nanoseconds),
    perOperation(cpuNanoseconds),
    `${ratio.toPrecision(3)} ×`,
  ]);
  return [["case", "ns", "CPU ns", "rate"], ["---", "---:", "---:", "---:"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function perOperation(nanoseconds: number): string {
  return nanoseconds >= 100 ? String(Math.round(nanoseconds)) : nanoseconds.toFixed(1);
}
