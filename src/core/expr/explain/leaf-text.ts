import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { parseJsonPath } from "../json-path.ts";
import { shownText } from "./shown-value.ts";

const operatorSigns: ReadonlyMap<string, string> = new Map([
  ["equal", "=="],
  ["notEqual", "!="],
  ["lessThan", "<"],
  ["lessThanInclusive", "<="],
  ["greaterThan", ">"],
  ["greaterThanInclusive", ">="],
  ["notIn", "not in"],
  ["doesNotContain", "does not contain"],
]);

/** A member that is meant to be a text; of another kind its JSON. */
export function writtenText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** json-rules-engine's leaf as a line: `burst.attempts >= 20`. */
export function leafText(document: JsonObject): string {
  const operator = writtenText(document["operator"]);
  const value = document["value"];
  const right = isJsonObject(value) && Object.hasOwn(value, "fact") ? factText(value) : JSON.stringify(value ?? null);
  return shownText(`${factText(document)} ${operatorSigns.get(operator) ?? operator} ${right}`);
}

/** A fact with its path, as CEL would have it where that is a plain one, and with its parameters. */
export function factText(document: JsonObject): string {
  const { fact, path, params } = document;
  const name = writtenText(fact);
  const called = isJsonObject(params) && Object.keys(params).length > 0 ? `${name}(${JSON.stringify(params)})` : name;
  if (typeof path !== "string" || path === "") return called;
  const parsed = parseJsonPath(path);
  if (parsed.kind === "query") return `${called} ${path}`;
  return `${called}${parsed.steps.map((step) => (/^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join("")}`;
}
