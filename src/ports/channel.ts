import type { Delivery } from "./incident-store.ts";

/** What became of one attempt. */
export type SendResult =
  | { readonly kind: "delivered" }
  | { readonly kind: "retryable"; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: "permanent"; readonly reason: string };

/**
 * A way to reach people. An adapter translates; it decides nothing, and it never throws for what the other side did.
 * The delivery's id is the idempotency key and is the same at every attempt.
 */
export interface Channel {
  readonly name: string;
  /** Gives up by itself within `timeoutMs`. */
  send(delivery: Delivery, options: { readonly timeoutMs: number }): Promise<SendResult>;
  close(): Promise<void>;
}
