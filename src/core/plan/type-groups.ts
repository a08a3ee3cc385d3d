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

/** Events are taken as they come, or in the order of their times. */
export type Lane = "arrival" | "released";

/** Groups of one event type. */
export type GroupsOfType = Readonly<Record<Lane, readonly number[]>>;

/**
 * Members by the event types that they see. Those that see the same types are one group, so that a type leads to few of
 * them: the group of its own name, and one for each different list of filters with wildcards. A type that was not seen
 * before costs the walk down its tokens, whatever the number of members.
 */
export class TypeGroups {
  /** Members of each group, ascending; a member stands at most once in the groups of one type. */
  readonly groups: number[][] = [];
  private readonly lanes: Lane[] = [];
  private readonly places = new Map<string, number>();
  private readonly root = emptyNode();
  private readonly known = new Map<string, GroupsOfType>();
  /** Where no filter asks for a type: all groups, for every type but Tocsin's own. */
  private everything: GroupsOfType | undefined = noGroups;

  /** Adds the next member. */
  add(member: number, filters: readonly string[], lane: Lane): void {
    const asksForAll = filters.every((filter) => filter === ">");
    if (!filters.every(isLiteral)) this.addTo(lane, filters.toSorted(), member);
    else for (const type of new Set(filters)) this.addTo(lane, [type], member);
    this.everything = this.everything === undefined || !asksForAll ? undefined : this.groupsFor("event");
  }

  /** The groups of an event type. */
  of(type: string): GroupsOfType {
    if (this.everything !== undefined && !isOwnType(type)) return this.everything;
    const known = this.known.get(type);
    if (known !== undefined) return known;
    if (this.known.size >= typeCountMax) this.known.clear();
    const groups = this.groupsFor(type);
    this.known.set(type, groups);
    return groups;
  }

  private groupsFor(type: string): GroupsOfType {
    const found = new Set<number>();
    collect(this.root, type.split("."), 0, !isOwnType(type), found);
    const groups = [...found];
    return {
      arrival: groups.filter((group) => this.lanes[group] === "arrival"),
      released: groups.filter((group) => this.lanes[group] === "released"),
    };
  }

  private addTo(lane: Lane, filters: readonly string[], member: number): void {
    const address = `${lane} ${filters.join(" ")}`;
    const known = this.places.get(address);
    if (known !== undefined) {
      this.groups[known]?.push(member);
      return;
    }
    const group = this.groups.push([member]) - 1;
    this.lanes.push(lane);
    this.places.set(address, group);
    for (const filter of filters) this.plant(filter.split("."), group);
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

/** The first letter says no to most, at no cost. */
function isOwnType(type: string): boolean {
  return type.charCodeAt(0) === firstLetter && type.startsWith("tocsin.");
}

const firstLetter = "t".charCodeAt(0);

const noGroups: GroupsOfType = { arrival: [], released: [] };

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
