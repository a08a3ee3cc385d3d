import { readFile } from "node:fs/promises";
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from "@nats-io/transport-node";
import { CepError } from "../../ports/error.ts";
import type { Telemetry } from "../../ports/telemetry.ts";

export interface NatsOptions {
  /** `nats://host:port`, or `tls://…`; several are one cluster. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Path of a `.creds` file (JWT and nkey seed). */
  readonly credsFile?: string;
  /** PEM files, handed to the library; without them TLS is used where the server asks for it. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  /** JetStream domain, where the streams are not in the servers' own. */
  readonly domain?: string;
  readonly telemetry: Telemetry;
}

/** A connection that comes back by itself for as long as it is not closed, and what is known of it. */
export interface NatsLink {
  readonly connection: NatsConnection;
  readonly domain: string | undefined;
  /** False while the library tries to reach a server again. */
  isConnected(): boolean;
  /** Calls `listener` at each loss and each return, until the function that it yields is called. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * Connects, once; after that a lost connection is sought again without end.
 *
 * @throws {CepError} SOURCE_UNAVAILABLE (retryable) where no server answers, CONFIG where one refuses the credentials or the
 * creds file can't be read.
 */
export async function connectNats(options: NatsOptions): Promise<NatsLink> {
  const { telemetry } = options;
  const places = options.servers.map(withoutUserInfo).join(", ");
  let connection: NatsConnection;
  try {
    connection = await connect(await libraryOptions(options));
  } catch (cause) {
    if (cause instanceof CepError) throw cause;
    if (cause instanceof AuthorizationError) {
      throw new CepError(
        "CONFIG",
        `NATS at ${places} refuses the credentials: check user, password, token or creds file`,
        {
          cause,
        },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CepError("SOURCE_UNAVAILABLE", `no NATS server answers at ${places} (${reason}): is it running?`, {
      retryable: true,
      cause,
    });
  }
  let isConnected = true;
  const listeners = new Set<() => void>();
  const setConnected = (connected: boolean): void => {
    isConnected = connected;
    for (const listener of [...listeners]) listener();
  };
  const watching = watch(connection, telemetry, setConnected);
  return {
    connection,
    domain: options.domain,
    isConnected: () => isConnected && !connection.isClosed(),
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async close() {
      await connection.close();
      await watching;
    },
  };
}

async function libraryOptions(options: NatsOptions): Promise<NodeConnectionOptions> {
  return {
    name: "tocsin",
    servers: [...options.servers],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    timeout: 5_000,
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { pass: options.password }),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.tls === undefined ? {} : { tls: { ...options.tls } }),
    ...(options.credsFile === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readCreds(options.credsFile)) }),
  };
}

async function readCreds(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CepError("CONFIG", `the NATS creds file ${path} can't be read: check its name and its rights`, { cause });
  }
}

/** Ends when the connection is closed. */
async function watch(
  connection: NatsConnection,
  telemetry: Telemetry,
  setConnected: (isConnected: boolean) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    switch (status.type) {
      case "disconnect":
        telemetry.warn("the connection to NATS is lost; trying again", { server: status.server });
        setConnected(false);
        break;
      case "reconnect":
        telemetry.info("NATS is back", { server: status.server });
        setConnected(true);
        break;
      case "error":
        telemetry.warn("NATS reports an error", { err: status.error });
        break;
      default:
        break;
    }
  }
  setConnected(false);
}

/** A server's address without a user name or password that may stand in it. */
function withoutUserInfo(server: string): string {
  return server.replace(/^([a-z]+:\/\/)?[^@/]*@/i, "$1");
}
