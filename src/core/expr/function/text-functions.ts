import { codePointCount, codePointSlice, reverseText, unitOffset } from "./code-points.ts";
import { ExprError } from "../expr-error.ts";
import {
  fixed,
  overText,
  overTexts,
  ranged,
  textLengthMax,
  tooLong,
  wrongType,
  type FunctionEntry,
} from "./function-entry.ts";
import { isList } from "../closure/property.ts";

/** CEL's string functions and its strings extension; positions count code points. */
export const textFunctions: Readonly<Record<string, FunctionEntry>> = {
  contains: fixed(
    2,
    overTexts("contains", (text, part) => text.includes(part)),
  ),
  containsText: fixed(
    2,
    overTexts("containsText", (text, part) => text.includes(part)),
  ),
  startsWith: fixed(
    2,
    overTexts("startsWith", (text, part) => text.startsWith(part)),
  ),
  endsWith: fixed(
    2,
    overTexts("endsWith", (text, part) => text.endsWith(part)),
  ),
  lower: fixed(
    1,
    overText("lower", (text) => text.toLowerCase()),
  ),
  upper: fixed(
    1,
    overText("upper", (text) => text.toUpperCase()),
  ),
  lowerAscii: fixed(
    1,
    overText("lowerAscii", (text) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())),
  ),
  upperAscii: fixed(
    1,
    overText("upperAscii", (text) => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())),
  ),
  trim: fixed(
    1,
    overText("trim", (text) => text.trim()),
  ),
  reverse: fixed(1, reverse),
  charAt: fixed(2, charAt),
  indexOf: ranged(2, 3, indexOf),
  lastIndexOf: ranged(2, 3, lastIndexOf),
  substring: ranged(2, 3, substring),
  replace: ranged(3, 4, replace),
  split: ranged(2, 3, split),
  join: ranged(1, 2, join),
};

/** An index into a text, from 0 up to and with `max`; an ExprError for anything else. */
function indexUpTo(name: string, index: unknown, max: number): number | ExprError {
  if (typeof index !== "number" || !Number.isInteger(index))
    return wrongType(name, "a whole number as an index", index);
  return index >= 0 && index <= max
    ? index
    : new ExprError("argument", `${name}: index ${index} is outside 0 to ${max}`);
}

function reverse(value: unknown): unknown {
  if (typeof value === "string") return reverseText(value);
  return isList(value) ? value.toReversed() : wrongType("reverse", "a string or a list", value);
}

function charAt(text: unknown, index: unknown): unknown {
  if (typeof text !== "string") return wrongType("charAt", "a string", text);
  const start = indexUpTo("charAt", index, codePointCount(text));
  return start instanceof ExprError ? start : codePointSlice(text, start, start + 1);
}

function indexOf(text: unknown, part: unknown, from: unknown): unknown {
  if (typeof text !== "string") return wrongType("indexOf", "a string", text);
  if (typeof part !== "string") return wrongType("indexOf", "a string", part);
  const start = from === undefined ? 0 : indexUpTo("indexOf", from, codePointCount(text));
  if (start instanceof ExprError) return start;
  const found = text.indexOf(part, unitOffset(text, start));
  return found < 0 ? -1 : codePointCount(text.slice(0, found));
}

function lastIndexOf(text: unknown, part: unknown, from: unknown): unknown {
  if (typeof text !== "string") return wrongType("lastIndexOf", "a string", text);
  if (typeof part !== "string") return wrongType("lastIndexOf", "a string", part);
  const count = codePointCount(text);
  const start = from === undefined ? count : indexUpTo("lastIndexOf", from, count);
  if (start instanceof ExprError) return start;
  const found = text.lastIndexOf(part, unitOffset(text, start));
  return found < 0 ? -1 : codePointCount(text.slice(0, found));
}

function substring(text: unknown, from: unknown, to: unknown): unknown {
  if (typeof text !== "string") return wrongType("substring", "a string", text);
  const count = codePointCount(text);
  const end = to === undefined ? count : indexUpTo("substring", to, count);
  if (end instanceof ExprError) return end;
  const start = indexUpTo("substring", from, end);
  return start instanceof ExprError ? start : codePointSlice(text, start, end);
}

/** The first `limit` places, or all; a negative limit is none. */
function replace(text: unknown, part: unknown, by: unknown, limit: unknown): unknown {
  if (typeof text !== "string") return wrongType("replace", "a string", text);
  if (typeof part !== "string") return wrongType("replace", "a string", part);
  if (typeof by !== "string") return wrongType("replace", "a string", by);
  const countMax = limit ?? -1;
  if (typeof countMax !== "number") return wrongType("replace", "a number as a limit", limit);
  const pieces = text.split(part);
  const places = countMax < 0 ? pieces.length - 1 : Math.min(Math.trunc(countMax), pieces.length - 1);
  if (text.length + places * by.length > textLengthMax) return tooLong("replace");
  if (places === pieces.length - 1) return pieces.join(by);
  const rest = pieces.slice(places).join(part);
  return places === 0 ? text : `${pieces.slice(0, places).join(by)}${by}${rest}`;
}

/** The last piece holds the rest where there are more than `limit`. */
function split(text: unknown, separator: unknown, limit: unknown): unknown {
  if (typeof text !== "string") return wrongType("split", "a string", text);
  if (typeof separator !== "string") return wrongType("split", "a string", separator);
  const countMax = limit ?? -1;
  if (typeof countMax !== "number") return wrongType("split", "a number as a limit", limit);
  const pieces = separator === "" ? Array.from(text) : text.split(separator);
  if (countMax < 0 || pieces.length <= countMax) return pieces;
  const kept = Math.trunc(countMax);
  if (kept === 0) return [];
  return [...pieces.slice(0, kept - 1), pieces.slice(kept - 1).join(separator)];
}

function join(list: unknown, separator: unknown): unknown {
  if (!isList(list)) return wrongType("join", "a list of strings", list);
  const between = separator ?? "";
  if (typeof between !== "string") return wrongType("join", "a string", separator);
  let joined = "";
  for (const [index, item] of list.entries()) {
    if (typeof item !== "string") return wrongType("join", "a list of strings", item);
    joined += index === 0 ? item : between + item;
    if (joined.length > textLengthMax) return tooLong("join");
  }
  return joined;
}
