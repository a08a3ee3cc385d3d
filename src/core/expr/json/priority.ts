import type { Expr } from "../ast.ts";

export interface Prioritized {
  readonly expr: Expr;
  readonly priority: number;
}

/**
 * A member's priority: 1 where there is none or it is 0. Undefined for what is no number, which json-rules-engine would put at
 * a place that nobody can tell. An "integer" is read as `parseInt` does.
 */
export function readPriority(value: unknown, reading: "integer" | "as-written"): number | undefined {
  if (value === undefined || value === null || value === "") return 1;
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const priority = reading === "integer" ? Number.parseInt(String(value), 10) : Number(value);
  return Number.isNaN(priority) ? undefined : priority || 1;
}

/** Sets of equal priority, the highest first; within one the order as written. */
export function sortIntoSets(members: readonly Prioritized[]): readonly (readonly Expr[])[] {
  return setsByPriority(members).map((set) => set.map(({ expr }) => expr));
}

/** As `sortIntoSets`, of whatever has a priority. */
export function setsByPriority<T extends { readonly priority: number }>(
  members: readonly T[],
): readonly (readonly T[])[] {
  const sets = new Map<number, T[]>();
  for (const member of members) {
    const set = sets.get(member.priority);
    if (set === undefined) sets.set(member.priority, [member]);
    else set.push(member);
  }
  return [...sets.entries()].sort(([left], [right]) => right - left).map(([, set]) => set);
}
