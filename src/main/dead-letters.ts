import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileChannel } from "../adapters/channel-file/file-channel.ts";
import { connectNats } from "../adapters/nats/connection.ts";
import { jetStreamPublisher } from "../adapters/nats/jetstream-publisher.ts";
import { subjectChannel } from "../adapters/nats/subject-channel.ts";
import type { Channel } from "../ports/channel.ts";
import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Config } from "../spec/config-schema.ts";
import { natsOptionsOf } from "./events-source.ts";

/** The channel of what could not be read: a file, in the data folder unless the settings say where, or a subject. */
export async function openDeadLetters(
  name: string,
  config: Config,
  { clock, telemetry }: { readonly clock: Clock; readonly telemetry: Telemetry },
): Promise<Channel> {
  const { deadLetters, dataDir } = config;
  if (deadLetters?.subject === undefined) {
    const path = deadLetters?.file ?? join(dataDir, "dead-letters.ndjson");
    await mkdir(dirname(path), { recursive: true });
    return fileChannel({ name, path });
  }
  const [source] = config.sources;
  if (source?.kind !== "nats")
    throw new CepError(
      "CONFIG",
      "deadLetters.subject needs a source of kind nats, whose servers it is published to; give deadLetters.file instead",
    );
  const link = await connectNats({ ...natsOptionsOf(source.nats), telemetry });
  const channel = subjectChannel({
    name,
    subject: deadLetters.subject,
    publisher: jetStreamPublisher({ link, clock }),
  });
  return {
    ...channel,
    async close() {
      await channel.close();
      await link.close();
    },
  };
}
