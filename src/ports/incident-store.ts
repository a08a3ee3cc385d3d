import type { Incident } from "../core/notify/incident.ts";
import type { Delivery, Notification } from "../core/notify/notification.ts";

export type { Delivery, Incident, Notification };

/**
 * Whether a worker may send now. `attempt` counts the claims given for the delivery so far, this one included: crashes
 * and a forgetful queue do not start it again. A delivery whose row is gone answers as it ended, or `sent`.
 */
export type Claim =
  | { readonly kind: "claimed"; readonly attempt: number }
  | { readonly kind: "sent" }
  | { readonly kind: "failed" }
  | { readonly kind: "leased"; readonly retryAfterMs: number };

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
  countDeliveries(): Promise<{
    readonly pending: number;
    readonly queued: number;
    readonly sent: number;
    readonly failed: number;
  }>;
  close(): Promise<void>;
}
