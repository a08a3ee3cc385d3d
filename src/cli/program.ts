import { Command, CommanderError, Option } from "commander";
import { runCheck } from "./check.ts";
import type { CheckPorts } from "./check.ts";
import { addList } from "./list-command.ts";
import type { ServicePorts } from "./list-service.ts";
import { addExplain } from "./explain-command.ts";
import { emitKinds } from "./replay-line.ts";
import { runReplay } from "./replay.ts";
import type { ReplayPorts } from "./replay.ts";
import { ruleDefaultOption } from "./rule-default-option.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import { runSchema } from "./schema.ts";
import type { SchemaPorts } from "./schema.ts";
import { runSimulate } from "./simulate.ts";
import type { SimulatePorts } from "./simulate.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus } from "./terminal.ts";
import { addTimeOptions, type TimeArguments } from "./time-options.ts";

/** What the commands need of the world. */
export interface CliPorts extends ReplayPorts, CheckPorts, SchemaPorts, SimulatePorts, ServicePorts {
  /** Version of the package. */
  readonly version: string;
  /** Runs the service until it is told to stop. */
  runService(options: { readonly config: string }): Promise<ExitStatus>;
}

/** Runs one command line, without the program's own name; gives the exit status. Never throws for what a user did. */
export async function runCli(args: readonly string[], ports: CliPorts): Promise<ExitStatus> {
  let status: ExitStatus = exitStatus.ok;
  const program = buildProgram(ports, (result) => {
    status = result;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitStatus.ok : exitStatus.wrongInput;
  }
}

function buildProgram(ports: CliPorts, finish: (status: ExitStatus) => void): Command {
  const { terminal } = ports;
  const program = new Command("tocsin")
    .description("Complex event processing and rule alerting: windows, patterns and JSON rules over event streams.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void terminal.out(text), writeErr: terminal.err })
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      "\nExit status: 0 done, 1 failed, 2 a document or an argument is wrong, 3 (replay) events went to the dead-letter file.",
    );
  addRun(program, ports, finish);
  addReplay(program, ports, finish);
  addExplain(program, ports, finish);
  addCheck(program, ports, finish);
  addSchema(program, ports, finish);
  addSimulate(program, ports, finish);
  addList(program, ports, finish);
  program
    .command("version")
    .description("Print the version.")
    .action(() => terminal.out(`${ports.version}\n`));
  return program;
}

function addRun(program: Command, ports: CliPorts, finish: (status: ExitStatus) => void): void {
  program
    .command("run")
    .description("Run the service: read events, decide, checkpoint, send alerts; until SIGINT or SIGTERM.")
    .option("--config <file>", "settings; every key can be overridden by TOCSIN_… in the environment", "tocsin.yaml")
    .addHelpText(
      "after",
      "\nWhere there is no tocsin.yaml and none is named, all settings have their defaults: the embedded family, events by POST /events.",
    )
    .action(async (options: { readonly config: string }) => finish(await ports.runService(options)));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

interface ReplayFlags extends TimeArguments {
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists: readonly string[];
  readonly schemas?: readonly string[];
  readonly plugins: readonly string[];
  readonly emit: string;
  readonly timeField?: string;
  readonly timeFormat?: "ms" | "s" | "iso";
  readonly typeField?: string;
  readonly idField?: string;
  readonly format: "ndjson" | "pretty";
  readonly source: string;
  readonly deadLetters: string;
  readonly why: boolean;
  readonly ruleDefault?: RuleDefaults;
}

function addReplay(program: Command, ports: CliPorts, finish: (status: ExitStatus) => void): void {
  addTimeOptions(
    program
      .command("replay")
      .description(
        "Run rules and patterns over a file of events, exactly as they would run live, and print the results.",
      )
      .argument("<events>", "a file of NDJSON, or - for standard input")
      .option(
        "--rules <path>",
        "a rule file or folder; may be repeated (default: rules/ here, if none of the three is named)",
        collect,
        [],
      )
      .option("--patterns <path>", "a pattern file or folder; may be repeated", collect, [])
      .option("--lists <path>", "a list file or folder; may be repeated", collect, [])
      .option("--schemas <path>", "a schema of an event type, or a folder of them; may be repeated", collect)
      .option("--plugins <path>", "a module of a plug-in that the rules use; may be repeated", collect, [])
      .addOption(ruleDefaultOption())
      .option("--emit <kinds>", `what to print, of ${emitKinds.join(",")}`, "alerts")
      .option("--time-field <name>", "field of the event time (default: time, else ts)")
      .addOption(
        new Option("--time-format <format>", "how it is written (default: as it looks)").choices(["ms", "s", "iso"]),
      )
      .option("--type-field <name>", "field of the event type (default: type)")
      .option("--id-field <name>", "field of the event id (default: id); '' names events by their line"),
  )
    .addOption(new Option("--format <format>", "form of the results").choices(["ndjson", "pretty"]).default("ndjson"))
    .option("--source <name>", "name of the source in positions, which alert ids are made of", "events")
    .option("--dead-letters <file>", "where what is no event goes", "dead-letters.ndjson")
    .option("--why", "alerts say why, as they do live: the conditions with their values", false)
    .action(async (events: string, flags: ReplayFlags) => {
      const emit = flags.emit.split(",").map((kind) => kind.trim());
      const unknown = emit.find((kind) => !emitKinds.some((known) => known === kind));
      if (unknown !== undefined) {
        ports.terminal.err(`tocsin replay: --emit ${unknown} is not known; it takes ${emitKinds.join(",")}\n`);
        return finish(exitStatus.wrongInput);
      }
      const kinds = new Set(emitKinds.filter((kind) => emit.includes(kind)));
      const { timeField, timeFormat = "auto", typeField, idField } = flags;
      return finish(
        await runReplay(
          { ...flags, ruleDefaults: flags.ruleDefault, events, emit: kinds, timeField, timeFormat, typeField, idField },
          ports,
        ),
      );
    });
}

function addCheck(program: Command, ports: CliPorts, finish: (status: ExitStatus) => void): void {
  program
    .command("check")
    .description("Lint documents: every fault, with file, line and column. Exit status 2 where one is an error.")
    .argument("[paths...]", "files and folders (default: rules/, patterns/, lists/, schemas/ and tocsin.yaml here)")
    .option("--schemas <path>", "a schema of an event type, or a folder of them; may be repeated", collect, [])
    .option(
      "--plugins <path>",
      "a module of a plug-in, besides those that tocsin.yaml names; may be repeated",
      collect,
      [],
    )
    .addOption(ruleDefaultOption())
    .addOption(
      new Option("--format <format>", "form of the report").choices(["pretty", "json", "github"]).default("pretty"),
    )
    .action(
      async (
        paths: string[],
        flags: {
          readonly format: "pretty" | "json" | "github";
          readonly schemas: readonly string[];
          readonly plugins: readonly string[];
          readonly ruleDefault?: RuleDefaults;
        },
      ) => finish(await runCheck({ paths, ruleDefaults: flags.ruleDefault ?? {}, ...flags }, ports)),
    );
}

function addSchema(program: Command, ports: CliPorts, finish: (status: ExitStatus) => void): void {
  program
    .command("schema")
    .description("Print the JSON Schemas of the documents, for editors.")
    .argument("[kind]", "one of them: rule, pattern, define, list, config (default: all, in one object)")
    .option("--out <folder>", "write each to a file <kind>.schema.json there instead")
    .action(async (kind: string | undefined, { out }: { readonly out?: string }) =>
      finish(await runSchema({ kind, out }, ports)),
    );
}

function addSimulate(program: Command, ports: CliPorts, finish: (status: ExitStatus) => void): void {
  program
    .command("simulate")
    .description(
      "Print events of the seeded simulator as NDJSON: sign-ins, card payments and service metrics, with attacks and faults planted.",
    )
    .option("--seed <number>", "equal seeds give equal events", "1")
    .option("--for <duration>", "how much event time to simulate", "10m")
    .option("--start <time>", "event time of the first event, ISO 8601", "2026-01-01T00:00:00.000Z")
    .option("--scenario <names>", "which scenarios, separated by commas (default: all)")
    .option("--truth <file>", "write what was planted there, one JSON line each")
    .action(
      async (flags: {
        readonly seed: string;
        readonly for: string;
        readonly start: string;
        readonly scenario?: string;
        readonly truth?: string;
      }) =>
        finish(
          await runSimulate({ ...flags, duration: flags.for, scenario: flags.scenario, truth: flags.truth }, ports),
        ),
    );
}
