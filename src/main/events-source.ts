import { ndjsonSource } from "../adapters/file/ndjson-source.ts";
import type { LocalLog } from "../adapters/lmdb/local-log.ts";
import { connectNats } from "../adapters/nats/connection.ts";
import { jetStreamSource } from "../adapters/nats/jetstream-source.ts";
import type { ApiHandlers } from "../api/routes.ts";
import { assert } from "../core/base/assert.ts";
import type { Clock } from "../ports/clock.ts";
import { CepError } from "../ports/error.ts";
import type { Source } from "../ports/source.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Config, SourceConfig } from "../spec/config-schema.ts";

/** Where events come from. */
export interface EventsInput {
  /** A new reader of the log. */
  openSource(): Source;
  /** Takes events over HTTP, where the log is ours. */
  readonly ingest: ApiHandlers["ingest"];
  close(): Promise<void>;
}

interface InputPorts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly localLog: LocalLog | undefined;
}

/** @throws {CepError} CONFIG where the settings ask for what the family does not have; what connecting throws. */
export async function openEvents(config: Config, ports: InputPorts): Promise<EventsInput> {
  const [source] = config.sources;
  assert(source !== undefined, "settings have a source");
  const { clock } = ports;
  switch (source.kind) {
    case "local":
      return localInput(source.name, ports.localLog);
    case "file":
      return {
        openSource: () => ndjsonSource({ name: source.name, path: source.path, follow: true, clock }),
        ingest: undefined,
        close: async () => {},
      };
    case "nats":
      return natsInput(source, ports);
  }
}

function localInput(name: string, log: LocalLog | undefined): EventsInput {
  if (log === undefined)
    throw new CepError(
      "CONFIG",
      "a source of kind local belongs to the embedded family; with family: server give one of kind nats or file",
    );
  return {
    openSource: () => log.source(name),
    ingest: (messages, producer) =>
      log.append(
        messages.map(({ bytes, headers }) => ({ bytes, subject: undefined, headers })),
        producer === undefined ? {} : { producer },
      ),
    close: async () => {},
  };
}

async function natsInput(
  { name, nats }: Extract<SourceConfig, { readonly kind: "nats" }>,
  { clock, telemetry }: InputPorts,
): Promise<EventsInput> {
  const link = await connectNats({ ...natsOptionsOf(nats), telemetry });
  return {
    openSource: () => jetStreamSource({ name, stream: nats.stream, link, clock, telemetry }),
    ingest: undefined,
    close: () => link.close(),
  };
}

/** The settings of a connection, with the secrets in them. */
export function natsOptionsOf({
  servers,
  user,
  password,
  token,
  credentialsFile,
}: Extract<SourceConfig, { readonly kind: "nats" }>["nats"]) {
  return {
    servers,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(token === undefined ? {} : { token: token.reveal() }),
    ...(credentialsFile === undefined ? {} : { credsFile: credentialsFile }),
  };
}
