import { assert } from "../../core/base/assert.ts";
import { isJsonObject } from "../../core/base/json.ts";
import { CepError } from "../../ports/error.ts";
import type { Claim, Delivery } from "../../ports/incident-store.ts";
import type { LmdbDatabase, LmdbEnvironment } from "./environment.ts";

/**
 * Deliveries and how far they came. What is large (the body) is written once; what changes (the state) is small. Each index
 * holds the ids of one state, so that every look is a range and never a scan.
 */
export interface DeliveryRows {
  readonly bodies: LmdbDatabase<unknown>;
  /** RowState by delivery id. */
  readonly states: LmdbDatabase<unknown>;
  /** Id by ordinal: those that the queue does not have. */
  readonly pending: LmdbDatabase<unknown>;
  /** Id by [epoch ms when it is given to the queue again, id]. */
  readonly queued: LmdbDatabase<unknown>;
  /** Id by [epoch ms when it is removed, id]: those sent or failed. */
  readonly finished: LmdbDatabase<unknown>;
  /** By effect id, the number of its rows that are still there. */
  readonly seen: LmdbDatabase<unknown>;
  /** Effect id by [epoch ms when it is forgotten, effect id]. */
  readonly seenEnding: LmdbDatabase<unknown>;
  /** Number of rows in each state, and the next ordinal. */
  readonly counts: LmdbDatabase<unknown>;
  readonly seenForMs: number;
}

const stateNames = ["pending", "queued", "sent", "failed"] as const;
type StateName = (typeof stateNames)[number];

interface RowState {
  readonly state: StateName;
  /** Key of its entry in the index of its state. */
  readonly at: number;
  readonly attemptCount: number;
  /** Epoch ms when the claim ends; 0 for none. */
  readonly leasedUntil: number;
  /** Of the body, in UTF-16 units. */
  readonly size: number;
  readonly effectId: string;
  readonly reason: string;
}

/** Rows done are kept so long, for what the queue repeats and for people to look at. */
const keptMs: Readonly<Record<"sent" | "failed", number>> = { sent: 600_000, failed: 7 * 86_400_000 };
/** An effect id is known so long after its last row went: longer than an outbox that can't be written to should last. */
const seenForMs = 7 * 86_400_000;
/** A row that the queue got so long ago and is not done is given to it again, for a queue may forget. */
const requeueAfterMs = 3_600_000;
const sweepCountMax = 100;
/** What one look at the pending rows returns, in UTF-16 units of JSON; at least one row. */
const pendingSizeMax = 4 * 1024 * 1024;

export function openDeliveryRows(environment: LmdbEnvironment): DeliveryRows {
  return {
    bodies: environment.json("deliveries"),
    states: environment.json("delivery-states"),
    pending: environment.json("deliveries-pending"),
    queued: environment.json("deliveries-queued"),
    finished: environment.json("deliveries-finished"),
    seen: environment.json("effects-seen"),
    seenEnding: environment.json("effects-seen-ending"),
    counts: environment.json("delivery-counts"),
    seenForMs,
  };
}

export function insertRow(rows: DeliveryRows, delivery: Delivery): void {
  assert(rows.states.get(delivery.id) === undefined, "an effect that was not seen has no deliveries yet");
  rows.bodies.put(delivery.id, delivery);
  const size = JSON.stringify(delivery).length;
  enter(rows, delivery.id, {
    state: "pending",
    at: takeOrdinal(rows),
    attemptCount: 0,
    leasedUntil: 0,
    size,
    effectId: delivery.effect.id,
    reason: "",
  });
}

/** Ids of pending rows, oldest first, so many that their bodies fit into memory. */
export function pendingRows(rows: DeliveryRows, countMax: number): readonly string[] {
  const ids: string[] = [];
  let size = 0;
  for (const { value: id } of rows.pending.range({ countMax })) {
    const row = typeof id === "string" ? readState(rows, id) : undefined;
    if (typeof id !== "string" || row === undefined) continue;
    size += row.size;
    if (size > pendingSizeMax && ids.length > 0) break;
    ids.push(id);
  }
  return ids;
}

/** Only a pending row becomes queued: a fast worker may have finished it already. */
export function queueRow(rows: DeliveryRows, id: string, now: number): void {
  const row = readState(rows, id);
  if (row?.state !== "pending") return;
  leave(rows, id, row);
  enter(rows, id, { ...row, state: "queued", at: now + requeueAfterMs });
}

export function claimRow(
  rows: DeliveryRows,
  id: string,
  { leaseMs, now }: { readonly leaseMs: number; readonly now: number },
): Claim {
  const row = readState(rows, id);
  if (row === undefined || row.state === "sent") return { kind: "sent" };
  if (row.state === "failed") return { kind: "failed" };
  if (row.leasedUntil > now) return { kind: "leased", retryAfterMs: row.leasedUntil - now };
  const attempt = row.attemptCount + 1;
  rows.states.put(id, { ...row, attemptCount: attempt, leasedUntil: now + leaseMs });
  return { kind: "claimed", attempt };
}

export function releaseRow(rows: DeliveryRows, id: string): void {
  const row = readState(rows, id);
  if (row !== undefined && row.leasedUntil > 0) rows.states.put(id, { ...row, leasedUntil: 0 });
}

const claimBatchCount = 1_000;

/**
 * Ends the claims of a process that is gone, so that what it had in hand is sent at once and not when its lease ends. Call it
 * when the folder has just been opened, before any worker starts: it has one process at a time, so every claim in it is such a
 * one.
 */
export async function endClaimsLeft(environment: LmdbEnvironment): Promise<void> {
  const rows = openDeliveryRows(environment);
  for (const index of [rows.pending, rows.queued]) {
    for (let batch = index.range({ countMax: claimBatchCount }); batch.length > 0; ) {
      const ids = batch.map(({ value }) => value);
      await environment.transaction(() => {
        for (const id of ids) if (typeof id === "string") releaseRow(rows, id);
      });
      const last = batch.at(-1)?.key;
      batch = last === undefined ? [] : index.range({ start: last, countMax: claimBatchCount + 1 }).slice(1);
    }
  }
}

/** What was sent stays sent; what failed and was sent after all is sent. */
export function finishRow(
  rows: DeliveryRows,
  id: string,
  { state, reason, now }: { readonly state: "sent" | "failed"; readonly reason: string; readonly now: number },
): void {
  const row = readState(rows, id);
  if (row === undefined || row.state === "sent" || row.state === state) return;
  leave(rows, id, row);
  enter(rows, id, { ...row, state, reason, leasedUntil: 0, at: now + keptMs[state] });
}

/** Removes rows and effect ids whose time is over and gives old queued rows back to the pending ones, a bounded number of each. Writes nothing where nothing is due. */
export async function sweepRows(environment: LmdbEnvironment, rows: DeliveryRows, now: number): Promise<void> {
  const due = { end: [now + 1], countMax: sweepCountMax };
  const indexes = [rows.queued, rows.finished, rows.seenEnding];
  if (indexes.every((index) => index.range({ ...due, countMax: 1 }).length === 0)) return;
  await environment.transaction(() => {
    for (const { value: id } of rows.queued.range(due)) if (typeof id === "string") requeueRow(rows, id, now);
    for (const { value: id } of rows.finished.range(due)) if (typeof id === "string") removeRow(rows, id, now);
    for (const { key, value: effectId } of rows.seenEnding.range(due)) {
      rows.seenEnding.remove(key);
      if (typeof effectId === "string") rows.seen.remove(effectId);
    }
  });
}

/** A row under a claim is on its way and waits for another turn. */
function requeueRow(rows: DeliveryRows, id: string, now: number): void {
  const row = readState(rows, id);
  if (row === undefined) return;
  leave(rows, id, row);
  if (row.leasedUntil > now) enter(rows, id, { ...row, at: now + requeueAfterMs });
  else enter(rows, id, { ...row, state: "pending", at: takeOrdinal(rows) });
}

function removeRow(rows: DeliveryRows, id: string, now: number): void {
  const row = readState(rows, id);
  if (row === undefined) return;
  leave(rows, id, row);
  rows.states.remove(id);
  rows.bodies.remove(id);
  const rowCount = rows.seen.get(row.effectId);
  if (typeof rowCount !== "number") return;
  rows.seen.put(row.effectId, rowCount - 1);
  if (rowCount === 1) rows.seenEnding.put([now + seenForMs, row.effectId], row.effectId);
}

export function countRows(rows: DeliveryRows): Readonly<Record<StateName, number>> {
  return {
    pending: readCount(rows, "pending"),
    queued: readCount(rows, "queued"),
    sent: readCount(rows, "sent"),
    failed: readCount(rows, "failed"),
  };
}

function enter(rows: DeliveryRows, id: string, row: RowState): void {
  rows.states.put(id, row);
  const { index, key } = indexEntry(rows, id, row);
  index.put(key, id);
  rows.counts.put(row.state, readCount(rows, row.state) + 1);
}

function leave(rows: DeliveryRows, id: string, row: RowState): void {
  const { index, key } = indexEntry(rows, id, row);
  index.remove(key);
  rows.counts.put(row.state, readCount(rows, row.state) - 1);
}

function indexEntry(
  rows: DeliveryRows,
  id: string,
  { state, at }: RowState,
): { readonly index: LmdbDatabase<unknown>; readonly key: number | [number, string] } {
  switch (state) {
    case "pending":
      return { index: rows.pending, key: at };
    case "queued":
      return { index: rows.queued, key: [at, id] };
    case "sent":
    case "failed":
      return { index: rows.finished, key: [at, id] };
  }
}

function takeOrdinal(rows: DeliveryRows): number {
  const ordinal = readCount(rows, "ordinal");
  rows.counts.put("ordinal", ordinal + 1);
  return ordinal;
}

function readCount(rows: DeliveryRows, name: StateName | "ordinal"): number {
  const count = rows.counts.get(name);
  return typeof count === "number" ? count : 0;
}

function readState(rows: DeliveryRows, id: string): RowState | undefined {
  const value = rows.states.get(id);
  if (value === undefined) return undefined;
  if (isRowState(value)) return value;
  throw new CepError("STORE_DAMAGED", `the state of delivery ${id} can't be read: restore the folder from a backup`);
}

function isRowState(value: unknown): value is RowState {
  return (
    isJsonObject(value) &&
    stateNames.some((name) => name === value["state"]) &&
    ["at", "attemptCount", "leasedUntil", "size"].every((name) => typeof value[name] === "number") &&
    typeof value["effectId"] === "string" &&
    typeof value["reason"] === "string"
  );
}
