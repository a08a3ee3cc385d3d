import { ownTypePrefix, compileTypeFilters } from "../event/type-filter.ts";

/** What a document takes and makes, as far as others can see: derived events and lists. */
export interface ChainMember {
  /** As a message names it: `rule a`. */
  readonly name: string;
  /** Event type filters of what it takes; undefined: it takes no events. */
  readonly on: readonly string[] | undefined;
  readonly readsLists: readonly string[];
  /** Types of the derived events that it makes. */
  readonly makes: readonly string[];
  readonly writesLists: readonly string[];
}

/** How what one member makes reaches another. */
interface ChainLink<T> {
  readonly kind: "event" | "list";
  readonly to: T;
  /** As a message says it: the event type, or `list x`. */
  readonly by: string;
}

/** A way from a member back to itself. */
export interface Circle<T> {
  readonly members: readonly T[];
  /** `rule a → x → rule b → y → rule a`. */
  readonly text: string;
}

/** Which documents come behind which, through what they make. */
export class RuleChain<T extends ChainMember> {
  readonly members: readonly T[];
  private readonly links = new Map<T, readonly ChainLink<T>[]>();
  private readonly levels: ReadonlyMap<T, number>;

  constructor(members: readonly T[]) {
    this.members = members;
    const takers = members.flatMap((member) =>
      member.on === undefined ? [] : [{ member, on: member.on, fitsType: compileTypeFilters(member.on) }],
    );
    // Few take Tocsin's own types, and nearly every rule makes one.
    const ownTakers = takers.filter(({ on }) => on.some((filter) => `${filter}.`.startsWith(ownTypePrefix)));
    for (const from of members) {
      const byEvent = from.makes.flatMap((type) =>
        (type.startsWith(ownTypePrefix) ? ownTakers : takers)
          .filter(({ fitsType }) => fitsType(type))
          .map(({ member }) => ({ kind: "event" as const, to: member, by: type })),
      );
      const byList = from.writesLists.flatMap((list) =>
        members
          .filter(({ readsLists }) => readsLists.includes(list))
          .map((member) => ({ kind: "list" as const, to: member, by: `list ${list}` })),
      );
      if (byEvent.length > 0 || byList.length > 0) this.links.set(from, [...byEvent, ...byList]);
    }
    this.levels = this.order((member) => this.linksFrom(member).filter(({ kind }) => kind === "event")).levels;
  }

  linksFrom(member: T): readonly ChainLink<T>[] {
    return this.links.get(member) ?? [];
  }

  /** One circle for each member that none of the circles before it has, in the order of the members; each the shortest one of its member. */
  circles(): readonly Circle<T>[] {
    const found: Circle<T>[] = [];
    const seen = new Set<T>();
    for (const member of this.order((from) => this.linksFrom(from)).unordered) {
      if (seen.has(member)) continue;
      const circle = this.circleFrom(member);
      if (circle === undefined) continue;
      found.push(circle);
      for (const other of circle.members) seen.add(other);
    }
    return found;
  }

  /** Breadth-first, so that the way back is a shortest one. */
  private circleFrom(start: T): Circle<T> | undefined {
    const before = new Map<T, { readonly from: T; readonly by: string }>();
    const waiting: T[] = [start];
    for (let next = 0; next < waiting.length; next += 1) {
      const from = waiting[next];
      if (from === undefined) break;
      for (const { to, by } of this.linksFrom(from)) {
        if (before.has(to)) continue;
        before.set(to, { from, by });
        if (to === start) return circleOf(start, before);
        waiting.push(to);
      }
    }
    return undefined;
  }

  /**
   * 0 for a member that no event of another reaches, else one more than the greatest of those that reach it so. Members that
   * take the same types are on one level. Only where there is no circle.
   */
  levelOf(member: T): number {
    return this.levels.get(member) ?? 0;
  }

  /**
   * Each member behind all that reach it (Kahn, "Topological sorting of large networks", 1962), and those that have no such
   * place: members of circles, and what is behind them.
   */
  private order(linksFrom: (member: T) => readonly ChainLink<T>[]): {
    readonly levels: ReadonlyMap<T, number>;
    readonly unordered: readonly T[];
  } {
    const levels = new Map<T, number>();
    const reachedBy = new Map<T, number>();
    for (const member of this.links.keys())
      for (const { to } of linksFrom(member)) reachedBy.set(to, (reachedBy.get(to) ?? 0) + 1);
    const waiting = this.members.filter((member) => !reachedBy.has(member));
    for (let next = 0; next < waiting.length; next += 1) {
      const from = waiting[next];
      if (from === undefined) break;
      const level = (levels.get(from) ?? 0) + 1;
      for (const { to } of linksFrom(from)) {
        levels.set(to, Math.max(level, levels.get(to) ?? 0));
        const left = (reachedBy.get(to) ?? 0) - 1;
        reachedBy.set(to, left);
        if (left === 0) waiting.push(to);
      }
    }
    return { levels, unordered: this.members.filter((member) => (reachedBy.get(member) ?? 0) > 0) };
  }
}

function circleOf<T extends ChainMember>(
  start: T,
  before: ReadonlyMap<T, { readonly from: T; readonly by: string }>,
): Circle<T> {
  const members: T[] = [];
  let text = start.name;
  let at = start;
  do {
    const step = before.get(at);
    if (step === undefined) break;
    members.push(step.from);
    text = `${step.from.name} → ${step.by} → ${text}`;
    at = step.from;
  } while (at !== start);
  return { members: members.reverse(), text };
}
