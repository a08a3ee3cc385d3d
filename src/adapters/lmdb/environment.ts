import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import { open, type RangeOptions } from "lmdb";
import { assert } from "../../core/base/assert.ts";
import { isJsonObject } from "../../core/base/json.ts";
import { CepError } from "../../ports/error.ts";
import { asStoreError } from "./lmdb-error.ts";
import { isProcessAlive, ownProcessMark, type ProcessMark } from "./process-mark.ts";

/**
 * Keys sort numbers before texts before lists, numbers by value, texts by code point, lists element by element: all of
 * `[7, …]` lies in `[start: [7], end: [8])`. At most 1,978 bytes encoded; longer ones are refused by lmdb.
 */
export type LmdbKey = string | number | (string | number)[];

export interface LmdbEntry<Value> {
  readonly key: LmdbKey;
  readonly value: Value;
}

export interface LmdbRange {
  /** The range is [start, end); absent: open on that side. With `reverse` it is given from the end, same bounds. */
  readonly start?: LmdbKey;
  readonly end?: LmdbKey;
  readonly countMax?: number;
  readonly reverse?: boolean;
}

/** A named collection within an environment. Reading is allowed anywhere; writing only inside `transaction`. */
export interface LmdbDatabase<Value> {
  get(key: LmdbKey): Value | undefined;
  put(key: LmdbKey, value: Value): void;
  /** Harmless where nothing is under `key`. */
  remove(key: LmdbKey): void;
  /** A copy: what is written while it is walked does not show in it. */
  range(range?: LmdbRange): readonly LmdbEntry<Value>[];
  /** The keys of `range`, without reading the values. */
  keys(range?: LmdbRange): readonly LmdbKey[];
}

/**
 * One folder of lmdb, held by one process. The embedded ports share it, each with databases under its own names.
 *
 * Delivery guarantees: when `transaction` resolves, all that its action wrote is on the disk (lmdb's default: data synced,
 * then the root page); when it rejects, none of it ever shows. A process killed at any point leaves the last transaction whole.
 *
 * At the limit: a full disk is STORE_FULL (retryable) and changes nothing.
 */
export interface LmdbEnvironment {
  readonly dir: string;
  /** At most 64 databases in all. Opening one again is cheap and gives the same data. */
  bytes(name: string): LmdbDatabase<Uint8Array>;
  /** Values are kept as JSON text; what comes back is `unknown` until checked. */
  json(name: string): LmdbDatabase<unknown>;
  /**
   * Runs `action` at once, synchronously, in a write transaction over all databases, and syncs. Whatever `action` throws
   * undoes it and comes out as it was.
   *
   * @throws {CepError} STORE_FULL (retryable), STORE_DAMAGED, STORE_UNAVAILABLE.
   */
  transaction<T>(action: () => T): Promise<T>;
  /** Calls `listener` after each transaction of this environment, until the function that it returns is called. */
  onWrite(listener: () => void): () => void;
  /** Gives the folder free. */
  close(): Promise<void>;
}

type Root = ReturnType<typeof open<Uint8Array, LmdbKey>>;

/**
 * Opens the folder, creating it where absent.
 *
 * A transaction is synced on the caller's thread and stops the event loop for one sync of the disk (about 1 ms on an SSD).
 * lmdb's own background commits are not used: they tell a failed commit by a detached promise and a line on the console,
 * and share one commit among unrelated callers.
 *
 * @throws {CepError} STORE_IN_USE where a living process has it, CONFIG where it can't be written, STORE_DAMAGED where it
 * holds something else, STORE_FULL (retryable).
 */
export async function openEnvironment(dir: string): Promise<LmdbEnvironment> {
  const path = resolve(dir);
  const token = randomBytes(16).toString("hex");
  let root: Root;
  try {
    mkdirSync(path, { recursive: true });
    checkDataFile(path);
    // With noSubdir false a folder whose name has a dot is not taken for a file.
    root = open<Uint8Array, LmdbKey>({
      path,
      noSubdir: false,
      maxDbs: 64,
      encoding: "binary",
      overlappingSync: false,
      cache: false,
    });
  } catch (error) {
    throw asStoreError(error, path);
  }
  try {
    holdFolder(root, path, token);
  } catch (error) {
    await root.close();
    throw asStoreError(error, path);
  }
  return environmentOn(root, path, token);
}

/**
 * lmdb ends the whole process over a data file that it does not know, so the mark in the first page is looked at before: a
 * page header of 24 bytes, then MDB_MAGIC. Absent or empty is a new store.
 *
 * @throws {CepError} STORE_DAMAGED.
 */
function checkDataFile(dir: string): void {
  const head = new DataView(new ArrayBuffer(28));
  let size: number;
  try {
    const file = openSync(join(dir, "data.mdb"), "r");
    size = readSync(file, head);
    closeSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  if (size === 0 || (size === 28 && head.getUint32(24, true) === 0xbeefc0de)) return;
  throw new CepError(
    "STORE_DAMAGED",
    `${join(dir, "data.mdb")} is no lmdb file: restore it from a backup or name another folder`,
  );
}

function environmentOn(root: Root, dir: string, token: string): LmdbEnvironment {
  const databases = new Map<string, LmdbDatabase<Uint8Array>>();
  const listeners = new Set<() => void>();
  let isInTransaction = false;
  let isOpen = true;

  function bytes(name: string): LmdbDatabase<Uint8Array> {
    let database = databases.get(name);
    if (database === undefined) {
      assert(isOpen, "an environment is used only while it is open");
      database = bytesDatabase(root, name, () => isInTransaction, dir);
      databases.set(name, database);
    }
    return database;
  }

  function runSynced<T>(action: () => T): T {
    assert(isOpen, "an environment is used only while it is open");
    assert(!isInTransaction, "a transaction holds no other");
    isInTransaction = true;
    try {
      return root.transactionSync(() => {
        const result = action();
        assert(!(result instanceof Promise), "a transaction's action is synchronous");
        return result;
      });
    } catch (error) {
      throw asStoreError(error, dir);
    } finally {
      isInTransaction = false;
    }
  }

  return {
    dir,
    bytes,
    json: (name) => jsonDatabase(bytes(name), `${name} in ${dir}`),
    async transaction(action) {
      const result = runSynced(action);
      for (const listener of [...listeners]) listener();
      return result;
    },
    onWrite(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async close() {
      if (!isOpen) return;
      releaseFolder(root, token);
      isOpen = false;
      listeners.clear();
      await root.close();
    },
  };
}

function bytesDatabase(
  root: Root,
  name: string,
  isInTransaction: () => boolean,
  dir: string,
): LmdbDatabase<Uint8Array> {
  // Opening one inside a transaction would be undone with it, and leave a handle to nothing.
  assert(!isInTransaction(), "a database is opened outside of transactions");
  const database = root.openDB<Uint8Array, LmdbKey>({ name, encoding: "binary", cache: false });
  function guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw asStoreError(error, dir);
    }
  }
  return {
    get: (key) => guarded(() => database.get(key)),
    put(key, value) {
      assert(isInTransaction(), "lmdb is written to inside a transaction");
      database.putSync(key, value);
    },
    remove(key) {
      assert(isInTransaction(), "lmdb is written to inside a transaction");
      database.removeSync(key);
    },
    range: (range = {}) =>
      guarded(() => Array.from(database.getRange(lmdbBounds(range)), ({ key, value }) => ({ key, value }))),
    keys: (range = {}) => guarded(() => Array.from(database.getKeys(lmdbBounds(range)))),
  };
}

/** lmdb walks backwards from `start` to `end`, with the start in it: bounds are turned round, and the end taken out. */
function lmdbBounds({ start, end, countMax, reverse = false }: LmdbRange): RangeOptions {
  const limit = countMax === undefined ? {} : { limit: countMax };
  if (!reverse) return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }), ...limit };
  const from = end === undefined ? {} : { start: end, exclusiveStart: true };
  const to = start === undefined ? {} : { end: start, inclusiveEnd: true };
  return { reverse, ...from, ...to, ...limit };
}

function jsonDatabase(database: LmdbDatabase<Uint8Array>, place: string): LmdbDatabase<unknown> {
  function parse(bytes: Uint8Array, key: LmdbKey): unknown {
    try {
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
    } catch (cause) {
      throw new CepError(
        "STORE_DAMAGED",
        `the entry ${JSON.stringify(key)} of ${place} is not JSON: restore the folder from a backup`,
        { cause },
      );
    }
  }
  return {
    get(key) {
      const bytes = database.get(key);
      return bytes === undefined ? undefined : parse(bytes, key);
    },
    put(key, value) {
      const text = JSON.stringify(value);
      assert(text !== undefined, "what is stored as JSON has a JSON form");
      database.put(key, Buffer.from(text));
    },
    remove: (key) => database.remove(key),
    keys: (range) => database.keys(range),
    range: (range) => database.range(range).map(({ key, value }) => ({ key, value: parse(value, key) })),
  };
}

const holderKey = "holder";

/**
 * Writes this process down as the folder's holder, unless a living one stands there. lmdb's write transactions exclude each
 * other across processes and end with their process, so there is no moment between looking and writing, and nothing is left
 * behind by a SIGKILL but a record of a process that is gone.
 */
function holdFolder(root: Root, dir: string, token: string): void {
  const holders = root.openDB<Uint8Array, LmdbKey>({ name: "environment", encoding: "binary", cache: false });
  root.transactionSync(() => {
    const bytes = holders.get(holderKey);
    const holder = bytes === undefined ? undefined : parseHolder(bytes);
    if (holder !== undefined && isProcessAlive(holder.process)) {
      const whose = holder.process.pid === process.pid ? "this process itself" : `process ${holder.process.pid}`;
      throw new CepError(
        "STORE_IN_USE",
        `${dir} is in use by ${whose} (pid ${holder.process.pid}): stop that one, or name another folder`,
      );
    }
    holders.putSync(holderKey, Buffer.from(JSON.stringify({ token, process: ownProcessMark() })));
  });
}

/** A full disk or a lost folder must not keep a process from ending: the record then dies with it. */
function releaseFolder(root: Root, token: string): void {
  const holders = root.openDB<Uint8Array, LmdbKey>({ name: "environment", encoding: "binary", cache: false });
  try {
    root.transactionSync(() => {
      const bytes = holders.get(holderKey);
      if (bytes !== undefined && parseHolder(bytes)?.token === token) holders.removeSync(holderKey);
    });
  } catch {
    return;
  }
}

/** Undefined for a record that can't be read: its writer can't be asked, and the fence keeps the rest. */
function parseHolder(bytes: Uint8Array): { readonly token: string; readonly process: ProcessMark } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || typeof value["token"] !== "string" || !isJsonObject(value["process"])) return undefined;
  const { pid, startTicks, bootId, pidNamespace } = value["process"];
  if (typeof pid !== "number") return undefined;
  const text = (field: unknown): string | undefined => (typeof field === "string" ? field : undefined);
  return {
    token: value["token"],
    process: { pid, startTicks: text(startTicks), bootId: text(bootId), pidNamespace: text(pidNamespace) },
  };
}
