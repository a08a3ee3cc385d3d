import type { DeadLetter } from "../core/event/dead-letter.ts";
import { defaultEnvelope } from "../core/event/envelope.ts";
import type { EnvelopeSettings } from "../core/event/envelope.ts";
import type { Output } from "../core/shard/output.ts";
import { EffectMaker } from "../engine/effects-of.ts";
import { defaultAsking } from "../engine/question-asker.ts";
import { replay } from "../engine/replay.ts";
import { defaultLimits } from "../engine/limits.ts";
import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { Source } from "../ports/source.ts";
import { formatLints } from "./lint-report.ts";
import { printable } from "./printable.ts";
import { grouped, startProgress } from "./progress.ts";
import { replayLine } from "./replay-line.ts";
import type { EmitKind } from "./replay-line.ts";
import { prettyLine } from "./replay-pretty.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import { loadRuleSet, pathsOrDefault } from "./rule-set.ts";
import type { DocumentReader } from "./rule-set.ts";
import { type TimeArguments, sourceTimeOf, timeSettingsOf } from "./time-options.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export interface ReplayArguments extends TimeArguments {
  /** A file of NDJSON, or `-` for standard input. */
  readonly events: string;
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists: readonly string[];
  readonly schemas?: readonly string[] | undefined;
  readonly plugins?: readonly string[] | undefined;
  readonly ruleDefaults?: RuleDefaults | undefined;
  readonly emit: ReadonlySet<EmitKind>;
  readonly timeField: string | undefined;
  readonly timeFormat: EnvelopeSettings["timeFormat"];
  readonly typeField: string | undefined;
  readonly idField: string | undefined;
  readonly format: "ndjson" | "pretty";
  readonly source: string;
  readonly deadLetters: string;
  /** Alerts say why, as they do live. */
  readonly why: boolean;
}

/** What the command needs of the world, made by main. */
export interface ReplayPorts {
  readonly terminal: Terminal;
  readonly reader: DocumentReader;
  readonly clock: Clock;
  /** A bounded source over the file or standard input, and its size in bytes where that is known. */
  openEvents(path: string, name: string): Promise<{ readonly source: Source; readonly sizeBytes: number | undefined }>;
  /** Replaces the file by these lines. */
  writeDeadLetters(path: string, lines: string): Promise<void>;
}

/** Dead letters that are kept in memory until the end; beyond it they are only counted. */
const deadLetterCountMax = 100_000;

/** `tocsin replay`: a bounded run of exactly the engine that runs live. */
export async function runReplay(options: ReplayArguments, ports: ReplayPorts): Promise<ExitStatus> {
  const { terminal, reader } = ports;
  const time = sourceTimeOf(options.source, options);
  if (typeof time === "string") {
    terminal.err(`tocsin replay: ${time}\n`);
    return exitStatus.wrongInput;
  }
  const { plan, lints, texts } = await loadRuleSet(await pathsOrDefault(options, reader), reader);
  if (lints.length > 0) terminal.err(formatLints(lints, texts, { format: "pretty", colour: terminal.hasErrColour }));
  if (plan === undefined) return exitStatus.wrongInput;
  if (plan.rules.length + plan.lonePatterns.length === 0) {
    terminal.err(
      "tocsin replay: no rule and no pattern; name them by --rules and --patterns, or start in the folder that has rules/\n",
    );
    return exitStatus.wrongInput;
  }
  const { emit } = options;
  const observing = {
    matches: emit.has("matches"),
    windows: emit.has("windows"),
    late: emit.has("late"),
    events: emit.has("events"),
    why: options.why,
    explain: undefined,
  };
  const envelope: EnvelopeSettings = {
    ...defaultEnvelope,
    source: options.source,
    timeFormat: options.timeFormat,
    timeField: options.timeField,
    typeField: options.typeField,
    idField: options.idField,
  };
  const printer = new Printer(options, terminal);
  try {
    const { source, sizeBytes } = await ports.openEvents(options.events, options.source);
    const isShown = terminal.isErrTerminal && sizeBytes !== undefined;
    const progress = isShown ? startProgress({ total: sizeBytes, clock: ports.clock, write: terminal.err }) : undefined;
    const stats = await replay({
      source,
      plan,
      envelope,
      settings: { ...defaultLimits, ...timeSettingsOf(time), observing },
      asking: { clock: ports.clock, timeoutMs: defaultAsking.timeoutMs },
      onOutputs: (outputs) => printer.print(outputs),
      onProgress: ({ byteCount, eventCount }) => progress?.update(byteCount, eventCount),
    });
    progress?.end();
    reportErrors(stats.errors, terminal);
  } catch (error) {
    if (!(error instanceof CepError)) throw error;
    terminal.err(`tocsin replay: ${error.message}\n`);
    return exitStatus.wrongInput;
  }
  return finishDeadLetters(printer, options.deadLetters, ports);
}

/** Prints results as they come, and gathers what went wrong. */
class Printer {
  readonly options: ReplayArguments;
  readonly terminal: Terminal;
  readonly effects: EffectMaker;
  readonly deadLetters: DeadLetter[] = [];
  deadLetterCount = 0;
  /** Some of them were. */
  wereEvents = false;

  constructor(options: ReplayArguments, terminal: Terminal) {
    this.options = options;
    this.terminal = terminal;
    const told = new Set<string>();
    this.effects = new EffectMaker((rule, error) => {
      if (!told.has(rule)) terminal.err(`rule ${rule}: its summary failed, alerts have their plain line: ${error}\n`);
      told.add(rule);
    });
  }

  async print(outputs: readonly Output[]): Promise<void> {
    let text = "";
    for (const output of outputs) {
      if (output.kind === "dead-letter") this.keep(output.deadLetter);
      if (output.kind === "alarm") this.terminal.err(`alarm: ${output.alarm.message}\n`);
      const line = replayLine(output, this.options.emit, this.effects);
      if (line === undefined) continue;
      text +=
        this.options.format === "ndjson" ? `${JSON.stringify(line)}\n` : prettyLine(line, this.terminal.hasOutColour);
    }
    if (text !== "") await this.terminal.out(text);
  }

  private keep(deadLetter: DeadLetter): void {
    this.deadLetterCount += 1;
    this.wereEvents ||= deadLetter.reason === "too-far-ahead" || deadLetter.reason === "late";
    if (this.deadLetters.length < deadLetterCountMax) this.deadLetters.push(deadLetter);
  }
}

function reportErrors(
  errors: ReadonlyMap<string, { readonly count: number; readonly last: { readonly message: string } }>,
  terminal: Terminal,
): void {
  for (const [id, { count, last }] of errors)
    terminal.err(
      `${id}: ${count === 1 ? "1 evaluation" : `${grouped(count)} evaluations`} ended in an error and did not hold, such as: ${printable(last.message)}\n`,
    );
}

/** Dead letters may have been events, that no rule was to take: of the future, or too late. */
function countText({ deadLetterCount: count, wereEvents }: Printer): string {
  if (wereEvents) return count === 1 ? "1 event was not taken" : `${grouped(count)} events were not taken`;
  return count === 1 ? "1 event was no event" : `${grouped(count)} events were no events`;
}

async function finishDeadLetters(
  printer: Printer,
  path: string,
  { terminal, writeDeadLetters }: ReplayPorts,
): Promise<ExitStatus> {
  const { deadLetters, deadLetterCount } = printer;
  const [first] = deadLetters;
  if (first === undefined) return exitStatus.ok;
  await writeDeadLetters(path, deadLetters.map((deadLetter) => `${JSON.stringify(deadLetter)}\n`).join(""));
  const left = deadLetterCount > deadLetters.length ? ` (the first ${grouped(deadLetters.length)} of them)` : "";
  terminal.err(
    `${countText(printer)} and went to ${path}${left}; the first, at line ${first.position.sequence}: ${first.reason}, ${printable(first.detail)}\n`,
  );
  return exitStatus.deadLetters;
}
