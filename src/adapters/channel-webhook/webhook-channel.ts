import { recordOf } from "../../core/notify/effect-record.ts";
import { timeText } from "../../core/notify/alert-text.ts";
import type { Channel, SendResult } from "../../ports/channel.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Effect } from "../../core/alert/effect.ts";
import { parseWebhookSecret, webhookHeaders } from "./standard-webhook.ts";

/** What no log may show; told apart from a text by its shape. */
interface Secret {
  reveal(): string;
}

export interface WebhookChannelOptions {
  readonly name: string;
  /** `http:` or `https:`. Chat services put their credential in it, so it is a secret as a whole. */
  readonly url: Secret;
  /** A Standard Webhooks secret, `whsec_…`. Default: not signed. */
  readonly secret?: Secret;
  /** In rotation the old one, with which every attempt is signed too. */
  readonly previousSecret?: Secret;
  readonly clock: Pick<Clock, "now">;
  /** Says why an address must not be reached; asked before every attempt. Default: any may be. */
  readonly refuseAddress?: (url: URL) => Promise<string | undefined>;
}

/** What is read of an answer; it decides nothing and is not kept. */
const answerBytesMax = 64 * 1024;

/**
 * POSTs an effect as JSON, `{type, timestamp, data}`, signed after Standard Webhooks 1.0.0 where a secret is given.
 *
 * Delivery guarantees: `webhook-id` and body are equal at every attempt, so a receiver that keeps ids takes each once. A
 * 2xx is delivered; 408, 425, 429, 5xx and whatever the network does come again, not before `Retry-After`; any other
 * answer, a redirect too, is permanent.
 * At the limit: at most 64 KiB of an answer are read.
 *
 * @throws {CepError} CONFIG for a URL or a secret that can't be used.
 */
export function webhookChannel(options: WebhookChannelOptions): Channel {
  const { name, clock, refuseAddress = async () => undefined } = options;
  const url = parseUrl(options.url);
  const keys = [options.secret, options.previousSecret].flatMap((secret) =>
    secret === undefined ? [] : [parseWebhookSecret(secret.reveal())],
  );
  return {
    name,
    async send(delivery, { timeoutMs }) {
      const body = webhookBody(delivery.effect);
      try {
        const refusal = await refuseAddress(url);
        if (refusal !== undefined) return { kind: "permanent", reason: refusal };
        const response = await fetch(url, {
          method: "POST",
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            "content-type": "application/json",
            "user-agent": "tocsin",
            ...webhookHeaders({ id: delivery.id, at: clock.now(), body, keys }),
          },
        });
        await readBounded(response);
        return resultOf(response, clock.now());
      } catch (error) {
        return { kind: "retryable", reason: `${url.host}: ${networkReason(error)}` };
      }
    },
    async close() {},
  };
}

/** The JSON body: the same text for the same effect, always. */
function webhookBody(effect: Effect): string {
  switch (effect.kind) {
    case "alert":
      return JSON.stringify({ type: "alert.firing", timestamp: timeText(effect.alert.time), data: recordOf(effect) });
    case "resolved":
      return JSON.stringify({
        type: "alert.resolved",
        timestamp: timeText(effect.resolved.time),
        data: recordOf(effect),
      });
    case "dead-letter":
    case "alarm":
      return JSON.stringify({ type: effect.kind, data: recordOf(effect) });
  }
}

function parseUrl(secret: Secret): URL {
  const text = secret.reveal();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new CepError("CONFIG", "the URL of a webhook begins with http:// or https://");
  }
  if (url.username !== "" || url.password !== "") {
    throw new CepError(
      "CONFIG",
      "the URL of a webhook holds a user or a password, which are not sent: sign with a secret",
    );
  }
  return url;
}

/** Reads the answer so far that the connection can be used again, or gives the connection up. */
async function readBounded(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (let size = 0; size <= answerBytesMax; ) {
    const read: { readonly done: boolean; readonly value?: unknown } = await reader.read();
    if (read.done) return;
    size += read.value instanceof Uint8Array ? read.value.byteLength : 0;
  }
  await reader.cancel();
}

function resultOf({ status, headers }: Response, now: number): SendResult {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status >= 300 && status < 400) return { kind: "permanent", reason: `HTTP ${status}: redirects are not followed` };
  if (status < 500 && status !== 408 && status !== 425 && status !== 429)
    return { kind: "permanent", reason: `HTTP ${status}` };
  const afterMs = retryAfterMs(headers.get("retry-after"), now);
  return { kind: "retryable", reason: `HTTP ${status}`, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** `Retry-After` is seconds or an HTTP date: RFC 9110, section 10.2.3. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,10}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** fetch says only "fetch failed"; the reason is behind it. Neither holds the URL's path. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  return error.message;
}
