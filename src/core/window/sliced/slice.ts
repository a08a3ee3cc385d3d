import type { AggregateState } from "../aggregate-state.ts";
import { evidenceNameCountMax } from "../window-evidence.ts";
import type { WindowEvidence } from "../window-fact.ts";

/** Names that fill an array of exactly their number; a longer one grows by doubling. */
const exactNameCount = 4;

/** The events of a key between two neighbouring bounds of its windows: their aggregates and the names of the last. It has one at least. */
export class Slice {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** When it began, counted in changes of the plan: members that joined later do not see it. */
  readonly generation: number;
  /** Its events were late for sliding members that allow less; 0: for none. */
  readonly lateness: number;
  /** In the order of the plan's kept aggregates. */
  readonly states: readonly AggregateState[];
  eventCount = 0;
  /** Name and number of arrival by turns, of the last 100; a ring from then on. */
  names: (string | number)[] = [];

  constructor(
    { start, end, generation, lateness }: Pick<Slice, "start" | "end" | "generation" | "lateness">,
    states: readonly AggregateState[],
  ) {
    this.start = start;
    this.end = end;
    this.generation = generation;
    this.lateness = lateness;
    this.states = states;
  }

  /** Counts an event. Numbers of arrival go up. */
  note(name: string | number, arrival: number): void {
    const { eventCount } = this;
    this.eventCount += 1;
    if (eventCount >= evidenceNameCountMax) {
      const at = (eventCount % evidenceNameCountMax) * 2;
      this.names[at] = name;
      this.names[at + 1] = arrival;
    } else if (eventCount < exactNameCount) {
      this.names = this.names.concat(name, arrival);
    } else {
      this.names.push(name, arrival);
    }
  }

  get nameCount(): number {
    return this.names.length / 2;
  }

  /** Name `index` places behind the oldest that is remembered. */
  nameAt(index: number): string | number {
    return this.names[this.place(index)] ?? 0;
  }

  arrivalAt(index: number): number {
    return Number(this.names[this.place(index) + 1]);
  }

  /** As it was saved: the names that it remembers, oldest first, each with its number of arrival. */
  restore(eventCount: number, names: readonly (readonly [name: string | number, arrival: number])[]): void {
    this.eventCount = eventCount;
    this.names = names.flatMap(() => [0, 0]);
    for (const [index, [name, arrival]] of names.entries()) {
      const at = this.place(index);
      this.names[at] = name;
      this.names[at + 1] = arrival;
    }
  }

  private place(index: number): number {
    return ((this.eventCount - this.nameCount + index) % evidenceNameCountMax) * 2;
  }
}

/** The events behind slices: names of the last 100 in the order taken, and how many they are. */
export function evidenceOf(slices: readonly Slice[]): WindowEvidence {
  const [first] = slices;
  if (first === undefined) return { ids: [], count: 0 };
  if (slices.length === 1)
    return { ids: Array.from({ length: first.nameCount }, (_, index) => first.nameAt(index)), count: first.eventCount };
  let count = 0;
  let found: (readonly [arrival: number, name: string | number])[] = [];
  let least = -1;
  for (let index = slices.length - 1; index >= 0; index -= 1) {
    const slice = slices[index];
    if (slice === undefined) continue;
    count += slice.eventCount;
    for (let at = slice.nameCount - 1; at >= 0 && slice.arrivalAt(at) > least; at -= 1)
      found.push([slice.arrivalAt(at), slice.nameAt(at)]);
    if (found.length < evidenceNameCountMax * 2) continue;
    found = latest(found);
    least = found[0]?.[0] ?? -1;
  }
  return { ids: latest(found).map(([, name]) => name), count };
}

function latest(found: (readonly [number, string | number])[]): (readonly [number, string | number])[] {
  return found.sort((a, b) => a[0] - b[0]).slice(-evidenceNameCountMax);
}
