import type { Effect } from "../../src/core/alert/effect.ts";
import type { SimulationResult } from "./simulation.ts";

/**
 * What is wrong with a run, in words; undefined where nothing is. Where the store never went back, the outbox saw exactly
 * what log and journal say, byte for byte, in order. Where it did, nothing is lost; an effect may come once more for each time
 * it went back, and one may be too many where a tick or an edit was lost with it: docs/protocol.md, what remains.
 */
export function complaintOf(result: SimulationResult): string | undefined {
  const { delivered, expected, failures, failoverCount, faults, undone } = result;
  const [failure] = failures;
  if (failure !== undefined) return `a life failed: ${failure}`;
  if (undone.length > 0 && failoverCount === 0) return `said to be done, and not in the journal: ${undone.join(", ")}`;
  const counts = countById(delivered);
  const lost = expected.filter(({ id }) => !counts.has(id));
  if (lost.length > 0) return `lost ${lost.length} of ${expected.length}: ${JSON.stringify(lost[0])}`;
  const twice = [...counts].filter(([, count]) => count > 1 + failoverCount);
  if (twice.length > 0) return `twice: ${twice.length}, such as ${twice[0]?.[0]}`;
  const known = countById(expected);
  const extra = delivered.filter(({ id }) => !known.has(id));
  const mayHaveExtra = failoverCount > 0 && (faults.isEdited || faults.idleMs < 1_000_000 || faults.commandOneIn > 0);
  if (extra.length > 0 && !mayHaveExtra) return `${extra.length} that nobody asked for: ${JSON.stringify(extra[0])}`;
  if (failoverCount === 0 && JSON.stringify(delivered) !== JSON.stringify(expected))
    return "the same effects in another order or with other contents";
  return undefined;
}

function countById(effects: readonly Effect[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of effects) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
