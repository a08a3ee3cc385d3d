import type { Redis } from "ioredis";

/**
 * Resolves when the server has answered a PING. ioredis may still call a connection ready whose other end is gone, so its
 * word alone is not taken.
 *
 * @throws what ioredis gave last, after `waitMs`; at once where `isFinal` says that no other attempt can mend it, or
 * where the connection was ended for good.
 */
export async function waitUntilReady(
  redis: Redis,
  waitMs: number,
  isFinal: (error: unknown) => boolean,
): Promise<void> {
  const until = performance.now() + waitMs;
  let lastError = new Error(`not connected after ${waitMs} ms`);
  for (;;) {
    if (redis.status === "ready") {
      try {
        await redis.ping();
        return;
      } catch (error) {
        lastError = errorOf(error);
        if (isFinal(error)) throw lastError;
      }
    }
    const leftMs = until - performance.now();
    if (redis.status === "end" || leftMs <= 0) throw lastError;
    const error = await nextChange(redis, leftMs);
    if (error === undefined) continue;
    lastError = errorOf(error);
    if (isFinal(error)) throw lastError;
  }
}

/** Waits until the connection's state may have changed, at most `waitMs`; gives the error where there was one. */
function nextChange(redis: Redis, waitMs: number): Promise<unknown> {
  const events = ["ready", "close", "end", "error"];
  return new Promise((resolve) => {
    const done = (error?: unknown): void => {
      clearTimeout(deadline);
      for (const event of events) redis.off(event, done);
      resolve(error);
    };
    const deadline = setTimeout(done, waitMs);
    for (const event of events) redis.on(event, done);
  });
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
