import type { JsonValue } from "../base/json.ts";
import { toJson } from "../base/json.ts";

/** A key's parts out of its `keyString`. Objects come with their names in order, and `-0` as `0`: see `hasOwnForm`. */
export function keyValues(keyString: string): readonly JsonValue[] {
  if (keyString === "") return [];
  if (!keyString.startsWith("m")) return [partOf(keyString)];
  const parts: JsonValue[] = [];
  for (let at = 1; at < keyString.length; ) {
    const border = keyString.indexOf(":", at);
    const end = border + 1 + Number(keyString.slice(at, border));
    parts.push(partOf(keyString.slice(border + 1, end)));
    at = end;
  }
  return parts;
}

/** True of parts that `keyValues` gives back in another form than they came in. */
export function hasOwnForm(parts: readonly JsonValue[]): boolean {
  return parts.some((part) => (typeof part === "object" && part !== null) || Object.is(part, -0));
}

function partOf(text: string): JsonValue {
  const rest = text.slice(1);
  switch (text[0]) {
    case "s":
      return rest;
    case "n":
      return Number(rest);
    case "b":
      return rest === "t";
    default:
      return toJson(JSON.parse(rest));
  }
}
