import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentReader } from "../adapters/file/document-files.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTelemetry } from "../adapters/system/telemetry.ts";
import { formatLints } from "../cli/lint-report.ts";
import { comparePlanted, formatPlantedSummary } from "../cli/planted.ts";
import type { RaisedAlert } from "../cli/planted.ts";
import { grouped } from "../cli/progress.ts";
import { loadRuleSet } from "../cli/rule-set.ts";
import { exitStatus } from "../cli/terminal.ts";
import type { ExitStatus, Terminal } from "../cli/terminal.ts";
import type { Alert } from "../core/alert/effect.ts";
import { CepError } from "../ports/error.ts";
import { parseConfig } from "../spec/config.ts";
import { makeChannel } from "./channels.ts";
import { startDemoFeed } from "./demo-feed.ts";
import type { DemoFeed } from "./demo-feed.ts";
import { readDemoSettings } from "./demo-settings.ts";
import type { DemoSettings } from "./demo-settings.ts";
import { openEmbeddedFamily } from "./families.ts";
import { processTerminal } from "./process-terminal.ts";
import { startService } from "./service.ts";
import type { Service } from "./service.ts";
import { statusScreen, statusText } from "./status-line.ts";
import type { StatusScreen } from "./status-line.ts";
import { aborted, stopSignal } from "./stop-signal.ts";

/** The service's settings; TOCSIN_… variables win over them as over a file's. */
const settingsText = `
channels: {screen: {kind: console}}
defaultChannels: [screen]
log: {level: warn}
`;

const statusIntervalMs = 500;
/** How long the end waits for what is under way. */
const drainMsMax = 10_000;

/** A running demonstration. */
interface Demo {
  readonly service: Service;
  readonly feed: DemoFeed;
  readonly screen: StatusScreen;
  readonly alerts: readonly Alert[];
  /** Stops the simulator alone. */
  readonly stopFeed: () => void;
}

/** `npm start`: the main job on the embedded family, fed by the simulator. */
async function runDemo(settings: DemoSettings, terminal: Terminal, stopping: AbortSignal): Promise<ExitStatus> {
  const demo = await startDemo(settings, terminal);
  if (demo === undefined) return exitStatus.wrongInput;
  const { service, feed, screen } = demo;
  const ending = new AbortController();
  const showing = showStatus(demo, ending.signal);
  const time = settings.durationMs === undefined ? [] : [systemClock.sleep(settings.durationMs, stopping)];
  try {
    await Promise.race([service.finished, feed.finished, aborted(stopping), ...time]);
    demo.stopFeed();
    await feed.finished;
    await catchUp(demo);
  } finally {
    ending.abort();
    await showing;
    screen.end();
    demo.stopFeed();
    await service.stop();
  }
  screen.print(summaryOf(demo));
  return exitStatus.ok;
}

async function startDemo(settings: DemoSettings, terminal: Terminal): Promise<Demo | undefined> {
  const { config, lints } = parseConfig(
    "npm start",
    `dataDir: ${JSON.stringify(settings.dataDir)}\n${settingsText}`,
    process.env,
    () => undefined,
  );
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const paths = { rules: [join(root, "rules")], patterns: [join(root, "patterns")], lists: [join(root, "lists")] };
  const { set, plan, lints: documentLints, texts } = await loadRuleSet(paths, documentReader);
  const all = [...lints, ...documentLints];
  if (all.length > 0) terminal.err(formatLints(all, texts, { format: "pretty", colour: terminal.hasErrColour }));
  if (config === undefined || plan === undefined) return undefined;

  const telemetry = systemTelemetry({ level: "warn" });
  const family = await openEmbeddedFamily(config.dataDir, { clock: systemClock, telemetry });
  const screen = statusScreen(terminal);
  const ports = { clock: systemClock, write: screen.print, hasColour: terminal.hasOutColour };
  const channels = Object.entries(config.channels).map(([name, channel]) => makeChannel(name, channel, ports));
  const alerts: Alert[] = [];
  const service = await startService({
    config,
    documents: { set, plan },
    family,
    channels,
    clock: systemClock,
    telemetry,
    onEffects: (effects) => {
      for (const effect of effects) if (effect.kind === "alert") keepAlert(alerts, effect.alert);
    },
    stopping: new AbortController().signal,
  });
  if (service === undefined) return undefined;
  const feeding = new AbortController();
  if (family.localLog === undefined) return undefined;
  const feed = startDemoFeed({ log: family.localLog, seed: settings.seed, clock: systemClock, signal: feeding.signal });
  const from =
    feed.firstOffsetMs === 0 ? "" : `, going on where the last run stopped (event ${grouped(feed.firstOrdinal)})`;
  screen.print(
    `Tocsin with ${plan.rules.length} rules over simulated sign-ins, card payments and service metrics${from}.\n` +
      `State in ${config.dataDir}, status and metrics at ${service.api.url}; Ctrl-C ends.\n`,
  );
  return { service, feed, screen, alerts, stopFeed: () => feeding.abort() };
}

const alertCountMax = 100_000;

function keepAlert(alerts: Alert[], alert: Alert): void {
  if (alerts.length >= alertCountMax) alerts.shift();
  alerts.push(alert);
}

async function showStatus({ service, feed, screen }: Demo, signal: AbortSignal): Promise<void> {
  let before = { eventCount: service.status().eventCount, at: systemClock.now() };
  while (!signal.aborted) {
    await systemClock.sleep(statusIntervalMs, signal);
    const status = service.status();
    const now = systemClock.now();
    const perSecond = ((status.eventCount - before.eventCount) * 1_000) / Math.max(1, now - before.at);
    before = { eventCount: status.eventCount, at: now };
    screen.update(
      statusText(status, {
        perSecond: Math.max(0, perSecond),
        now,
        lagMessages: Math.max(0, feed.lastSequence - status.sequence),
      }),
    );
  }
}

/** Waits until everything written is decided and delivered. */
async function catchUp({ service, feed }: Demo): Promise<void> {
  const giveUpAt = systemClock.now() + drainMsMax;
  while (service.status().sequence < feed.lastSequence && systemClock.now() < giveUpAt) await systemClock.sleep(20);
  const drained = new AbortController();
  const delivering = service.drained().finally(() => drained.abort());
  await Promise.race([delivering, systemClock.sleep(Math.max(0, giveUpAt - systemClock.now()), drained.signal)]);
}

/** Alerts beside what was planted in this run. */
function summaryOf({ feed, alerts }: Demo): string {
  const raised = alerts
    .map(({ rule, key, time }): RaisedAlert => ({ rule, key, offsetMs: time - feed.startedAt }))
    .filter(({ offsetMs }) => offsetMs >= feed.firstOffsetMs)
    .filter((alert) => comparePlanted(feed.carried, [alert], { endOffsetMs: Infinity }).falseAlarms > 0);
  // The watermark stands 1 ms before the greatest event time: what was due later has not been decided.
  const comparison = comparePlanted(feed.planted, raised, { endOffsetMs: feed.lastOffsetMs });
  const seconds = ((feed.offsetMs - feed.firstOffsetMs) / 1_000).toFixed(1);
  return (
    `\n${grouped(feed.eventCount)} events in ${seconds} s, ${raised.length} alerts. What was planted, beside what was found\n` +
    `(only what was due before the end counts):\n\n${formatPlantedSummary(comparison)}`
  );
}

const terminal = processTerminal(process.env);
const settings = readDemoSettings(process.argv.slice(2));
if (typeof settings === "number") {
  process.exitCode = settings;
} else {
  try {
    process.exitCode = await runDemo(settings, terminal, stopSignal());
  } catch (error) {
    if (!(error instanceof CepError)) throw error;
    terminal.err(`npm start: ${error.message}\n`);
    process.exitCode = exitStatus.failed;
  }
}
