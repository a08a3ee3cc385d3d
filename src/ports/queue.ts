/** What the worker made of a delivery. */
export type WorkResult =
  | { readonly kind: "done" }
  | { readonly kind: "retry"; readonly afterMs: number | undefined; readonly reason: string };

export interface QueueWorker {
  /** Takes nothing new, and resolves when everything in hand is settled. Harmless when repeated. */
  stop(): Promise<void>;
}

/**
 * Delivery ids on their way to the workers, one queue a channel. It may repeat a delivery and forget one that is done: nothing rests on its memory.
 */
export interface Queue {
  /** Repeating it is harmless. @throws {CepError} QUEUE_UNAVAILABLE (retryable). */
  enqueue(channel: string, deliveryIds: readonly string[]): Promise<void>;
  /**
   * Calls `handle` for each delivery of the channel, at most `concurrency` at once, until `stop` or `close`. A `retry` comes
   * again after `afterMs`, or after the queue's own backoff; so does what `handle` rejects for. `attempt` counts from 1
   * the times that this queue handed it out; it starts again where the queue forgot.
   */
  work(
    channel: string,
    concurrency: number,
    handle: (deliveryId: string, attempt: number) => Promise<WorkResult>,
  ): QueueWorker;
  close(): Promise<void>;
}
