import { isJsonObject } from "../core/base/json.ts";
import type { JsonObject } from "../core/base/json.ts";
import type { LoadedChannelFactory } from "../plugin/loaded-plugin.ts";
import type { Channel, SendResult } from "../ports/channel.ts";
import { CepError } from "../ports/error.ts";

export interface PluginChannelOptions {
  readonly name: string;
  /** What the plug-in calls it. */
  readonly use: string;
  readonly factory: LoadedChannelFactory;
  readonly options: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * A channel of a plug-in. What it throws is retryable, and so is an answer that is none; one that does not give up by itself
 * is given up for it, a second later.
 *
 * Delivery guarantees: those of the plug-in, which gets the delivery's id for an idempotency key.
 * At the limit: as the plug-in says.
 *
 * @throws {CepError} CONFIG where the factory fails, or gives no channel.
 */
export function pluginChannel({ name, use, factory, options, secrets }: PluginChannelOptions): Channel {
  const made = make({ name, use, factory, options, secrets });
  return {
    name,
    async send(delivery, { timeoutMs }) {
      try {
        const result = await within(made.send(delivery, { timeoutMs }), timeoutMs + graceMs);
        return isSendResult(result) ? result : { kind: "retryable", reason: `the channel ${use} gave no result` };
      } catch (error) {
        return { kind: "retryable", reason: error instanceof Error ? error.message : String(error) };
      }
    },
    async close() {
      await made.close?.();
    },
  };
}

const graceMs = 1_000;

interface MadeChannel {
  send(delivery: unknown, options: { readonly timeoutMs: number }): unknown;
  close?(): unknown;
}

function make({ name, use, factory, options, secrets }: PluginChannelOptions): MadeChannel {
  let made: unknown;
  try {
    made = factory({ name, options, secrets });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CepError("CONFIG", `the channel ${name} can't be made by the plug-in's ${use}: ${reason}`, {
      cause: error,
    });
  }
  if (isChannel(made)) return made;
  throw new CepError("CONFIG", `the plug-in's ${use} gave no channel for ${name}: an object with the method send`);
}

function isChannel(value: unknown): value is MadeChannel {
  if (typeof value !== "object" || value === null || !("send" in value) || typeof value.send !== "function")
    return false;
  return !("close" in value) || value.close === undefined || typeof value.close === "function";
}

function isSendResult(value: unknown): value is SendResult {
  if (!isJsonObject(value)) return false;
  if (value["kind"] === "delivered") return true;
  return (value["kind"] === "retryable" || value["kind"] === "permanent") && typeof value["reason"] === "string";
}

async function within(sending: unknown, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}
