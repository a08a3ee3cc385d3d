import { assert } from "../../core/base/assert.ts";

/**
 * The keys of a namespace's incidents and deliveries, all in one slot. Scripts are given all of them, in this order, as
 * KEYS[1] to KEYS[12].
 *
 * A delivery is pending, queued or finished by the sorted set that it is in; finished ones have failed where `failed` has them.
 */
const incidentKeyNames = [
  // Sorted set of effect ids. Below 0: minus the number of its deliveries that are still kept. Above: epoch ms when it is forgotten
  "seen",
  // Hash: delivery id → `Delivery` in JSON
  "bodies",
  // Hash: delivery id → effect id
  "effects",
  // Hash: delivery id → claims given
  "attempts",
  // Sorted set of delivery ids by ordinal
  "pending",
  // Sorted set of delivery ids by epoch ms when each is given to the queue again
  "queued",
  // Sorted set of delivery ids by epoch ms when each is removed
  "finished",
  // Hash: delivery id → reason
  "failed",
  // Sorted set of delivery ids by epoch ms when the claim ends
  "leases",
  // Counter
  "ordinal",
  // Hash: incident id → `Incident` in JSON
  "incidents",
  // Sorted set of incident ids by the ordinal of the last alert
  "recent",
] as const;

/** @throws {AssertionError} for a namespace that would spoil the hash tag; configuration allows letters, digits and `_.-`. */
export function incidentKeys(
  namespace: string,
): Readonly<Record<(typeof incidentKeyNames)[number], string>> & { readonly all: readonly string[] } {
  assert(/^[\w.-]+$/.test(namespace), "a namespace has letters, digits and _.- alone");
  const key = (name: string): string => `{${namespace}:incidents}:${name}`;
  return {
    seen: key("seen"),
    bodies: key("bodies"),
    effects: key("effects"),
    attempts: key("attempts"),
    pending: key("pending"),
    queued: key("queued"),
    finished: key("finished"),
    failed: key("failed"),
    leases: key("leases"),
    ordinal: key("ordinal"),
    incidents: key("incidents"),
    recent: key("recent"),
    all: incidentKeyNames.map(key),
  };
}
