import { toJson } from "../../base/json.ts";
import type { JsonValue } from "../../base/json.ts";

/** The longest value of an explanation, as JSON text in UTF-16 units. */
const shownValueLengthMax = 400;
/** The longest text of a condition in one. */
const shownTextLengthMax = 300;

/**
 * A value as an explanation holds it: itself, or where its JSON is too long a string, the beginning of that JSON (of a string:
 * of itself) and how much is left out.
 */
export function shownValue(value: unknown): JsonValue {
  if (typeof value === "string") return cut(value, shownValueLengthMax);
  const json = toJson(value);
  if (typeof json !== "object" || json === null) return json;
  const text = JSON.stringify(json);
  return text.length <= shownValueLengthMax ? json : cut(text, shownValueLengthMax);
}

/** The text of a condition, its white space as single blanks. */
export function shownText(text: string): string {
  return cut(text.trim().replaceAll(/\s+/g, " "), shownTextLengthMax);
}

/** At most so many units, never half of a character. */
function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const code = text.charCodeAt(lengthMax - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? lengthMax - 1 : lengthMax;
  return `${text.slice(0, end)}… (${text.length - end} more)`;
}
