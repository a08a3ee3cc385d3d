import { CorruptBytesError } from "../core/base/bytes.ts";
import type { ExprExtensions } from "../core/expr/extensions.ts";
import { compilePlan } from "../core/plan/compile-plan.ts";
import { noDocuments } from "../core/plan/document-set.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import type { Plan } from "../core/plan/plan.ts";
import { readSegment } from "../core/shard/segment.ts";
import { Shard } from "../core/shard/shard.ts";
import type { ShardSettings } from "../core/shard/shard.ts";
import { restoreShard } from "../core/shard/snapshot.ts";
import { CepError } from "../ports/error.ts";
import type { Acquired, ShardStore } from "../ports/shard-store.ts";
import type { PluginRecord } from "../spec/plugin-record.ts";
import { getDocumentSet } from "./document-store.ts";
import type { Patiently, ReadDocuments } from "./document-store.ts";
import { decodeLedgerMarks, LedgerMarks, ledgerMarksAddress } from "./ledger-marks.ts";
import { wholeSegments } from "./segment-part.ts";
import { lossOf } from "./store-writer.ts";

/** A shard as its last commit left it, and all it takes to go on. */
export interface LoadedShard {
  readonly shard: Shard;
  readonly acquired: Acquired;
  readonly ledger: LedgerMarks;
}

export interface LoadOptions {
  readonly store: ShardStore;
  readonly settings: ShardSettings;
  readonly readDocuments: ReadDocuments;
  /** The plan of the documents that are to be in force; most often it is that of the checkpoint too. */
  readonly known: Plan;
  readonly patiently: Patiently;
  /** What documents are compiled with that are kept with these plug-ins; undefined: there are no plug-ins. */
  readonly extensionsFor?: ExtensionsFor | undefined;
}

export type ExtensionsFor = (plugins: readonly PluginRecord[]) => ExprExtensions;

/**
 * Takes the shard over and reads its state. The plan is that of the documents which the checkpoint names, not of those on
 * disk: what was read under them has to be read under them again.
 *
 * @throws {CepError} STORE_DAMAGED where a segment or the documents are absent or damaged; and what the store throws.
 * @throws {ShardLostError} where they are, because somebody else took the shard meanwhile or the store went back.
 */
export async function loadShard(options: LoadOptions): Promise<LoadedShard> {
  const { store, patiently } = options;
  const acquired = await patiently(() => store.acquire());
  const { fence } = acquired;
  try {
    return { ...(await readShard(acquired, options)), acquired };
  } catch (error) {
    const found = await patiently(() => store.readFence());
    if (found.owner !== fence.owner || found.lsn !== fence.lsn) throw lossOf(found, fence);
    throw error;
  }
}

async function readShard(
  { checkpoint }: Acquired,
  options: LoadOptions,
): Promise<Pick<LoadedShard, "shard" | "ledger">> {
  const { store, settings, patiently } = options;
  if (checkpoint === undefined) return { shard: new Shard(planOf(noDocuments), settings), ledger: new LedgerMarks() };
  const plan = await loadPlan(checkpoint.documents, options);
  const entries = new Map<string, Uint8Array>();
  try {
    for (const names of wholeSegments(checkpoint.segments)) {
      const parts: Uint8Array[] = [];
      for (const name of names) parts.push(await patiently(() => store.loadSegment(name)));
      const [only] = parts;
      readSegment(only !== undefined && parts.length === 1 ? only : joinBytes(parts), entries);
    }
    const marks = entries.get(ledgerMarksAddress);
    entries.delete(ledgerMarksAddress);
    const ledger = marks === undefined ? new LedgerMarks() : decodeLedgerMarks(marks);
    return { shard: restoreShard(plan, settings, entries), ledger };
  } catch (cause) {
    if (!(cause instanceof CorruptBytesError)) throw cause;
    throw new CepError("STORE_DAMAGED", `the checkpoint cannot be read: ${cause.message}`, { cause });
  }
}

/**
 * The plan of documents that were in force before, with the files of lists as they were then.
 *
 * @throws {CepError} STORE_DAMAGED where the store does not have them, or this version cannot compile them.
 */
export async function loadPlan(
  hash: string,
  { store, readDocuments, known, patiently, extensionsFor }: Omit<LoadOptions, "settings">,
): Promise<Plan> {
  if (hash === known.documents) return known;
  const set = await getDocumentSet(store, { hash, read: readDocuments, patiently });
  return planOf(set, extensionsFor?.(set.plugins ?? []));
}

/** @throws {CepError} STORE_DAMAGED where the documents do not compile: they did when they were activated. */
function planOf(set: DocumentSet, extensions?: ExprExtensions): Plan {
  const { plan, faults } = compilePlan(set, extensions === undefined ? {} : { extensions });
  if (plan !== undefined) return plan;
  const first = faults.find(({ fault }) => fault.severity === "error");
  throw new CepError(
    "STORE_DAMAGED",
    `documents in the store do not compile in this version: ${first?.kind} ${first?.id}: ${first?.fault.message}`,
  );
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
