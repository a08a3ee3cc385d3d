import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CliPorts, runCli } from "../../src/cli/program.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { repositoryRoot } from "../tidy/planted-tree.ts";

const unused = () => Promise.reject(new Error("help needs nothing of the world"));

/** What the command line prints on standard output. */
async function printed(args: readonly string[]): Promise<string> {
  let text = "";
  const ports: CliPorts = {
    terminal: {
      out: async (part) => void (text += part),
      err: (part) => void (text += part),
      isOutTerminal: false,
      isErrTerminal: false,
      hasOutColour: false,
      hasErrColour: false,
    },
    clock: createManualClock(),
    reader: { read: unused, isFolder: unused, readMembers: unused },
    checkSettings: () => [],
    version: "",
    openEvents: unused,
    writeDeadLetters: unused,
    writeFile: unused,
    runService: unused,
    addressOf: unused,
    callService: unused,
    readInput: unused,
  };
  expect(await runCli(args, ports)).toBe(0);
  return text;
}

const commandsOf = (help: string) => [...help.matchAll(/^ {2}([a-z]+)(?= |$)/gm)].map(([, name = ""]) => name);
const optionsOf = (help: string) =>
  [...help.matchAll(/^ {2}(--[a-z-]+(?: <[a-z]+>)?)/gm)].map(([, option = ""]) => option);

const page = readFileSync(join(repositoryRoot, "docs/cli.md"), "utf8");
const sections = new Map(
  page
    .split(/^## tocsin /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), part.split(/^## /m)[0] ?? ""] as const),
);

describe("docs/cli.md", () => {
  test("has every command, in the order of the help", async () => {
    const commands = commandsOf(await printed(["--help"])).filter((name) => name !== "help");
    expect(commands.length).toBeGreaterThan(5);
    expect([...sections.keys()]).toEqual(commands);
  });

  test.each([...sections])("%s: every option, in the order of the help", async (command, section) => {
    const shown = [...section.matchAll(/^\| `(--[^`]+)` \| /gm)].map(([, option]) => option);
    expect(shown).toEqual(optionsOf(await printed([command, "--help"])));
  });
});
