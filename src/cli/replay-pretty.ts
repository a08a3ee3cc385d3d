import { eventTimeMs } from "../core/time/instant.ts";
import { formatInstant } from "../core/time/iso-instant.ts";

const colours: Readonly<Record<string, string>> = {
  critical: "\u001b[31;1m",
  high: "\u001b[31m",
  medium: "\u001b[33m",
  low: "\u001b[36m",
  info: "\u001b[2m",
};

/** A result for people: its kind, when, what, and the rest as it is. */
export function prettyLine(line: object, hasColour: boolean): string {
  const fields = new Map<string, unknown>(Object.entries(line));
  const kind = String(fields.get("kind"));
  const time = fields.get("time") ?? fields.get("end");
  const when = typeof time === "number" && Number.isFinite(time) ? formatInstant(eventTimeMs(time)) : "";
  const what = [fields.get("rule"), fields.get("pattern"), fields.get("window")]
    .filter((name) => name !== undefined)
    .join(" ");
  const severity = fields.get("severity");
  const head = `${when} ${kind} ${severity === undefined ? "" : `${String(severity)} `}${what}`.trim();
  const colour = hasColour && typeof severity === "string" ? colours[severity] : undefined;
  const lines = [colour === undefined ? head : `${colour}${head}\u001b[0m`];
  for (const name of ["summary", "key", "steps", "values", "facts", "evidence", "event"]) {
    const value = fields.get(name);
    if (value === undefined) continue;
    lines.push(`    ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  return `${lines.join("\n")}\n`;
}
