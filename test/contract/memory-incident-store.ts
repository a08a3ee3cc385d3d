import { incidentIdOf, updateIncident, type Incident } from "../../src/core/notify/incident.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Delivery, IncidentStore } from "../../src/ports/incident-store.ts";

interface Row {
  readonly delivery: Delivery;
  state: "pending" | "queued" | "sent" | "failed";
  attemptCount: number;
  leasedUntil: number;
  reason: string;
}

export interface MemoryIncidentStore extends IncidentStore {
  readonly rows: ReadonlyMap<string, Row>;
}

/** The incident store as a simulated port: survives what uses it, forgets nothing, every call atomic. */
export function createMemoryIncidentStore(clock: Pick<Clock, "now">): MemoryIncidentStore {
  const seen = new Set<string>();
  const incidents = new Map<string, Incident>();
  const rows = new Map<string, Row>();

  return {
    rows,
    async apply(notifications) {
      for (const { effect, deliveries } of notifications) {
        if (seen.has(effect.id)) continue;
        seen.add(effect.id);
        for (const delivery of deliveries) {
          rows.set(delivery.id, { delivery, state: "pending", attemptCount: 0, leasedUntil: 0, reason: "" });
        }
        if (effect.kind !== "alert") continue;
        const id = incidentIdOf(effect.alert);
        const updated = updateIncident(incidents.get(id), effect.alert);
        incidents.delete(id);
        incidents.set(id, updated);
      }
    },
    async pendingDeliveries(countMax) {
      const pending = [...rows.values()].filter((row) => row.state === "pending");
      return pending.slice(0, countMax).map((row) => row.delivery);
    },
    async markQueued(ids) {
      for (const id of ids) {
        const row = rows.get(id);
        if (row?.state === "pending") row.state = "queued";
      }
    },
    async claim(id, leaseMs) {
      const row = rows.get(id);
      if (row === undefined || row.state === "sent") return { kind: "sent" };
      if (row.state === "failed") return { kind: "failed" };
      if (row.leasedUntil > clock.now()) return { kind: "leased", retryAfterMs: row.leasedUntil - clock.now() };
      row.attemptCount += 1;
      row.leasedUntil = clock.now() + leaseMs;
      return { kind: "claimed", attempt: row.attemptCount };
    },
    async markSent(id) {
      const row = rows.get(id);
      if (row !== undefined) row.state = "sent";
    },
    async markFailed(id, reason) {
      const row = rows.get(id);
      if (row === undefined || row.state === "sent") return;
      row.state = "failed";
      row.reason = reason;
    },
    async releaseClaim(id) {
      const row = rows.get(id);
      if (row !== undefined) row.leasedUntil = 0;
    },
    async getDelivery(id) {
      return rows.get(id)?.delivery;
    },
    async incidents(countMax) {
      return [...incidents.values()].reverse().slice(0, countMax);
    },
    async countDeliveries() {
      const counts = { pending: 0, queued: 0, sent: 0, failed: 0 };
      for (const row of rows.values()) counts[row.state] += 1;
      return counts;
    },
    async close() {},
  };
}
