import { assert } from "../base/assert.ts";
import type { Scope } from "../expr/scope.ts";
import type { LonePattern, RuleNode } from "./plan.ts";

/**
 * How an event comes: on time or late, where every rule may take it at once; or, where input may be out of order, twice:
 * at its arrival for the rules that take events as they come, and for all others when the watermark releases it.
 */
export type Intake = "on-time" | "late" | "arrival" | "released";

/** A rule, or a pattern document that runs alone. */
export type Taker =
  | { readonly rule: RuleNode; readonly lone: undefined }
  | { readonly rule: undefined; readonly lone: LonePattern };

const typeCountMax = 10_000;

/** What one event type leads to: ordinals of takers. */
interface TakersOfType {
  readonly all: readonly number[];
  readonly arrival: readonly number[];
  readonly released: readonly number[];
}

/** Leads from an event to the rules and lone patterns that may take it. */
export class RuleIndex {
  /** Rules in their order, then lone patterns. */
  readonly takers: readonly Taker[];
  /** Ordinals of what the last event may be taken by, ascending; as many as `match` says, the rest is of events before. */
  readonly hits: number[] = [];
  private readonly types = new Map<string, TakersOfType>();

  constructor(rules: readonly RuleNode[], lonePatterns: readonly LonePattern[]) {
    this.takers = [
      ...rules.map((rule) => ({ rule, lone: undefined })),
      ...lonePatterns.map((lone) => ({ rule: undefined, lone })),
    ];
  }

  /** Fills `hits` for the event in the scope, and gives their number. */
  match(scope: Scope, intake: Intake): number {
    const { event } = scope;
    assert(event !== undefined, "rules are matched at an event");
    const { all, arrival, released } = this.takersOf(event.type);
    const found = intake === "arrival" ? arrival : intake === "released" ? released : all;
    for (const [index, ordinal] of found.entries()) this.hits[index] = ordinal;
    return found.length;
  }

  /** True where something waits for the event's release by the watermark, as far as its type tells. */
  hasOrdered(type: string): boolean {
    return this.takersOf(type).released.length > 0;
  }

  private takersOf(type: string): TakersOfType {
    const known = this.types.get(type);
    if (known !== undefined) return known;
    const all = this.takers.flatMap((taker, ordinal) => (filterOf(taker).fitsType(type) ? [ordinal] : []));
    const found = {
      all,
      arrival: all.filter((ordinal) => !this.isOrdered(ordinal)),
      released: all.filter((ordinal) => this.isOrdered(ordinal)),
    };
    if (this.types.size >= typeCountMax) this.types.clear();
    this.types.set(type, found);
    return found;
  }

  private isOrdered(ordinal: number): boolean {
    const rule = this.takers[ordinal]?.rule;
    return rule === undefined || rule.program.isOrdered;
  }
}

function filterOf(taker: Taker) {
  return taker.rule === undefined ? taker.lone.filter : taker.rule.program.filter;
}
