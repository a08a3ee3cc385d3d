import { startApi } from "../api/server.ts";
import type { ApiServer } from "../api/server.ts";
import type { SystemTelemetry } from "../adapters/system/telemetry.ts";
import type { Effect } from "../core/alert/effect.ts";
import { defaultEnvelope } from "../core/event/envelope.ts";
import { compileTypeFilters } from "../core/event/type-filter.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import { observeLive } from "../core/shard/output.ts";
import { assert } from "../core/base/assert.ts";
import { startDispatcher } from "../engine/dispatcher.ts";
import { defaultLimits } from "../engine/limits.ts";
import { startNotifier } from "../engine/notifier.ts";
import { runShard } from "../engine/run-shard.ts";
import type { RunningShard } from "../engine/run-shard.ts";
import type { RunShardOptions, ShardStatus } from "../engine/shard-run.ts";
import { noPlugins } from "../plugin/plugin-set.ts";
import type { PluginSet } from "../plugin/plugin-set.ts";
import type { Channel } from "../ports/channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { Config } from "../spec/config-schema.ts";
import { readDocumentSet } from "../spec/document-set-text.ts";
import { openEvents } from "./events-source.ts";
import type { EventsInput } from "./events-source.ts";
import { openDeadLetters } from "./dead-letters.ts";
import type { Family } from "./families.ts";
import { listHandlers } from "./list-handlers.ts";
import { durationOf, sourceTimeOf } from "./source-time.ts";
import { untilThere } from "./until-there.ts";

export interface ServiceOptions {
  readonly config: Config;
  readonly documents: { readonly set: DocumentSet; readonly plan: Plan };
  /** Default none. */
  readonly plugins?: PluginSet;
  readonly family: Family;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly telemetry: SystemTelemetry;
  readonly onEffects?: (effects: readonly Effect[]) => void;
  /** Ends the wait for a source that is not there yet. */
  readonly stopping: AbortSignal;
}

/** A running installation: one shard, its notifier and dispatcher, and the HTTP port. */
export interface Service {
  readonly api: ApiServer;
  /** Rejects when something fails for good; resolves after `stop`. */
  readonly finished: Promise<void>;
  status(): ShardStatus;
  /** Resolves when every effect so far is with its channel, or has failed there for good. */
  drained(): Promise<void>;
  /** Commits, ends what is in hand, and closes everything. */
  stop(): Promise<void>;
}

const deliveriesIntervalMs = 5_000;
const deadLetterChannel = "dead-letters";

/**
 * Starts everything that settings describe; undefined where it is to stop before its source is there. What it is given it
 * closes, the family and the channels too, also where it fails to start.
 */
export async function startService(options: ServiceOptions): Promise<Service | undefined> {
  const opened: { close(): Promise<void> }[] = [options.family, ...options.channels];
  try {
    const service = await startParts(options, opened);
    if (service === undefined) await closeAll(opened, options.clock);
    return service;
  } catch (error) {
    await closeAll(opened, options.clock).catch(() => undefined);
    throw error;
  }
}

/** @param opened is told of everything that has to be closed. */
async function startParts(options: ServiceOptions, opened: { close(): Promise<void> }[]): Promise<Service | undefined> {
  const { config, family, channels, clock, telemetry } = options;
  const ports = { clock, telemetry, localLog: family.localLog };
  const input = await untilThere("open the source of events", () => openEvents(config, ports), options);
  if (input === undefined) return undefined;
  opened.push(input);
  const openLetters = () => openDeadLetters(deadLetterChannel, config, ports);
  const deadLetters = await untilThere("open the place of dead letters", openLetters, options);
  if (deadLetters === undefined) return undefined;
  opened.push(deadLetters);
  const started: { shard?: RunningShard } = {};
  let isReady = false;
  const api = await startApi({
    host: config.http.host,
    ...(config.http.port === undefined ? {} : { port: config.http.port }),
    ...(config.http.token === undefined ? {} : { token: config.http.token.reveal() }),
    telemetry,
    handlers: {
      unreadyReasons: () =>
        isReady
          ? []
          : ["the shard is not recovered yet: its store or source is away, or it reads what was read before"],
      metrics: () => telemetry.metrics(),
      status: async () => ({ shard: started.shard?.status(), deliveries: await family.incidents.countDeliveries() }),
      ...(input.ingest === undefined ? {} : { ingest: input.ingest }),
      lists: listHandlers(() => started.shard),
    },
  });
  const shard = runShard({
    ...shardOptions(options, input),
    onReady: () => {
      isReady = true;
    },
  });
  started.shard = shard;
  return serviceOf(options, { api, shard, channels: [...channels, deadLetters], opened });
}

interface Parts {
  readonly api: ApiServer;
  readonly shard: RunningShard;
  readonly channels: readonly Channel[];
  readonly opened: readonly { close(): Promise<void> }[];
}

function serviceOf(options: ServiceOptions, { api, shard, channels, opened }: Parts): Service {
  const { config, family, clock, telemetry } = options;
  const { incidents, queue, store } = family;
  const routing = { defaultChannels: config.defaultChannels, deadLetterChannel };
  const notifier = startNotifier({ store, incidents, queue, routing, telemetry, clock });
  const dispatcher = startDispatcher({
    channels,
    incidents,
    queue,
    telemetry,
    clock,
    random: Math.random,
  });
  const watching = new AbortController();
  const watched = watchDeliveries(options, watching.signal);
  return {
    api,
    finished: shard.finished,
    status: () => shard.status(),
    async drained() {
      await notifier.drained();
      await dispatcher.drained();
    },
    async stop() {
      watching.abort();
      const closings = opened.toReversed().map((part) => () => part.close());
      await stopAll(
        [
          () => api.close(),
          () => shard.stop(),
          () => watched,
          () => notifier.stop(),
          () => dispatcher.stop(),
          ...closings,
        ],
        clock,
      );
    },
  };
}

/** Closes in the order opposite to opening. */
function closeAll(opened: readonly { close(): Promise<void> }[], clock: Clock): Promise<void> {
  return stopAll(
    opened.toReversed().map((part) => () => part.close()),
    clock,
  );
}

function shardOptions(
  { config, documents, plugins = noPlugins, family, clock, telemetry, onEffects }: ServiceOptions,
  input: EventsInput,
): RunShardOptions {
  const [source] = config.sources;
  assert(source !== undefined, "settings have a source");
  const { timeFormat = "auto", timeField, typeField, idField, maxEventBytes } = source;
  const subjects = source.kind === "nats" ? source.nats.subjects : undefined;
  const time = sourceTimeOf(source);
  return {
    openSource: input.openSource,
    store: family.store,
    documents,
    readDocuments: readDocumentSet,
    extensionsFor: (records) => {
      for (const difference of plugins.differencesFrom(records))
        telemetry.warn("what was read before is read again with another plug-in than then", { difference });
      return plugins.extensionsFor(records);
    },
    asking: {
      timeoutMs: durationOf(config.asynchronousFacts.timeout),
      concurrentCountMax: config.asynchronousFacts.maxConcurrent,
      openCountMax: config.asynchronousFacts.maxOpen,
    },
    envelope: { ...defaultEnvelope, source: source.name, timeFormat, timeField, typeField, idField, maxEventBytes },
    settings: {
      ...defaultLimits,
      outOfOrdernessMs: time.outOfOrdernessMs,
      sources: [time],
      observing: observeLive,
    },
    ...(subjects === undefined ? {} : { fitsSubject: compileTypeFilters(subjects) }),
    clock,
    telemetry,
    checkpointIntervalMs: durationOf(config.checkpoint.interval),
    sliceMs: config.checkpoint.sliceMs,
    uncommittedEntryCountMax: config.checkpoint.maxUncommittedEntries,
    idleMs: time.idleMs,
    ledgerHorizonMs: durationOf(config.ledgerHorizon),
    ...(onEffects === undefined ? {} : { onEffects }),
  };
}

/**
 * How long all parts together may take to end: a server that is away must not keep the process, and whoever stops a
 * container kills it soon. What was still held is recovered.
 */
const endMsMax = 4_000;
/** Each part is at least asked to end. */
const partEndMsMin = 50;

/** Input ends first and the stores last, so that nothing in hand is dropped. */
async function stopAll(ends: readonly (() => Promise<void>)[], clock: Clock): Promise<void> {
  const failures: unknown[] = [];
  const deadlineAt = clock.now() + endMsMax;
  for (const end of ends) {
    const ended = new AbortController();
    const ending = end()
      .catch((error: unknown) => failures.push(error))
      .finally(() => ended.abort());
    await Promise.race([ending, clock.sleep(Math.max(partEndMsMin, deadlineAt - clock.now()), ended.signal)]);
  }
  if (failures.length > 0) throw failures[0];
}

/** Keeps the gauge of deliveries that are on their way. */
async function watchDeliveries({ family, telemetry, clock }: ServiceOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(deliveriesIntervalMs, signal);
    try {
      const { pending, queued } = await family.incidents.countDeliveries();
      telemetry.gauge("tocsin_deliveries_pending", pending + queued);
    } catch (error) {
      // The notifier and the dispatcher say so; a gauge is no reason for another line.
      telemetry.debug("deliveries can't be counted", { reason: String(error) });
    }
  }
}
