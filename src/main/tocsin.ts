#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { documentReader } from "../adapters/file/document-files.ts";
import { ndjsonSource } from "../adapters/file/ndjson-source.ts";
import { ndjsonStreamSource } from "../adapters/file/ndjson-stream-source.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { runCli } from "../cli/program.ts";
import type { CliPorts } from "../cli/program.ts";
import { isJsonObject } from "../core/base/json.ts";
import { loadPlugins } from "./load-plugins.ts";
import { processTerminal } from "./process-terminal.ts";
import { checkSettings, runService } from "./run-service.ts";
import { addressOf, callService, readInput } from "./service-client.ts";
import { stopSignal } from "./stop-signal.ts";

const environment = process.env;
const terminal = processTerminal(environment);

const ports: CliPorts = {
  terminal,
  reader: { ...documentReader, loadPlugins },
  addressOf: (options) => addressOf(options, environment),
  callService,
  readInput,
  clock: systemClock,
  version: packageVersion(),
  checkSettings: (file, text) => checkSettings(file, text, environment).lints,
  async openEvents(path, name) {
    if (path === "-")
      return { source: ndjsonStreamSource({ name, stream: process.stdin, clock: systemClock }), sizeBytes: undefined };
    const sizeBytes = await stat(path).then(
      ({ size }) => size,
      () => undefined,
    );
    return { source: ndjsonSource({ name, path, follow: false, clock: systemClock }), sizeBytes };
  },
  async writeDeadLetters(path, lines) {
    await writeFile(path, lines);
  },
  async writeFile(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  async runService({ config }) {
    const status = await runService({ config, terminal, environment, stopping: stopSignal() });
    endWhateverIsLeft(status);
    return status;
  },
};

/** A connection to a server that is away may not end by itself; nothing that it could still say is waited for. */
function endWhateverIsLeft(status: number): void {
  setTimeout(() => process.exit(status), 200).unref();
}

function packageVersion(): string {
  const read: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return isJsonObject(read) && typeof read["version"] === "string" ? read["version"] : "";
}

process.exitCode = await runCli(process.argv.slice(2), ports);
