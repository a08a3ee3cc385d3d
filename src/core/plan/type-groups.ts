/** A token of type filters, and what may follow it. */
interface TypeNode {
  readonly next: Map<string, TypeNode>;
  /** Groups whose filter ends here. */
  readonly ends: number[];
  /** Groups whose filter ends in `>` behind this. */
  readonly rests: number[];
}

/** Types whose groups are remembered; past it all are forgotten, for types come with events. */
const typeCountMax = 10_000;

/**
 * Members by the event types that they see. Those that see the same types are one group, so that a type leads to few of
 * them: the group of its own name, and one for each different list of filters with wildcards. A type that was not seen
 * before costs the walk down its tokens, whatever the number of members.
 */
export class TypeGroups {
  /** Members of each group, ascending; a member stands at most once in the groups of one type. */
  readonly groups: number[][] = [];
  private readonly byName = new Map<string, number>();
  private readonly byFilters = new Map<string, number>();
  private readonly root = emptyNode();
  private readonly known = new Map<string, readonly number[]>();

  /** Adds the next member. */
  add(member: number, filters: readonly string[]): void {
    if (filters.every(isLiteral)) {
      for (const type of new Set(filters)) this.groupAt(this.byName, type).push(member);
      return;
    }
    const address = filters.toSorted().join(" ");
    const isNew = !this.byFilters.has(address);
    this.groupAt(this.byFilters, address).push(member);
    if (isNew) for (const filter of filters) this.plant(filter.split("."), this.groups.length - 1);
  }

  /** The groups of an event type. */
  of(type: string): readonly number[] {
    const known = this.known.get(type);
    if (known !== undefined) return known;
    const found = new Set<number>();
    const named = this.byName.get(type);
    if (named !== undefined) found.add(named);
    collect(this.root, type.split("."), 0, !type.startsWith("tocsin."), found);
    if (this.known.size >= typeCountMax) this.known.clear();
    const groups = [...found];
    this.known.set(type, groups);
    return groups;
  }

  private groupAt(places: Map<string, number>, address: string): number[] {
    const index = places.get(address) ?? this.groups.push([]) - 1;
    places.set(address, index);
    return this.groups[index] ?? [];
  }

  private plant(tokens: readonly string[], group: number): void {
    let node = this.root;
    for (const [index, token] of tokens.entries()) {
      if (token === ">" && index === tokens.length - 1) {
        node.rests.push(group);
        return;
      }
      const next = node.next.get(token) ?? emptyNode();
      node.next.set(token, next);
      node = next;
    }
    node.ends.push(group);
  }
}

function emptyNode(): TypeNode {
  return { next: new Map(), ends: [], rests: [] };
}

function isLiteral(filter: string): boolean {
  const tokens = filter.split(".");
  return !tokens.includes("*") && tokens.at(-1) !== ">";
}

/** @param seesAll false for Tocsin's own types, of which a wildcard at the first token sees none. */
function collect(node: TypeNode, type: readonly string[], at: number, seesAll: boolean, found: Set<number>): void {
  const token = type[at];
  if (token === undefined) {
    for (const group of node.ends) found.add(group);
    return;
  }
  if (seesAll) for (const group of node.rests) found.add(group);
  const named = node.next.get(token);
  if (named !== undefined) collect(named, type, at + 1, true, found);
  const any = seesAll && token !== "*" ? node.next.get("*") : undefined;
  if (any !== undefined) collect(any, type, at + 1, true, found);
}
