import { allNumbers, uniteNumbers, type Intervals } from "./interval.ts";
import { anyText, anyValue, valuesOf, type ValueSet } from "./value-set.ts";

/** Kinds of values, as bits. Absent is null. */
export const kinds = { nothing: 1, boolean: 2, number: 4, text: 8, list: 16, map: 32 } as const;
export const anyKind = 63;

/** What is known of a value before any event: at least what it can be. */
export interface ValueType {
  /** Bits of `kinds`. */
  readonly kinds: number;
  /** Of numbers: where they lie. */
  readonly numbers: Intervals;
  /** Of texts: which there are; undefined: any. */
  readonly texts: readonly string[] | undefined;
  /** Of maps: members by name. */
  readonly members: ReadonlyMap<string, ValueType>;
  /** Of maps: true where there may be members that are not named. */
  readonly isOpen: boolean;
  /** Of lists; undefined: anything. */
  readonly items: ValueType | undefined;
}

export const anyType: ValueType = {
  kinds: anyKind,
  numbers: allNumbers,
  texts: undefined,
  members: new Map(),
  isOpen: true,
  items: undefined,
};

export function typeOfKinds(bits: number, more: Partial<ValueType> = {}): ValueType {
  return { ...anyType, kinds: bits, ...more };
}

/** A map with just these members, or with more of them. */
export function mapType(members: Iterable<readonly [string, ValueType]>, { isOpen = false } = {}): ValueType {
  return typeOfKinds(kinds.map, { members: new Map(members), isOpen });
}

/** The same, but that it may be absent. */
export function optional(type: ValueType): ValueType {
  return { ...type, kinds: type.kinds | kinds.nothing };
}

export function typeOfValue(value: unknown): ValueType {
  const bits = kindOf(value);
  if (bits === kinds.number && typeof value === "number") return typeOfKinds(bits);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const types = items.map(typeOfValue);
    const [first, ...rest] = types;
    return typeOfKinds(bits, { items: rest.reduce((all, type) => uniteTypes(all, type), first ?? typeOfKinds(0)) });
  }
  return typeOfKinds(bits);
}

export function kindOf(value: unknown): number {
  if (value === null || value === undefined) return kinds.nothing;
  if (Array.isArray(value)) return kinds.list;
  switch (typeof value) {
    case "boolean":
      return kinds.boolean;
    case "number":
      return kinds.number;
    case "string":
      return kinds.text;
    default:
      return kinds.map;
  }
}

/** What is of either type. */
export function uniteTypes(a: ValueType, b: ValueType): ValueType {
  const has = (type: ValueType, kind: number) => (type.kinds & kind) !== 0;
  const pick = <T>(kind: number, of: (type: ValueType) => T, both: (left: T, right: T) => T): T => {
    if (!has(a, kind)) return of(b);
    return has(b, kind) ? both(of(a), of(b)) : of(a);
  };
  return {
    kinds: a.kinds | b.kinds,
    numbers: pick(kinds.number, ({ numbers }) => numbers, uniteNumbers),
    texts: pick(
      kinds.text,
      ({ texts }) => texts,
      (left, right) => left && right && [...new Set([...left, ...right])],
    ),
    members: pick(
      kinds.map,
      ({ members }) => members,
      () => uniteMembers(a, b),
    ),
    isOpen: pick(
      kinds.map,
      ({ isOpen }) => isOpen,
      (left, right) => left || right,
    ),
    items: pick(
      kinds.list,
      ({ items }) => items,
      (left, right) => left && right && uniteTypes(left, right),
    ),
  };
}

function uniteMembers(a: ValueType, b: ValueType): ReadonlyMap<string, ValueType> {
  const members = new Map<string, ValueType>();
  for (const name of new Set([...a.members.keys(), ...b.members.keys()]))
    members.set(name, uniteTypes(memberOf(a, name), memberOf(b, name)));
  return members;
}

/** The type of a map's member; of one that it does not have, nothing. */
export function memberOf({ members, isOpen }: ValueType, name: string): ValueType {
  return members.get(name) ?? (isOpen ? anyType : typeOfKinds(kinds.nothing));
}

/** All values that a value of the type can be. */
export function valuesOfType(type: ValueType): ValueSet {
  const { kinds: bits, numbers, texts } = type;
  const has = (kind: number) => (bits & kind) !== 0;
  const someText = texts === undefined ? anyText : valuesOf([...texts]).texts;
  return {
    ...anyValue,
    hasNothing: has(kinds.nothing),
    hasTrue: has(kinds.boolean),
    hasFalse: has(kinds.boolean),
    hasNaN: has(kinds.number),
    numbers: has(kinds.number) ? numbers : [],
    texts: has(kinds.text) ? someText : undefined,
    hasList: has(kinds.list),
    hasMap: has(kinds.map),
  };
}

const kindNames: readonly (readonly [number, string])[] = [
  [kinds.boolean, "a boolean"],
  [kinds.number, "a number"],
  [kinds.text, "text"],
  [kinds.list, "a list"],
  [kinds.map, "an object"],
];

/** Its kinds in words, null only where it is nothing else. */
export function typeText(bits: number): string {
  const names = kindNames.filter(([kind]) => (bits & kind) !== 0).map(([, name]) => name);
  if (names.length === 0) return "null";
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
}

/** Which values of its kind there are, in words: of texts that are listed and of numbers within bounds. */
export function limitsText({ kinds: bits, numbers, texts }: ValueType): string | undefined {
  const kind = bits & ~kinds.nothing;
  if (kind === kinds.text && texts !== undefined && texts.length <= 8)
    return texts.map((text) => JSON.stringify(text)).join(" or ");
  const [only, ...more] = numbers;
  if (kind !== kinds.number || only === undefined || more.length > 0) return undefined;
  const { low, isLowOpen, high, isHighOpen } = only;
  const words: string[] = [];
  if (low !== Number.NEGATIVE_INFINITY) words.push(`${isLowOpen ? "more than" : "at least"} ${low}`);
  if (high !== Number.POSITIVE_INFINITY) words.push(`${isHighOpen ? "less than" : "at most"} ${high}`);
  return words.length === 0 ? undefined : words.join(" and ");
}
