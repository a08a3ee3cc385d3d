import { createHmac } from "node:crypto";
import { CepError } from "../../ports/error.ts";

/**
 * The key in a Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes.
 *
 * @throws {CepError} CONFIG; the message does not repeat the secret.
 */
export function parseWebhookSecret(secret: string): Uint8Array {
  const text = secret.startsWith("whsec_") ? secret.slice("whsec_".length) : "";
  const key = Buffer.from(text, "base64");
  if (key.length < 24 || key.length > 64 || key.toString("base64") !== text) {
    throw new CepError("CONFIG", "the secret of a webhook is not whsec_ and base64 of 24 to 64 bytes");
  }
  return key;
}

/** Headers of one attempt, after Standard Webhooks 1.0.0: the id is that of the delivery, the time that of the attempt. */
export function webhookHeaders(options: {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly body: string;
  /** In rotation the new key first, then the old: one signature each. Empty: not signed. */
  readonly keys: readonly Uint8Array[];
}): Record<string, string> {
  const { id, at, body, keys } = options;
  const timestamp = String(Math.floor(at / 1_000));
  const signatures = keys.map(
    (key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`,
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(signatures.length === 0 ? {} : { "webhook-signature": signatures.join(" ") }),
  };
}
