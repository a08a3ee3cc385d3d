import { isEqual, isMember } from "../closure/equality.ts";
import { ExprError } from "../expr-error.ts";
import { fixed, ranged, wrongType, type FunctionEntry } from "./function-entry.ts";
import { isList, isMap } from "../closure/property.ts";

/** Most items of a list that a function makes out of less. */
const listLengthMax = 100_000;

/** CEL's lists extension; and what macros with two variables are made of, which no text can call. */
export const listFunctions: Readonly<Record<string, FunctionEntry>> = {
  slice: fixed(3, slice),
  flatten: ranged(1, 2, flatten),
  distinct: fixed(1, distinct),
  sort: fixed(1, sort),
  first: fixed(1, (list) => (isList(list) ? (list[0] ?? null) : wrongType("first", "a list", list))),
  last: fixed(1, (list) => (isList(list) ? (list.at(-1) ?? null) : wrongType("last", "a list", list))),
  "lists.range": fixed(1, range),
  "cel.entries": fixed(1, entriesOf),
  "cel.fromEntries": fixed(1, mapOf),
};

/** `[start, end)`; both within the list. */
function slice(list: unknown, start: unknown, end: unknown): unknown {
  if (!isList(list)) return wrongType("slice", "a list", list);
  if (typeof start !== "number" || !Number.isInteger(start)) return wrongType("slice", "whole numbers", start);
  if (typeof end !== "number" || !Number.isInteger(end)) return wrongType("slice", "whole numbers", end);
  if (start < 0 || start > end || end > list.length)
    return new ExprError("argument", `slice: ${start} to ${end} is not within 0 to ${list.length}`);
  return list.slice(start, end);
}

/** One level, or as many as are asked for. */
function flatten(list: unknown, depth: unknown): unknown {
  if (!isList(list)) return wrongType("flatten", "a list", list);
  const levels = depth === undefined ? 1 : depth;
  if (typeof levels !== "number" || !Number.isInteger(levels) || levels < 0)
    return wrongType("flatten", "a whole number of levels", depth);
  const flat: unknown[] = [];
  const add = (items: readonly unknown[], left: number): boolean =>
    items.every((item) => (isList(item) && left > 0 ? add(item, left - 1) : flat.push(item) <= listLengthMax));
  return add(list, levels) ? flat : tooMany("flatten");
}

function distinct(list: unknown): unknown {
  if (!isList(list)) return wrongType("distinct", "a list", list);
  const scalars = new Set<unknown>();
  const others: unknown[] = [];
  return list.filter((item) => {
    if (typeof item !== "object" || item === null) return !scalars.has(item) && scalars.add(item).size > 0;
    return !isMember(others, item) && others.push(item) > 0;
  });
}

/** Numbers, texts or booleans, all of one type. */
function sort(list: unknown): unknown {
  if (!isList(list)) return wrongType("sort", "a list", list);
  const [first] = list;
  const strange = list.find((item) => typeof item !== typeof first || typeof item === "object");
  if (strange !== undefined) return wrongType("sort", "numbers, texts or booleans of one type", strange);
  return list.toSorted((a, b) => compareScalars(a, b));
}

function compareScalars(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return Number(a) - Number(b);
}

/** 0 to `count` − 1. */
function range(count: unknown): unknown {
  if (typeof count !== "number" || !Number.isInteger(count)) return wrongType("lists.range", "a whole number", count);
  if (count > listLengthMax) return tooMany("lists.range");
  return Array.from({ length: Math.max(0, count) }, (_, index) => index);
}

function tooMany(name: string): ExprError {
  return new ExprError("argument", `${name} would give more than ${listLengthMax} items`);
}

/** Pairs of key and value of a map, of index and item of a list. */
function entriesOf(value: unknown): unknown {
  if (isList(value)) return value.map((item, index) => [index, item]);
  return isMap(value) ? Object.entries(value) : wrongType("a macro with two variables", "a list or a map", value);
}

/** The map of pairs; a key that comes twice is an error. */
function mapOf(pairs: unknown): unknown {
  if (!isList(pairs)) return wrongType("transformMap", "a list of pairs", pairs);
  const members = new Map<string, unknown>();
  for (const pair of pairs) {
    const [key, value]: readonly unknown[] = isList(pair) ? pair : [];
    const name = typeof key === "number" ? String(key) : key;
    if (typeof name !== "string") return wrongType("transformMap", "texts as keys", key);
    if (members.has(name) && !isEqual(members.get(name), value))
      return new ExprError("argument", `transformMap: the key ${JSON.stringify(name.slice(0, 64))} comes twice`);
    members.set(name, value);
  }
  return Object.fromEntries(members);
}
