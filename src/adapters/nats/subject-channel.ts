import { recordOf } from "../../core/notify/effect-record.ts";
import type { Channel } from "../../ports/channel.ts";
import { CepError } from "../../ports/error.ts";
import type { JetStreamPublisher, OutgoingMessage } from "./jetstream-publisher.ts";

export interface SubjectChannelOptions {
  readonly name: string;
  /** A stream has to take it: a message that none keeps counts as not delivered. */
  readonly subject: string;
  readonly publisher: JetStreamPublisher;
}

/**
 * Publishes deliveries as JSON to a subject of JetStream: where dead letters go with the server family.
 *
 * Delivery guarantees: the delivery's id is the message id, so a repeat within the stream's duplicate window is dropped there.
 */
export function subjectChannel({ name, subject, publisher }: SubjectChannelOptions): Channel {
  /** The publisher takes one call at a time; a sender sends several. */
  let last: Promise<unknown> = Promise.resolve();
  const publish = (message: OutgoingMessage): Promise<unknown> => {
    const sent = last.then(() => publisher.publish([message]));
    last = sent.catch(() => undefined);
    return sent;
  };
  return {
    name,
    async send({ id, effect }) {
      const bytes = new TextEncoder().encode(JSON.stringify(recordOf(effect)));
      try {
        await publish({ subject, id, bytes });
        return { kind: "delivered" };
      } catch (error) {
        if (!(error instanceof CepError)) throw error;
        return { kind: "retryable", reason: error.message };
      }
    },
    close: () => publisher.close(),
  };
}
