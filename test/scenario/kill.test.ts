import { randomUUID } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeAll, expect, inject, test } from "vitest";
import { connectNats } from "../../src/adapters/nats/connection.ts";
import { jetStreamPublisher } from "../../src/adapters/nats/jetstream-publisher.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { isJsonObject } from "../../src/core/base/json.ts";
import { prngFromSeed } from "../../src/core/base/prng.ts";
import type { Prng } from "../../src/core/base/prng.ts";
import { deliveryIdOf } from "../../src/core/notify/notification.ts";
import { effectIdOf } from "../../src/core/alert/alert-identity.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { countIds, expectedIds, makeEvents, rules } from "./kill-stream.ts";
import { receiveMail, receiveWebhooks } from "./receivers.ts";
import { buildProgram, install } from "./tocsin-process.ts";
import type { Installation, RunningTocsin } from "./tocsin-process.ts";

const seed = 20_261_125;
const killCount = 4;
const eventCount = 1_500;
/** Events between two kills come in this many pieces, so that a kill falls into the middle of work. */
const pieceSize = 15;
const common = {
  documents: { rules: ["rules.yaml"], patterns: [] },
  checkpoint: { interval: "200ms" },
  http: { port: 0 },
};

const cleanUps: (() => Promise<void>)[] = [];
beforeAll(buildProgram, 120_000);
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

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

/** Waits until all that is expected has come, or nothing does for ten seconds; then a while for what should not come. */
async function settled(expectedCount: number, receivedIds: () => Promise<readonly string[]>): Promise<void> {
  let before = -1;
  for (let quietMs = 0; quietMs < 10_000; quietMs += 100) {
    const count = new Set(await receivedIds()).size;
    if (count >= expectedCount) break;
    if (count !== before) quietMs = 0;
    before = count;
    await systemClock.sleep(100);
  }
  await systemClock.sleep(500);
}

/** Ids that a file channel wrote; a line that a kill cut short is none. */
async function idsInFile(path: string): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isJsonObject(value) && typeof value["delivery"] === "string" ? [value["delivery"]] : [];
    } catch {
      return [];
    }
  });
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

function deliveriesOf(ids: ReadonlySet<string>, channel: string): ReadonlySet<string> {
  return new Set([...ids].map((id) => rawDeliveryId(id, channel)));
}

/** `deliveryIdOf` wants an effect's id; these are some, as text. */
function rawDeliveryId(id: string, channel: string): string {
  const branded = Object.assign(effectIdOf([]), {}) && id;
  return deliveryIdOf(branded as never, channel);
}
