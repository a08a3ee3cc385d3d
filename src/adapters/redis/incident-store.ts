import { assert } from "../../core/base/assert.ts";
import { incidentAfter, incidentIdFor, type Incident } from "../../core/notify/incident.ts";
import { parseDelivery, parseIncident } from "../../core/notify/stored-notification.ts";
import { CepError } from "../../ports/error.ts";
import type { Claim, Delivery, IncidentStore, Notification } from "../../ports/incident-store.ts";
import type { RedisConnection, RedisScript } from "./connection.ts";
import { incidentKeys } from "./incident-keys.ts";
import { applyScript, claimScript, finishScript, pendingScript, queuedScript } from "./scripts/incidents.ts";

export interface RedisIncidentStoreOptions {
  readonly namespace: string;
  /** Incidents kept; the one that got its last alert first goes first. Default 100,000. */
  readonly incidentCountMax?: number;
  /** Deliveries neither sent nor failed; with so many, `apply` refuses with STORE_FULL (retryable), and effects wait in the outbox. Default 1,000,000. */
  readonly unfinishedCountMax?: number;
}

/** What one script takes in: it stops the server for as long as it runs. */
const applyCountMax = 100;
const applySizeMax = 1024 * 1024;
/** Others may change incidents between reading and writing; whoever loses reads again. So many times in a row is no race. */
const conflictCountMax = 1_000;
const pendingBytesMax = 4 * 1024 * 1024;
const sweepCountMax = 100;
/** A row that the queue got so long ago and is not done is given to it again, for a queue may forget. */
const requeueAfterMs = 3_600_000;
/** Rows done are kept so long, for what the queue repeats and for people to look at. */
const keptMs = { sent: 600_000, failed: 7 * 86_400_000 } as const;
/** An effect id is known so long after its last row went: longer than an outbox that can't be written to should last. */
const seenForMs = 7 * 86_400_000;

/**
 * The incident store in Redis; a script a write, under the tag `{<namespace>:incidents}`. Time is the server's.
 *
 * Delivery guarantees: those of the port, as far as the server keeps what it acknowledged. Every call may be repeated
 * after a lost reply; a claim whose reply was lost ends with its lease.
 * At the limit: see the options. A server out of memory refuses effects and claims (STORE_FULL, retryable) and still takes marks.
 */
export function redisIncidentStore(connection: RedisConnection, options: RedisIncidentStoreOptions): IncidentStore {
  const keys = incidentKeys(options.namespace);
  const place = `${options.namespace} in Redis at ${connection.address}`;
  const run = (script: RedisScript, ...args: readonly (string | number)[]): Promise<unknown> =>
    connection.runScript(script, keys.all, args);
  const finish = async (id: string, state: "sent" | "failed", reason: string): Promise<void> => {
    await run(finishScript, id, state, reason, keptMs[state]);
  };
  return {
    async apply(notifications) {
      for (const slice of slicesOf(notifications)) await applySlice({ connection, options, place, slice });
    },
    async pendingDeliveries(countMax) {
      const reply = await run(pendingScript, countMax, pendingBytesMax, sweepCountMax, requeueAfterMs, seenForMs);
      return textsOf(reply).map((text) => requireDelivery(text, place));
    },
    async markQueued(deliveryIds) {
      for (let from = 0; from < deliveryIds.length; from += 1_000) {
        await run(queuedScript, requeueAfterMs, ...deliveryIds.slice(from, from + 1_000));
      }
    },
    claim: async (deliveryId, leaseMs) => claimOf(await run(claimScript, deliveryId, leaseMs)),
    markSent: (deliveryId) => finish(deliveryId, "sent", ""),
    markFailed: (deliveryId, reason) => finish(deliveryId, "failed", reason),
    async releaseClaim(deliveryId) {
      await connection.run((redis) => redis.zrem(keys.leases, deliveryId));
    },
    async getDelivery(deliveryId) {
      const text = await connection.run((redis) => redis.hget(keys.bodies, deliveryId));
      return text === null ? undefined : requireDelivery(text, place);
    },
    async incidents(countMax) {
      const ids = await connection.run((redis) => redis.zrevrange(keys.recent, 0, countMax - 1));
      if (ids.length === 0) return [];
      const texts = await connection.run((redis) => redis.hmget(keys.incidents, ...ids));
      return texts.flatMap((text) => (text === null ? [] : [requireIncident(text, place)]));
    },
    async countDeliveries() {
      const replies = await Promise.all([
        connection.run((redis) => redis.zcard(keys.pending)),
        connection.run((redis) => redis.zcard(keys.queued)),
        connection.run((redis) => redis.zcard(keys.finished)),
        connection.run((redis) => redis.hlen(keys.failed)),
      ]);
      const [pending, queued, finished, failed] = replies;
      return { pending, queued, sent: Math.max(0, finished - failed), failed };
    },
    async close() {},
  };
}

interface Slice {
  readonly connection: RedisConnection;
  readonly options: RedisIncidentStoreOptions;
  readonly place: string;
  readonly slice: readonly Notification[];
}

async function applySlice({ connection, options, place, slice }: Slice): Promise<void> {
  const keys = incidentKeys(options.namespace);
  const { unfinishedCountMax = 1_000_000, incidentCountMax = 100_000 } = options;
  let rest = slice;
  for (let conflictCount = 0; conflictCount < conflictCountMax; conflictCount += 1) {
    const args = argumentsFor(
      rest,
      await readIncidents(connection, keys.incidents, rest),
      await readSeen(connection, keys.seen, rest),
      place,
    );
    const reply = await connection.runScript(applyScript, keys.all, [
      unfinishedCountMax,
      incidentCountMax,
      seenForMs,
      ...args,
    ]);
    assert(Array.isArray(reply) && typeof reply[0] === "number", "the script gives a count and a word");
    const [doneCount, word] = [reply[0], String(reply[1])];
    if (word === "ok") return;
    if (word === "full") {
      throw new CepError(
        "STORE_FULL",
        `${unfinishedCountMax} deliveries of ${place} wait to be sent, as many as are kept: mend the channels`,
        { retryable: true },
      );
    }
    rest = rest.slice(doneCount);
  }
  throw new CepError("STORE_UNAVAILABLE", `others change the incidents of ${place} all the time`, { retryable: true });
}

/** The incidents of the alerts as they stand, by id, in JSON. */
async function readIncidents(
  connection: RedisConnection,
  key: string,
  slice: readonly Notification[],
): Promise<Map<string, string>> {
  const ids = [...new Set(slice.flatMap(({ effect }) => incidentIdFor(effect) ?? []))];
  const texts = ids.length === 0 ? [] : await connection.run((redis) => redis.hmget(key, ...ids));
  return new Map(ids.flatMap((id, index) => (typeof texts[index] === "string" ? [[id, texts[index]]] : [])));
}

async function readSeen(
  connection: RedisConnection,
  key: string,
  slice: readonly Notification[],
): Promise<Set<string>> {
  const ids = slice.map(({ effect }) => effect.id);
  const scores = await connection.run((redis) => redis.zmscore(key, ...ids));
  return new Set<string>(ids.filter((_, index) => typeof scores[index] === "string"));
}

/** The script's arguments, with each incident as it will be once those before it in the slice are applied. */
function argumentsFor(
  slice: readonly Notification[],
  incidents: Map<string, string>,
  seen: Set<string>,
  place: string,
): (string | number)[] {
  const args: (string | number)[] = [];
  for (const { effect, deliveries } of slice) {
    const bodies = deliveries.flatMap((delivery) => [delivery.id, JSON.stringify(delivery)]);
    const id = seen.has(effect.id) ? undefined : incidentIdFor(effect);
    const before = id === undefined ? undefined : incidents.get(id);
    const known = before === undefined ? undefined : requireIncident(before, place);
    const incident = id === undefined ? undefined : incidentAfter(known, effect);
    if (id === undefined || incident === undefined) {
      args.push(effect.id, "", "", "", deliveries.length, ...bodies);
      continue;
    }
    seen.add(effect.id);
    const after = JSON.stringify(incident);
    incidents.set(id, after);
    args.push(effect.id, id, before ?? "", after, deliveries.length, ...bodies);
  }
  return args;
}

function slicesOf(notifications: readonly Notification[]): readonly (readonly Notification[])[] {
  const slices: Notification[][] = [];
  let size = 0;
  for (const notification of notifications) {
    const added = JSON.stringify(notification.deliveries).length;
    const last = slices.at(-1);
    if (last === undefined || last.length >= applyCountMax || size + added > applySizeMax) {
      slices.push([notification]);
      size = added;
    } else {
      last.push(notification);
      size += added;
    }
  }
  return slices;
}

function claimOf(reply: unknown): Claim {
  assert(Array.isArray(reply) && typeof reply[1] === "number", "the script gives a word and a number");
  const word = String(reply[0]);
  switch (word) {
    case "claimed":
      return { kind: "claimed", attempt: reply[1] };
    case "leased":
      return { kind: "leased", retryAfterMs: reply[1] };
    case "sent":
    case "failed":
      return { kind: word };
    default:
      assert(false, "a claim is one of four");
  }
}

function textsOf(reply: unknown): readonly string[] {
  assert(Array.isArray(reply), "the script gives a list");
  return reply.map(String);
}

function requireDelivery(text: string, place: string): Delivery {
  const delivery = parseDelivery(text);
  if (delivery !== undefined) return delivery;
  throw new CepError("STORE_DAMAGED", `a delivery of ${place} can't be read: restore it from a backup`);
}

function requireIncident(text: string, place: string): Incident {
  const incident = parseIncident(text);
  if (incident !== undefined) return incident;
  throw new CepError("STORE_DAMAGED", `an incident of ${place} can't be read: restore it from a backup`);
}
