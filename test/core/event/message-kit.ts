import type { Decoded, EncodedMessage } from "../../../src/core/event/decode.ts";
import { defaultEnvelope, type EnvelopeSettings } from "../../../src/core/event/envelope.ts";

export const settings: EnvelopeSettings = { source: "in", ...defaultEnvelope };

export function messageOf(body: string | Uint8Array, given: Partial<EncodedMessage> = {}): EncodedMessage {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return { sequence: 7, stampMs: undefined, subject: undefined, headers: undefined, bytes, ...given };
}

/** One line for each element: `index name type time` of an event, `index !reason` of a dead letter. */
export function shown(decoded: readonly Decoded[]): string[] {
  return decoded.map((item) => {
    if (item.kind === "dead-letter") return `${item.deadLetter.position.index} !${item.deadLetter.reason}`;
    const { position, id, type, time } = item.event;
    return `${position.index} ${JSON.stringify(id)} ${type} ${time}`;
  });
}
