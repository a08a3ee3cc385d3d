import { CorruptBytesError } from "../core/base/bytes.ts";
import { compilePlan } from "../core/plan/compile-plan.ts";
import { noDocuments } from "../core/plan/document-set.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import type { Plan } from "../core/plan/plan.ts";
import { readSegment } from "../core/shard/segment.ts";
import type { Shard, ShardSettings } from "../core/shard/shard.ts";
import { restoreShard } from "../core/shard/snapshot.ts";
import { CepError } from "../ports/error.ts";
import type { Acquired, ShardStore } from "../ports/shard-store.ts";

/** A shard as its last commit left it, and all it takes to go on. */
export interface LoadedShard {
  readonly shard: Shard;
  readonly acquired: Acquired;
}

/** Reads documents back from the text they are stored as; undefined where it is no such text. */
export type ReadDocuments = (text: string) => DocumentSet | undefined;

/**
 * Takes the shard over and reads its state. The plan is that of the documents which the checkpoint names, not of those on
 * disk: what was read under them has to be read under them again.
 *
 * @throws {CepError} STORE_DAMAGED where a segment or the documents are absent or damaged; and what the store throws.
 */
export async function loadShard(store: ShardStore, settings: ShardSettings, read: ReadDocuments): Promise<LoadedShard> {
  const acquired = await store.acquire();
  const { checkpoint } = acquired;
  const plan = checkpoint === undefined ? planOf(noDocuments) : await loadPlan(store, checkpoint.documents, read);
  const entries = new Map<string, Uint8Array>();
  try {
    for (const name of checkpoint?.segments ?? []) readSegment(await store.loadSegment(name), entries);
    return { shard: restoreShard(plan, settings, entries), acquired };
  } catch (cause) {
    if (!(cause instanceof CorruptBytesError)) throw cause;
    throw new CepError("STORE_DAMAGED", `the checkpoint cannot be read: ${cause.message}`, { cause });
  }
}

/**
 * The plan of documents that were in force before.
 *
 * @throws {CepError} STORE_DAMAGED where the store does not have them, or this version cannot compile them.
 */
export async function loadPlan(store: ShardStore, hash: string, read: ReadDocuments): Promise<Plan> {
  const text = await store.getDocuments(hash);
  if (text === undefined)
    throw new CepError("STORE_DAMAGED", `the store has no documents ${hash}, which its checkpoint or journal names`);
  const set = read(text);
  if (set === undefined)
    throw new CepError("STORE_DAMAGED", `documents ${hash} in the store are not as this version writes them`);
  return planOf(set);
}

/** @throws {CepError} STORE_DAMAGED where the documents do not compile: they did when they were activated. */
function planOf(set: DocumentSet): Plan {
  const { plan, faults } = compilePlan(set);
  if (plan !== undefined) return plan;
  const first = faults.find(({ fault }) => fault.severity === "error");
  throw new CepError(
    "STORE_DAMAGED",
    `documents in the store do not compile in this version: ${first?.kind} ${first?.id}: ${first?.fault.message}`,
  );
}
