import { InvalidArgumentError, Command, CommanderError } from "commander";
import { parseDuration } from "../core/time/duration.ts";
import type { DurationMs } from "../core/time/instant.ts";

/** What `npm start` was asked for. */
export interface DemoSettings {
  /** Undefined: until stopped. */
  readonly durationMs: DurationMs | undefined;
  readonly seed: number;
  readonly dataDir: string;
}

/** Reads the arguments behind `npm start --`; a number is the exit status where there is nothing to run. */
export function readDemoSettings(args: readonly string[]): DemoSettings | number {
  const program = new Command("npm start --")
    .description(
      "Tocsin at work on the embedded family: three simulated scenarios, the rules of rules/ and patterns/, alerts as they happen.",
    )
    .option(
      "--for <duration>",
      "end by itself after so long, such as 20s (default: go on until Ctrl-C)",
      durationOption,
    )
    .option("--seed <number>", "seed of the simulator; equal seeds give equal events", seedOption, 1)
    .option("--data-dir <folder>", "where the state is kept; remove it to begin anew", ".tocsin/demo")
    .exitOverride();
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const { for: durationMs, seed, dataDir } = program.opts<{ for?: DurationMs; seed: number; dataDir: string }>();
  return { durationMs, seed, dataDir };
}

function durationOption(text: string): DurationMs {
  const duration = parseDuration(text);
  if (duration === undefined) throw new InvalidArgumentError("write it with a unit, such as 20s or 5m");
  return duration;
}

function seedOption(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError("it is a whole number");
  return seed;
}
