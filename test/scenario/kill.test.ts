import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { beforeAll, expect, inject, test } from "vitest";
import { connectNats } from "../../src/adapters/nats/connection.ts";
import { jetStreamPublisher } from "../../src/adapters/nats/jetstream-publisher.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { isJsonObject } from "../../src/core/base/json.ts";
import { prngFromSeed } from "../../src/core/base/prng.ts";
import type { Prng } from "../../src/core/base/prng.ts";
import { deliveryIdOf } from "../../src/core/notify/notification.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { countIds, expectedIds, makeEvents, rules } from "./kill-stream.ts";
import { linesOf } from "./line-file.ts";
import { receiveMail, receiveWebhooks } from "./receivers.ts";
import { buildProgram, install } from "./tocsin-process.ts";
import type { Installation, RunningTocsin } from "./tocsin-process.ts";

const seed = 20_261_125;
const killCount = 4;
const eventCount = 1_000;
/** Events between two kills come in this many pieces, so that a kill falls into the middle of work. */
const pieceSize = 25;
const common = {
  documents: { rules: ["rules.yaml"] },
  checkpoint: { interval: "200ms" },
  http: { port: 0 },
};

beforeAll(buildProgram, 240_000);

/** Feeds events piece by piece and kills the process at drawn moments, as often as told; at the end it runs. */
async function feedAndKill(
  installation: Installation,
  prng: Prng,
  feed: (from: number, to: number, url: () => Promise<string>) => Promise<void>,
): Promise<RunningTocsin> {
  let tocsin = installation.start();
  await tocsin.ready();
  const killsAt = Array.from({ length: killCount }, () => prng.nextBelow(eventCount)).toSorted((a, b) => a - b);
  for (let from = 0; from < eventCount; from += pieceSize) {
    const to = Math.min(eventCount, from + pieceSize);
    const isKill = killsAt.some((at) => at >= from && at < to);
    const feeding = feed(from, to, () => tocsin.ready());
    if (isKill) {
      await systemClock.sleep(prng.nextBelow(40));
      await tocsin.kill("SIGKILL");
      tocsin = installation.start();
    }
    await feeding;
  }
  await tocsin.ready();
  return tocsin;
}

/** What a killed worker had in hand comes again when its lease is over, 34 s after it was claimed. */
const quietMsMax = 45_000;

/** Waits until all that is expected has come, or nothing does for long; then a while for what should not come. */
async function settled(expectedCount: number, receivedIds: () => Promise<readonly string[]>): Promise<void> {
  let before = -1;
  for (let quietMs = 0; quietMs < quietMsMax; quietMs += 100) {
    const count = new Set(await receivedIds()).size;
    if (count >= expectedCount) break;
    if (count !== before) quietMs = 0;
    before = count;
    await systemClock.sleep(100);
  }
  await systemClock.sleep(500);
}

async function idsInFile(path: string): Promise<readonly string[]> {
  return (await linesOf(path)).map(({ delivery }) => delivery);
}

/** Tries until the process takes the events: a sender that names itself may repeat them. */
async function post(events: readonly string[], from: number, url: () => Promise<string>): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`${await url()}/events`, {
        method: "POST",
        headers: {
          "content-type": "application/x-ndjson",
          "tocsin-producer": "kill-test",
          "tocsin-producer-sequence": String(from),
        },
        body: `${events.join("\n")}\n`,
      });
      if (response.status === 202) return;
      if (response.status < 500) throw new TypeError(`refused: ${response.status} ${await response.text()}`);
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith("refused")) throw error;
      await systemClock.sleep(50);
    }
  }
}

/** Prints the counts beside the test's name, and holds them to what is promised. */
function expectExactlyOnce(what: string, expected: readonly string[], received: readonly string[]): void {
  const count = countIds(expected, received);
  const { lost, twice, repeated } = count;
  process.stdout.write(
    `${what}: expected ${count.expected}, lost ${lost}, twice ${twice}; repeated under one id ${repeated}\n`,
  );
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  expect(count.expected).toBeGreaterThan(0);
  // A kill can catch no more between send and mark than there are workers of the channel
  expect(repeated).toBeLessThanOrEqual(killCount * 16);
}

const embedded = { ...common, channels: { out: { kind: "file", path: "alerts.ndjson" } }, defaultChannels: ["out"] };

async function countFiles(name: string, installation: Installation, events: readonly string[]): Promise<void> {
  const { alerts, deadLetters } = expectedIds(events, 0);
  const alertIds = alerts.map((id) => deliveryIdOf(id, "out"));
  const letterIds = deadLetters.map((id) => deliveryIdOf(id, "dead-letters"));
  const alertFile = () => idsInFile(join(installation.dir, "alerts.ndjson"));
  const letterFile = () => idsInFile(join(installation.dir, ".tocsin/dead-letters.ndjson"));
  await settled(alertIds.length + letterIds.length, async () => [...(await alertFile()), ...(await letterFile())]);
  expectExactlyOnce(`${name}, alerts`, alertIds, await alertFile());
  expectExactlyOnce(`${name}, dead letters`, letterIds, await letterFile());
}

test.concurrent("embedded, fed over HTTP and killed again and again: lost 0, twice 0", async ({ onTestFinished }) => {
  const events = makeEvents(seed, eventCount);
  const sources = [{ kind: "local", name: "events", idle: "1h" }];
  const installation = await install({ ...embedded, sources }, { "rules.yaml": rules });
  onTestFinished(() => installation.remove());
  const tocsin = await feedAndKill(installation, prngFromSeed(seed), (from, to, url) =>
    post(events.slice(from, to), from, url),
  );
  await countFiles("embedded over HTTP", installation, events);
  expect(await tocsin.kill("SIGTERM")).toBe(0);
}, 150_000);

test.concurrent("embedded, following a file and killed again and again: lost 0, twice 0", async ({
  onTestFinished,
}) => {
  const events = makeEvents(seed + 1, eventCount);
  const sources = [{ kind: "file", path: "events.ndjson", name: "events", idle: "1h" }];
  const installation = await install({ ...embedded, sources }, { "rules.yaml": rules, "events.ndjson": "" });
  onTestFinished(() => installation.remove());
  const tocsin = await feedAndKill(installation, prngFromSeed(seed + 1), async (from, to) => {
    await appendFile(join(installation.dir, "events.ndjson"), `${events.slice(from, to).join("\n")}\n`);
    await systemClock.sleep(2);
  });
  await countFiles("embedded from a file", installation, events);
  expect(await tocsin.kill("SIGTERM")).toBe(0);
}, 150_000);

test.concurrent("JetStream, Redis, BullMQ, webhook and e-mail, killed again and again: lost 0, twice 0", async ({
  onTestFinished,
}) => {
  const events = makeEvents(seed + 2, eventCount);
  const stream = `kill-${randomUUID()}`;
  const link = await connectNats({ servers: [inject("natsUrl")], telemetry: recordTelemetry() });
  onTestFinished(() => link.close());
  const manager = await jetstreamManager(link.connection);
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  const publisher = jetStreamPublisher({ link, clock: systemClock });
  onTestFinished(() => publisher.close());
  const [hook, mail] = [await receiveWebhooks(), await receiveMail()];
  onTestFinished(() => hook.close());
  onTestFinished(() => mail.close());
  const settings = {
    ...common,
    namespace: stream,
    family: "server",
    redis: { url: inject("redisUrl") },
    sources: [{ kind: "nats", name: "events", idle: "1h", nats: { servers: [inject("natsUrl")], stream } }],
    channels: {
      hook: { kind: "webhook", url: hook.url },
      mail: { kind: "email", smtp: mail.url, from: "a@example.org", to: ["b@example.org"], requireTls: false },
    },
    defaultChannels: ["hook", "mail"],
  };
  const installation = await install(settings, { "rules.yaml": rules });
  onTestFinished(() => installation.remove());
  const tocsin = await feedAndKill(installation, prngFromSeed(seed + 2), async (from, to) => {
    await publisher.publish(
      events.slice(from, to).map((text, index) => ({
        subject: `${stream}.events`,
        bytes: new TextEncoder().encode(text),
        id: String(from + index),
      })),
    );
  });
  const { alerts, deadLetters } = expectedIds(events, 1);
  const ids = (channel: string) => alerts.map((id) => deliveryIdOf(id, channel));
  const hookIds = () => hook.calls.map(({ id }) => id);
  await settled(2 * alerts.length, async () => [...hookIds(), ...mail.ids]);
  expectExactlyOnce("server, webhook", ids("hook"), hookIds());
  expectExactlyOnce("server, e-mail", ids("mail"), mail.ids);
  const letterIds = deadLetters.map((id) => deliveryIdOf(id, "dead-letters"));
  expectExactlyOnce(
    "server, dead letters",
    letterIds,
    await idsInFile(join(installation.dir, ".tocsin/dead-letters.ndjson")),
  );
  const alertIdOfBody = ({ body }: { readonly body: string }): string => {
    const value: unknown = JSON.parse(body);
    const data = isJsonObject(value) ? value["data"] : undefined;
    return isJsonObject(data) && typeof data["id"] === "string" ? data["id"] : "none";
  };
  const byDelivery = new Map(hook.calls.map((call) => [call.id, alertIdOfBody(call)]));
  expectExactlyOnce("server, webhook by alert", alerts, [...byDelivery.values()]);
  expect(await tocsin.kill("SIGTERM")).toBe(0);
  await manager.streams.delete(stream);
}, 150_000);
