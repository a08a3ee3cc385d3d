import type { Effect } from "../core/alert/effect.ts";

/** One message to one channel. Plain data; no secrets. */
export interface Delivery {
  /** Begins with a letter and holds no ":"; the idempotency key at the channel. A function of the effect's id and the channel. */
  readonly id: string;
  readonly channel: string;
  readonly effect: Effect;
}

export interface Incident {
  /** Rule and fingerprint, see `incidentIdOf`. */
  readonly id: string;
  readonly rule: string;
  readonly fingerprint: string;
  readonly state: "firing" | "resolved";
  readonly severity: string;
  readonly count: number;
  readonly firstAlertAt: number;
  readonly lastAlertAt: number;
  readonly lastAlertId: string;
  readonly summary: string;
}

/** What one effect leads to; worked out by core/notify. */
export interface Notification {
  readonly effect: Effect;
  readonly deliveries: readonly Delivery[];
}

/** Whether a worker may send now. */
export type Claim = { readonly kind: "claimed" } | { readonly kind: "sent" } | { readonly kind: "failed" } | { readonly kind: "leased"; readonly retryAfterMs: number };

/**
 * Incidents and what was notified of them, for a whole namespace.
 *
 * Delivery guarantees: `apply` of an effect id seen before changes nothing; a delivery that was marked sent is never claimed again.
 */
export interface IncidentStore {
  /** One atomic step for each notification: seen(id) and nothing, or mark seen, update the incident, write its delivery rows. */
  apply(notifications: readonly Notification[]): Promise<void>;
  /** Delivery rows that are not yet in the queue, oldest first. */
  pendingDeliveries(countMax: number): Promise<readonly Delivery[]>;
  /** The queue has it. Rows are kept 10 minutes from here. */
  markQueued(deliveryIds: readonly string[]): Promise<void>;
  /** Takes the right to send for `leaseMs`, longer than a send can take; free again when the lease is over. Time is the store's own. */
  claim(deliveryId: string, leaseMs: number): Promise<Claim>;
  markSent(deliveryId: string): Promise<void>;
  /** A final failure: a state of the delivery, kept with its reason. */
  markFailed(deliveryId: string, reason: string): Promise<void>;
  /** Gives the claim back after a passing failure. */
  releaseClaim(deliveryId: string): Promise<void>;
  getDelivery(deliveryId: string): Promise<Delivery | undefined>;
  incidents(countMax: number): Promise<readonly Incident[]>;
  /** How many deliveries are in each state, for status and metrics. */
  countDeliveries(): Promise<{ readonly pending: number; readonly queued: number; readonly sent: number; readonly failed: number }>;
  close(): Promise<void>;
}
