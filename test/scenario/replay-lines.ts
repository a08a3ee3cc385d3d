import { documentReader } from "../../src/adapters/file/document-files.ts";
import { ndjsonSource } from "../../src/adapters/file/ndjson-source.ts";
import type { EmitKind } from "../../src/cli/replay-line.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { createManualClock } from "../contract/manual-clock.ts";

/** `tocsin replay EVENTS --rules … --patterns … --lists …` in this process: standard output, and what went to standard error. */
export async function replayFile(options: {
  readonly events: string;
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists?: readonly string[];
  readonly emit?: ReadonlySet<EmitKind>;
  readonly timeField?: string;
  readonly outOfOrderness?: string;
}): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const clock = createManualClock();
  let out = "";
  let err = "";
  const status = await runReplay(
    {
      lists: [],
      emit: new Set(["alerts"]),
      timeField: undefined,
      outOfOrderness: "0s",
      ...options,
      timeFormat: "auto",
      typeField: undefined,
      idField: undefined,
      format: "ndjson",
      source: "events",
      deadLetters: "",
      why: false,
    },
    {
      terminal: {
        out: async (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        isOutTerminal: false,
        isErrTerminal: false,
        hasOutColour: false,
        hasErrColour: false,
      },
      reader: documentReader,
      clock,
      openEvents: async (path, name) => ({
        source: ndjsonSource({ name, path, follow: false, clock }),
        sizeBytes: undefined,
      }),
      writeDeadLetters: async () => {},
    },
  );
  return { status, out, err };
}

export interface AlertLine {
  readonly rule: string;
  readonly key: Readonly<Record<string, string>>;
  readonly time: number;
  readonly event: { readonly type: string };
  readonly evidence: readonly (string | number)[];
}

export function alertsOf(out: string): AlertLine[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): AlertLine => JSON.parse(line));
}
