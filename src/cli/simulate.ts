import { parseDuration } from "../core/time/duration.ts";
import { eventTimeMs } from "../core/time/instant.ts";
import type { DurationMs, EventTimeMs } from "../core/time/instant.ts";
import { formatInstant, parseInstant } from "../core/time/iso-instant.ts";
import { scenarioNames } from "../simulator/simulated.ts";
import type { ScenarioName, Simulated } from "../simulator/simulated.ts";
import { createSimulator } from "../simulator/simulator.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export interface SimulateArguments {
  /** An integer, as text. */
  readonly seed: string;
  /** How much event time, such as `10m`. */
  readonly duration: string;
  /** Event time of the beginning, ISO 8601 with an offset. */
  readonly start: string;
  /** Names separated by commas; undefined: all. */
  readonly scenario: string | undefined;
  /** File for what was planted. */
  readonly truth: string | undefined;
}

export interface SimulatePorts {
  readonly terminal: Terminal;
  /** Writes a file, and the folders it needs. */
  writeFile(path: string, text: string): Promise<void>;
}

/** Characters of output that are gathered before they are written. */
const chunkLengthMax = 64 * 1024;

/** The truth is held until the end: a day's is some 50 MB. */
const truthDurationMsMax = 86_400_000;

/** The last instant that ISO 8601 writes with a year of four digits. */
const timeMax = 253_402_300_799_999;

interface Simulation {
  readonly seed: number;
  readonly durationMs: DurationMs;
  readonly startAt: EventTimeMs;
  readonly scenarios: readonly ScenarioName[];
}

/**
 * `tocsin simulate`: the events of [start, start + duration) as NDJSON, each with its `time`; and with `truth` a line for
 * each attack, fault or look-alike that begins there, in a file.
 */
export async function runSimulate(
  options: SimulateArguments,
  { terminal, writeFile }: SimulatePorts,
): Promise<ExitStatus> {
  const simulation = simulationOf(options);
  if ("fault" in simulation) {
    terminal.err(`tocsin simulate: ${simulation.fault}\n`);
    return exitStatus.wrongInput;
  }
  const { startAt, durationMs } = simulation;
  const simulator = createSimulator(simulation);
  let truth = "";
  let chunk = "";
  for (let simulated = simulator.next(); simulated.offsetMs < durationMs; simulated = simulator.next()) {
    if (simulated.kind === "planted") {
      if (options.truth !== undefined) truth += `${JSON.stringify(simulated.planted)}\n`;
      continue;
    }
    chunk += `${eventLine(simulated, startAt)}\n`;
    if (chunk.length < chunkLengthMax) continue;
    await terminal.out(chunk);
    chunk = "";
  }
  if (chunk !== "") await terminal.out(chunk);
  if (options.truth !== undefined) await writeFile(options.truth, truth);
  return exitStatus.ok;
}

/** The event as JSON, its time where people look for it: behind id and type. */
function eventLine({ event, offsetMs }: Extract<Simulated, { readonly kind: "event" }>, startAt: EventTimeMs): string {
  const { id, type, ...fields } = event;
  return JSON.stringify({ id, type, time: formatInstant(eventTimeMs(startAt + offsetMs)), ...fields });
}

function simulationOf({
  seed,
  duration,
  start,
  scenario,
  truth,
}: SimulateArguments): Simulation | { readonly fault: string } {
  const seedNumber = Number(seed);
  if (!/^-?\d+$/.test(seed) || !Number.isSafeInteger(seedNumber))
    return { fault: `--seed ${seed} is no integer; give one such as 1` };
  const durationMs = parseDuration(duration);
  if (durationMs === undefined || durationMs === 0) {
    return { fault: `--for ${duration} is no duration; write it with a unit, such as 20s, 10m or 1h30m` };
  }
  const startAt = parseInstant(start, "iso");
  if (startAt === undefined)
    return { fault: `--start ${start} is no time; write ISO 8601 with an offset, such as 2026-01-01T00:00:00Z` };
  if (startAt + durationMs > timeMax)
    return { fault: "the simulation would go on beyond the year 9999; choose an earlier --start or a shorter --for" };
  if (truth !== undefined && durationMs > truthDurationMsMax) {
    return { fault: `--truth takes at most --for 24h, for it is written at the end; --for is ${duration}` };
  }
  const names = scenario === undefined ? [...scenarioNames] : scenario.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !scenarioNames.some((known) => known === name));
  if (unknown !== undefined)
    return { fault: `--scenario ${unknown} is not known; it takes ${scenarioNames.join(",")}` };
  return { seed: seedNumber, durationMs, startAt, scenarios: scenarioNames.filter((name) => names.includes(name)) };
}
