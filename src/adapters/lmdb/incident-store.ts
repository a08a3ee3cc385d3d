import { incidentAfter, incidentIdFor } from "../../core/notify/incident.ts";
import { isDelivery, isIncident } from "../../core/notify/stored-notification.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Claim, Delivery, Incident, IncidentStore, Notification } from "../../ports/incident-store.ts";
import {
  claimRow,
  countRows,
  finishRow,
  insertRow,
  openDeliveryRows,
  pendingRows,
  queueRow,
  releaseRow,
  sweepRows,
  type DeliveryRows,
} from "./delivery-rows.ts";
import type { LmdbDatabase, LmdbEnvironment } from "./environment.ts";

export interface LmdbIncidentStoreOptions {
  readonly clock: Pick<Clock, "now">;
  /** Incidents kept; the one that got its last alert first goes first. Default 100,000. */
  readonly incidentCountMax?: number;
  /** Deliveries neither sent nor failed; with so many, `apply` refuses with STORE_FULL (retryable), and effects wait in the outbox. Default 1,000,000. */
  readonly unfinishedCountMax?: number;
}

/** One transaction, and so one sync and one stop of the event loop, is at most so many notifications. */
const applyCountMax = 100;

/**
 * The incident store in an lmdb folder. Time is the machine's.
 *
 * At the limit: see the options; a full disk is STORE_FULL (retryable).
 */
export function lmdbIncidentStore(environment: LmdbEnvironment, options: LmdbIncidentStoreOptions): IncidentStore {
  const { clock, unfinishedCountMax = 1_000_000, incidentCountMax = 100_000 } = options;
  const rows = openDeliveryRows(environment);
  const table = openIncidents(environment);

  function finish(deliveryId: string, state: "sent" | "failed", reason: string): Promise<void> {
    return environment.transaction(() => finishRow(rows, deliveryId, { state, reason, now: clock.now() }));
  }

  return {
    async apply(notifications) {
      for (let from = 0; from < notifications.length; from += applyCountMax) {
        await environment.transaction(() => {
          for (const notification of notifications.slice(from, from + applyCountMax)) {
            applyOne({ rows, table, notification, now: clock.now(), unfinishedCountMax });
          }
          shedIncidents(table, incidentCountMax);
        });
      }
    },
    async pendingDeliveries(countMax) {
      await sweepRows(environment, rows, clock.now());
      return pendingRows(rows, countMax).map((id) => requireBody(rows, id));
    },
    async markQueued(deliveryIds) {
      await environment.transaction(() => {
        for (const id of deliveryIds) queueRow(rows, id, clock.now());
      });
    },
    claim(deliveryId, leaseMs): Promise<Claim> {
      return environment.transaction(() => claimRow(rows, deliveryId, { leaseMs, now: clock.now() }));
    },
    markSent: (deliveryId) => finish(deliveryId, "sent", ""),
    markFailed: (deliveryId, reason) => finish(deliveryId, "failed", reason),
    async releaseClaim(deliveryId) {
      await environment.transaction(() => releaseRow(rows, deliveryId));
    },
    async getDelivery(deliveryId) {
      return rows.bodies.get(deliveryId) === undefined ? undefined : requireBody(rows, deliveryId);
    },
    async incidents(countMax) {
      const recent = table.recent.range({ countMax, reverse: true });
      return recent.flatMap(({ value }) => (typeof value === "string" ? [requireIncident(table, value)] : []));
    },
    async countDeliveries() {
      return countRows(rows);
    },
    async close() {},
  };
}

/** Incidents by id, and their ids by the order of their last alerts. */
interface IncidentTable {
  readonly byId: LmdbDatabase<unknown>;
  readonly recent: LmdbDatabase<unknown>;
  readonly ordinals: LmdbDatabase<unknown>;
}

function openIncidents(environment: LmdbEnvironment): IncidentTable {
  return {
    byId: environment.json("incidents"),
    recent: environment.json("incidents-recent"),
    ordinals: environment.json("incident-ordinals"),
  };
}

interface Application {
  readonly rows: DeliveryRows;
  readonly table: IncidentTable;
  readonly notification: Notification;
  readonly now: number;
  readonly unfinishedCountMax: number;
}

function applyOne({ rows, table, notification, now, unfinishedCountMax }: Application): void {
  const { effect, deliveries } = notification;
  if (rows.seen.get(effect.id) !== undefined) return;
  const { pending, queued } = countRows(rows);
  if (pending + queued + deliveries.length > unfinishedCountMax) {
    throw new CepError(
      "STORE_FULL",
      `${pending + queued} deliveries wait to be sent, as many as are kept: mend the channels`,
      { retryable: true },
    );
  }
  rows.seen.put(effect.id, deliveries.length);
  if (deliveries.length === 0) rows.seenEnding.put([now + rows.seenForMs, effect.id], effect.id);
  for (const delivery of deliveries) insertRow(rows, delivery);
  const id = incidentIdFor(effect);
  if (id === undefined) return;
  const incident = incidentAfter(findIncident(table, id), effect);
  if (incident !== undefined) putIncident(table, incident);
}

function findIncident(table: IncidentTable, id: string): Incident | undefined {
  return table.byId.get(id) === undefined ? undefined : requireIncident(table, id);
}

function putIncident({ byId, recent, ordinals }: IncidentTable, incident: Incident): void {
  const before = ordinals.get(incident.id);
  if (typeof before === "number") recent.remove(before);
  const [last] = recent.range({ reverse: true, countMax: 1 });
  const ordinal = typeof last?.key === "number" ? last.key + 1 : 0;
  byId.put(incident.id, incident);
  ordinals.put(incident.id, ordinal);
  recent.put(ordinal, incident.id);
  ordinals.put("", countIncidents(ordinals) + (before === undefined ? 1 : 0));
}

/** The count is kept under "", which is no incident's id. */
function countIncidents(ordinals: LmdbDatabase<unknown>): number {
  const count = ordinals.get("");
  return typeof count === "number" ? count : 0;
}

function shedIncidents({ byId, recent, ordinals }: IncidentTable, countMax: number): void {
  const count = countIncidents(ordinals);
  if (count <= countMax) return;
  for (const { key, value } of recent.range({ countMax: count - countMax })) {
    if (typeof value !== "string") continue;
    recent.remove(key);
    byId.remove(value);
    ordinals.remove(value);
  }
  ordinals.put("", countMax);
}

function requireBody(rows: DeliveryRows, id: string): Delivery {
  const body = rows.bodies.get(id);
  if (isDelivery(body)) return body;
  throw new CepError("STORE_DAMAGED", `delivery ${id} can't be read: restore the folder from a backup`);
}

function requireIncident({ byId }: IncidentTable, id: string): Incident {
  const incident = byId.get(id);
  if (isIncident(incident)) return incident;
  throw new CepError("STORE_DAMAGED", `incident ${id} can't be read: restore the folder from a backup`);
}
