/** What JetStream says of a message it delivers, in the reply subject. */
export interface DeliveryInfo {
  readonly streamSequence: number;
  /** Counts what this consumer was given, from 1, without gaps. */
  readonly consumerSequence: number;
  /** The stream's stamp in epoch milliseconds, floored. */
  readonly stampMs: number;
  /** Messages that were there behind this one when it was sent. */
  readonly pending: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<nanoseconds>.<pending>`, or the longer form
 * with `<domain>.<account>` behind `ACK` and a random token at the end (NATS ADR-15). Undefined for anything else: a status.
 */
export function parseDelivery(reply: string | undefined): DeliveryInfo | undefined {
  if (reply === undefined || !reply.startsWith("$JS.ACK.")) return undefined;
  const tokens = reply.split(".");
  const first = tokens.length === 9 ? 5 : tokens.length >= 11 ? 7 : undefined;
  if (first === undefined) return undefined;
  const nanoseconds = tokens[first + 2] ?? "";
  const info: DeliveryInfo = {
    streamSequence: Number(tokens[first]),
    consumerSequence: Number(tokens[first + 1]),
    // Nanoseconds are beyond exact numbers; the last six digits are below a millisecond.
    stampMs: Number(nanoseconds.slice(0, -6)),
    pending: Number(tokens[first + 3]),
  };
  const { streamSequence, consumerSequence, stampMs, pending } = info;
  return Number.isSafeInteger(streamSequence + consumerSequence + stampMs + pending) ? info : undefined;
}
