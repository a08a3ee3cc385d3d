import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { parseDuration } from "../core/time/duration.ts";
import { importFormats, runAdd, runImport, runRemove } from "./list-change.ts";
import type { ImportFormat } from "./list-change.ts";
import type { ServiceAddress, ServicePorts } from "./list-service.ts";
import { runShow } from "./list-show.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus } from "./terminal.ts";

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `tocsin list …`: lists and tables of a service that runs, over its HTTP port. */
export function addList(program: Command, ports: ServicePorts, finish: (status: ExitStatus) => void): void {
  const list = program
    .command("list")
    .description("Show and change the lists of a service that runs, over its HTTP port.")
    .option("--config <file>", "settings that say where it listens, and its token", "tocsin.yaml")
    .option("--url <url>", "where it listens instead, such as http://127.0.0.1:7700")
    .addHelpText(
      "after",
      "\nA change is answered once it is durable. Exit status 1: the service does not run, or the member is not there.",
    );
  const ended = async (run: (address: ServiceAddress) => Promise<ExitStatus>): Promise<void> => {
    const { config, url } = list.opts<{ config: string; url?: string }>();
    const address = await ports.addressOf({ config, url });
    if (typeof address !== "string") return finish(await run(address));
    ports.terminal.err(`tocsin list: ${address}\n`);
    finish(exitStatus.wrongInput);
  };
  addShow(list, ports, ended);
  list
    .command("add")
    .description("Add members, or give those that are there other fields and another time.")
    .argument("<list>", "id of the list")
    .argument("<members...>")
    .option("--ttl <duration>", "how long they stay, in log time (default: as the list says)", durationText)
    .option("--field <name=value>", "a field of them; may be repeated", collect, [])
    .action((id: string, members: string[], { ttl, field }: { readonly ttl?: string; readonly field: string[] }) =>
      ended((address) => runAdd({ list: id, members, ttl, fields: field }, address, ports)),
    );
  list
    .command("remove")
    .description("Remove members, those of the documents too.")
    .argument("<list>", "id of the list")
    .argument("<members...>")
    .action((id: string, members: string[]) => ended((address) => runRemove({ list: id, members }, address, ports)));
  list
    .command("import")
    .description("Add the members of a file.")
    .argument("<list>", "id of the list")
    .argument("<file>", "a file with a member a line, a .csv with a header, .ndjson; or - for standard input")
    .option("--ttl <duration>", "how long they stay, in log time (default: as the list says)", durationText)
    .addOption(
      new Option("--format <format>", "form of the file (default: by its name, else txt)").choices(importFormats),
    )
    .action((id: string, path: string, { ttl, format }: { readonly ttl?: string; readonly format?: ImportFormat }) =>
      ended((address) => runImport({ list: id, path, ttl, format }, address, ports)),
    );
}

function addShow(
  list: Command,
  ports: ServicePorts,
  ended: (run: (address: ServiceAddress) => Promise<ExitStatus>) => Promise<void>,
): void {
  list
    .command("show")
    .description("Show all lists, the members of one, or one member as a condition would find it.")
    .argument("[list]", "id of the list")
    .argument("[member]")
    .option("--prefix <text>", "members that begin so", "")
    .option("--limit <number>", "members at most", countText, 100)
    .addOption(new Option("--format <format>", "form of the output").choices(["pretty", "ndjson"]).default("pretty"))
    .action(
      (
        id: string | undefined,
        member: string | undefined,
        flags: { readonly prefix: string; readonly limit: number; readonly format: "pretty" | "ndjson" },
      ) => ended((address) => runShow({ ...flags, list: id, member }, address, ports)),
    );
}

function durationText(text: string): string {
  const duration = parseDuration(text);
  if (duration === undefined || duration <= 0) throw new InvalidArgumentError("Write it with a unit, such as 1h.");
  return text;
}

function countText(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1) throw new InvalidArgumentError("It is a number from 1 on.");
  return count;
}
