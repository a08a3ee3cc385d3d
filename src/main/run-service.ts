import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { documentReader } from "../adapters/file/document-files.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTelemetry } from "../adapters/system/telemetry.ts";
import { formatLints } from "../cli/lint-report.ts";
import { besideSettings } from "../cli/settings-parts.ts";
import { loadRuleSet, pathsOrDefault } from "../cli/rule-set.ts";
import type { RuleSet } from "../cli/rule-set.ts";
import { exitStatus } from "../cli/terminal.ts";
import type { ExitStatus, Terminal } from "../cli/terminal.ts";
import { ShardLostError } from "../engine/store-writer.ts";
import { CepError } from "../ports/error.ts";
import { parseConfig } from "../spec/config.ts";
import type { Config } from "../spec/config-schema.ts";
import type { Lint } from "../spec/lint.ts";
import { makeChannel } from "./channels.ts";
import { openEmbeddedFamily, openServerFamily } from "./families.ts";
import type { Family, FamilyPorts } from "./families.ts";
import { loadPlugins } from "./load-plugins.ts";
import { startService } from "./service.ts";
import type { Service } from "./service.ts";
import { aborted } from "./stop-signal.ts";
import { untilThere } from "./until-there.ts";

interface RunOptions {
  /** Path of the settings. */
  readonly config: string;
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stopping: AbortSignal;
}

/** `tocsin run`: the service from its settings until it is told to stop. */
export async function runService(options: RunOptions): Promise<ExitStatus> {
  const { terminal, stopping } = options;
  const config = await readSettings(options);
  if (config === undefined) return exitStatus.wrongInput;
  const documents = await readRules(config, options);
  if (documents?.plan === undefined) return exitStatus.wrongInput;
  const { set, plan, plugins } = documents;
  const telemetry = systemTelemetry({ level: config.log.level });
  let service: Service | undefined;
  try {
    const waiting = { clock: systemClock, telemetry, stopping };
    const write = (text: string) => void terminal.out(text);
    const channels = Object.entries(config.channels).map(([name, channel]) =>
      makeChannel(name, channel, {
        clock: systemClock,
        write,
        hasColour: terminal.hasOutColour,
        plugins: plugins.channels,
      }),
    );
    const family = await untilThere("open the store", () => openFamily(config, waiting), waiting);
    if (family === undefined) return exitStatus.ok;
    service = await startService({
      config,
      documents: { set, plan },
      plugins,
      family,
      channels,
      clock: systemClock,
      telemetry,
      stopping,
    });
    if (service === undefined) return exitStatus.ok;
    telemetry.info("tocsin runs", {
      family: config.family,
      http: service.api.url,
      rules: plan.rules.length,
      patterns: plan.lonePatterns.length,
    });
    if (Object.keys(config.channels).length === 0)
      telemetry.warn("no channel is configured: alerts are recorded, and nobody is told");
    else if (config.defaultChannels.length === 0)
      telemetry.warn("defaultChannels is empty: alerts of rules that name no channel are recorded, and nobody is told");
    await Promise.race([service.finished, aborted(stopping)]);
    telemetry.info("stopping");
    await service.stop();
    telemetry.info("stopped");
    return exitStatus.ok;
  } catch (error) {
    terminal.err(`tocsin run: ${failureText(error)}\n`);
    await service?.stop().catch(() => undefined);
    return error instanceof CepError && error.code === "CONFIG" ? exitStatus.wrongInput : exitStatus.failed;
  }
}

/** The world's faults in a sentence; a bug with its stack. */
function failureText(error: unknown): string {
  if (error instanceof CepError) return error.message;
  if (error instanceof ShardLostError) return `${error.message}; this one ends, and has lost nothing`;
  return String(error instanceof Error ? error.stack : error);
}

function openFamily(config: Config, ports: FamilyPorts): Promise<Family> {
  if (config.family === "embedded" || config.redis === undefined) return openEmbeddedFamily(config.dataDir, ports);
  return openServerFamily({ namespace: config.namespace, redisUrl: config.redis.url.reveal() }, ports);
}

/** Lints of settings, as `check` and `run` have them. */
export function checkSettings(
  file: string,
  text: string,
  environment: RunOptions["environment"],
): ReturnType<typeof parseConfig> {
  return parseConfig(file, text, environment, (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  });
}

async function readSettings({ config: path, terminal, environment }: RunOptions): Promise<Config | undefined> {
  let text = "";
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (path !== "tocsin.yaml") {
      terminal.err(
        `tocsin run: the settings ${path} can't be read: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      return undefined;
    }
  }
  const { config, lints } = checkSettings(path, text, environment);
  report(lints, new Map(), terminal);
  return config;
}

async function readRules(
  { documents, channels, defaultChannels, plugins: modules, ruleDefaults }: Config,
  { config: settings, terminal }: Pick<RunOptions, "config" | "terminal">,
): Promise<RuleSet | undefined> {
  const { rules = [], patterns = [], lists = [], schemas } = documents;
  const plugins = modules.map((path) => besideSettings(settings, path));
  const paths = await pathsOrDefault({ rules, patterns, lists, schemas, plugins, ruleDefaults }, documentReader);
  const ruleSet = await loadRuleSet(paths, { ...documentReader, loadPlugins });
  report(ruleSet.lints, ruleSet.texts, terminal);
  if (ruleSet.plan === undefined) return undefined;
  const faults = [...emptyFaults(ruleSet), ...channelFaults(ruleSet, new Set(Object.keys(channels)), defaultChannels)];
  for (const message of faults) terminal.err(`tocsin run: ${message}\n`);
  return faults.length > 0 ? undefined : ruleSet;
}

function emptyFaults({ set }: RuleSet): readonly string[] {
  if (set.rules.length + set.patterns.length > 0) return [];
  return ["no rule and no pattern: name them by `documents` in the settings, or start in the folder that has rules/"];
}

function channelFaults(
  { set }: RuleSet,
  known: ReadonlySet<string>,
  defaultChannels: readonly string[],
): readonly string[] {
  const faults: string[] = [];
  const configured = known.size === 0 ? "none is configured" : `there are ${[...known].join(", ")}`;
  for (const name of defaultChannels)
    if (!known.has(name)) faults.push(`defaultChannels names ${name}, which is no channel; ${configured}`);
  for (const { id, document } of set.rules) {
    const named = typeof document.alert === "object" ? (document.alert?.channels ?? []) : [];
    for (const name of named)
      if (!known.has(name))
        faults.push(`rule ${id} names the channel ${name}, which the settings do not have; ${configured}`);
  }
  return faults;
}

function report(lints: readonly Lint[], texts: ReadonlyMap<string, string>, terminal: Terminal): void {
  if (lints.length > 0) terminal.err(formatLints(lints, texts, { format: "pretty", colour: terminal.hasErrColour }));
}
