import { type Command, Option } from "commander";
import { runExplain, type ExplainArguments } from "./explain.ts";
import type { ReplayPorts } from "./replay.ts";
import { ruleDefaultOption } from "./rule-default-option.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import type { ExitStatus } from "./terminal.ts";
import { addTimeOptions } from "./time-options.ts";

interface ExplainFlags extends Omit<ExplainArguments, "rule" | "events" | "at" | "isAll" | "timeFormat"> {
  readonly event: string;
  readonly at?: string;
  readonly all: boolean;
  readonly ruleDefault?: RuleDefaults;
  readonly timeFormat?: "ms" | "s" | "iso";
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Adds `tocsin explain`. */
export function addExplain(program: Command, ports: ReplayPorts, finish: (status: ExitStatus) => void): void {
  addTimeOptions(
    program
      .command("explain")
      .description(
        "Tell why a rule fires for an event or does not: each condition with its values, and the fewest that stood in the way.",
      )
      .argument("<rule>", "the rule's id")
      .requiredOption(
        "--event <file>",
        "a file of NDJSON, or - for standard input; all of it is run, the last event is told of",
      )
      .option("--at <id>", "tell of the event with this id instead")
      .option("--all", "tell of every evaluation of the rule instead", false)
      .option(
        "--rules <path>",
        "a rule file or folder; may be repeated (default: rules/ here, if none of the three is named)",
        collect,
        [],
      )
      .option("--patterns <path>", "a pattern file or folder; may be repeated", collect, [])
      .option("--lists <path>", "a list file or folder; may be repeated", collect, [])
      .option("--schemas <path>", "a schema of an event type, or a folder of them; may be repeated", collect)
      .option("--plugins <path>", "a module of a plug-in that the rules use; may be repeated", collect)
      .addOption(ruleDefaultOption())
      .option("--time-field <name>", "field of the event time (default: time, else ts)")
      .addOption(
        new Option("--time-format <format>", "how it is written (default: as it looks)").choices(["ms", "s", "iso"]),
      )
      .option("--type-field <name>", "field of the event type (default: type)")
      .option("--id-field <name>", "field of the event id (default: id); '' names events by their line"),
  )
    .addOption(
      new Option("--format <format>", "form of the explanation")
        .choices(["text", "json", "json-rules-engine"])
        .default("text"),
    )
    .option("--source <name>", "name of the source in positions", "events")
    .action(async (rule: string, flags: ExplainFlags) => {
      const { event: events, at, all: isAll, timeFormat = "auto" } = flags;
      return finish(
        await runExplain({ ...flags, ruleDefaults: flags.ruleDefault, rule, events, at, isAll, timeFormat }, ports),
      );
    });
}
