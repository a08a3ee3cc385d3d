import { createHash } from "node:crypto";
import { Redis, type RedisOptions } from "ioredis";
import { CepError } from "../../ports/error.ts";
import { waitUntilReady } from "./ready.ts";
import { asStoreError } from "./redis-error.ts";

export interface RedisConnectionOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  /** How long a server may take to be reached, and to become ready while it loads its data. */
  readonly connectMsMax?: number;
  /** A server that says nothing for this long while a reply is due counts as gone: the socket is closed. */
  readonly replyMsMax?: number;
}

/** A Lua script, with what it expects in its own header. */
export interface RedisScript {
  readonly name: string;
  readonly lua: string;
}

/** Reply shapes are fixed, for ioredis' types depend on them. */
type RedisSettings = RedisOptions & { readonly replyMapping: "legacy" };

/** One connection to Redis, shared by the adapters of a process. */
export interface RedisConnection {
  /** host:port, for people. Holds no password. */
  readonly address: string;
  /** What an operator should change at the server, a sentence each: eviction, no append-only file. */
  readonly warnings: readonly string[];
  /**
   * Runs one or more commands. While there is no connection it fails at once, nothing is queued; a command whose reply was
   * lost is never sent again by itself: rule 3 of docs/protocol.md is the caller's.
   *
   * @throws {CepError} STORE_UNAVAILABLE (retryable) also where the command may have been carried out; STORE_FULL (retryable)
   * where it was refused for want of memory; STORE_DAMAGED, CONFIG.
   */
  run<T>(commands: (redis: Redis) => Promise<T>): Promise<T>;
  /** As `run`, with EVALSHA, and EVAL where the server does not know the script yet. */
  runScript(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number | Uint8Array)[],
  ): Promise<unknown>;
  /** Waits for a connection. @throws {CepError} STORE_UNAVAILABLE (retryable) after `waitMs`. */
  whenReady(waitMs: number): Promise<void>;
  /** Another connection to the same server with its own settings, already connecting; whoever asked closes it. */
  duplicate(overrides: Omit<RedisOptions, "replyMapping">): Redis;
  /** Ends the connection; commands under way fail. */
  close(): Promise<void>;
}

const reconnectMsMin = 50;
const reconnectMsMax = 2_000;

/**
 * Connects, and checks that the server is one that Tocsin can rest on. A connection that is lost later is made again in the
 * background, after 50 ms at first and at most 2 s.
 *
 * @throws {CepError} STORE_UNAVAILABLE where it can't be reached, CONFIG for a bad URL, a refused password or a server before 7.0.
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const { url, connectMsMax = 10_000, replyMsMax = 30_000 } = options;
  const address = addressOf(url);
  const settings: RedisSettings = {
    replyMapping: "legacy",
    lazyConnect: true,
    connectTimeout: connectMsMax,
    maxLoadingRetryTime: reconnectMsMax,
    socketTimeout: replyMsMax,
    // No command is kept for later nor sent twice: whether it may be is for the caller to decide.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(reconnectMsMin * 2 ** (attempt - 1), reconnectMsMax),
    // A master that was made a replica: connect again, in the hope of the new master; the command fails.
    reconnectOnError: (error) => error.message.startsWith("READONLY "),
  };
  const redis = new Redis(url, settings);
  const connection = connectionOn({ redis, url, settings, address });
  try {
    await connection.whenReady(connectMsMax);
    const warnings = await checkServer(connection);
    return { ...connection, warnings };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

interface Parts {
  readonly redis: Redis;
  readonly url: string;
  readonly settings: RedisSettings;
  readonly address: string;
}

function connectionOn({ redis, url, settings, address }: Parts): Omit<RedisConnection, "warnings"> {
  // Told by `whenReady` to whoever waits, and by the commands that fail.
  redis.on("error", () => {});
  redis.connect().catch(() => {});
  const isFinal = (error: unknown): boolean => {
    const mapped = asStoreError(error, address);
    return mapped instanceof CepError && !mapped.retryable;
  };

  async function run<T>(commands: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await commands(redis);
    } catch (error) {
      throw asStoreError(error, address);
    }
  }

  return {
    address,
    run,
    runScript: (script, keys, args) =>
      run(async (client) => {
        const values = args.map((arg) => (arg instanceof Uint8Array ? Buffer.from(arg) : arg));
        try {
          return await client.evalsha(shaOf(script), keys.length, ...keys, ...values);
        } catch (error) {
          if (!(error instanceof Error && error.message.startsWith("NOSCRIPT "))) throw error;
          return client.eval(script.lua, keys.length, ...keys, ...values);
        }
      }),
    whenReady: (waitMs) => run((client) => waitUntilReady(client, waitMs, isFinal)),
    duplicate(overrides) {
      const other = new Redis(url, { ...settings, lazyConnect: false, ...overrides });
      other.on("error", () => {});
      return other;
    },
    close: async () => redis.disconnect(),
  };
}

const shas = new Map<RedisScript, string>();

function shaOf(script: RedisScript): string {
  let sha = shas.get(script);
  if (sha === undefined) {
    sha = createHash("sha1").update(script.lua).digest("hex");
    shas.set(script, sha);
  }
  return sha;
}

/** @throws {CepError} CONFIG. The URL itself is never repeated: it may hold a password. */
function addressOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new CepError("CONFIG", "the Redis URL can't be read: write it as redis://host:6379");
  }
  if (parsed.protocol !== "redis:" && parsed.protocol !== "rediss:") {
    throw new CepError("CONFIG", "the Redis URL begins with neither redis:// nor rediss://");
  }
  return `${parsed.hostname}:${parsed.port || "6379"}`;
}

/** By INFO, which hosted servers allow where they refuse CONFIG. */
async function checkServer(connection: Omit<RedisConnection, "warnings">): Promise<readonly string[]> {
  const info = await connection.run((redis) => redis.info());
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
  const version = field("redis_version") ?? "0";
  if (Number.parseInt(version, 10) < 7) {
    throw new CepError("CONFIG", `Redis at ${connection.address} is version ${version}: Tocsin needs 7.0 or later`);
  }
  const warnings: string[] = [];
  const policy = field("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    warnings.push(
      `Redis at ${connection.address} drops keys when memory is short (maxmemory-policy ${policy}), and with them state and alerts: set it to noeviction`,
    );
  }
  if (field("aof_enabled") === "0") {
    warnings.push(
      `Redis at ${connection.address} keeps no append-only file and forgets writes when it ends: set appendonly to yes`,
    );
  }
  return warnings;
}
