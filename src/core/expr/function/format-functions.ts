import { ExprError } from "../expr-error.ts";
import { fixed, overText, textLengthMax, tooLong, wrongType, type FunctionEntry } from "./function-entry.ts";
import { isList, isMap } from "../closure/property.ts";

/** CEL's `format` and `quote`, of the strings extension. */
export const formatFunctions: Readonly<Record<string, FunctionEntry>> = {
  format: fixed(2, format),
  "strings.quote": fixed(
    1,
    overText("strings.quote", (text) => quoted(text)),
  ),
};

const clause = /%(?:%|(?:\.(\d{1,2}))?([sdfebxXo])|.|$)/gsu;

/** `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X`, `%o`, with a precision before `f` and `e`, and `%%`. */
function format(text: unknown, args: unknown): unknown {
  if (typeof text !== "string") return wrongType("format", "a string", text);
  if (!isList(args)) return wrongType("format", "a list of values", args);
  let used = 0;
  let result = "";
  let end = 0;
  for (const match of text.matchAll(clause)) {
    const [whole, precision, verb] = match;
    result += text.slice(end, match.index);
    end = match.index + whole.length;
    if (whole === "%%") {
      result += "%";
      continue;
    }
    if (verb === undefined)
      return new ExprError("argument", `format: ${whole} is no clause; write %% for a percent sign`);
    if (used >= args.length) return new ExprError("argument", "format: more clauses than values");
    const shown = show(verb, args[used], precision === undefined ? 6 : Number(precision));
    if (shown instanceof ExprError) return shown;
    result += shown;
    used += 1;
    if (result.length > textLengthMax) return tooLong("format");
  }
  return result + text.slice(end);
}

function show(verb: string, value: unknown, precision: number): string | ExprError {
  if (verb === "s") return shownText(value);
  if (verb === "b" && typeof value === "boolean") return value ? "1" : "0";
  if (typeof value !== "number") return wrongType(`format %${verb}`, "a number", value);
  switch (verb) {
    case "f":
      return value.toFixed(precision);
    case "e":
      return value.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");
    case "d":
      return String(value);
    default: {
      if (!Number.isInteger(value)) return wrongType(`format %${verb}`, "a whole number", value);
      const digits = value.toString(verb === "b" ? 2 : verb === "o" ? 8 : 16);
      return verb === "X" ? digits.toUpperCase() : digits;
    }
  }
}

/** Lists and maps as CEL writes them: `[1, a]`, `{a: 1}` with its keys in order. */
function shownText(value: unknown): string {
  if (isList(value)) return `[${value.map(shownText).join(", ")}]`;
  if (typeof value === "string") return value;
  if (!isMap(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${name}: ${shownText(value[name])}`).join(", ")}}`;
}

const escapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

function quoted(text: string): string {
  let result = "";
  for (const character of text) result += escapes[character] ?? character;
  return `"${result}"`;
}
