import type { Why } from "../core/alert/why.ts";
import { whyLines } from "../core/notify/why-text.ts";
import { eventTimeMs } from "../core/time/instant.ts";
import { formatInstant, instantMsMax } from "../core/time/iso-instant.ts";
import { printable } from "./printable.ts";

const colours: Readonly<Record<string, string>> = {
  critical: "\u001b[31;1m",
  high: "\u001b[31m",
  medium: "\u001b[33m",
  low: "\u001b[36m",
  info: "\u001b[2m",
};

/**
 * A result for people: its kind, when, what, and the rest as it is; of an alert that says why the conditions that were met, as
 * notifications have them. Nothing of an event can steer the terminal.
 */
export function prettyLine(line: object & { readonly why?: Why | undefined }, hasColour: boolean): string {
  const fields = new Map<string, unknown>(Object.entries(line));
  const time = fields.get("time") ?? fields.get("end");
  const when =
    typeof time === "number" && Math.abs(time) <= instantMsMax ? formatInstant(eventTimeMs(time)) : undefined;
  const [kind, severity, ...names] = ["kind", "severity", "rule", "pattern", "window"].map((name) => {
    const value = fields.get(name);
    return typeof value === "string" ? printable(value) : undefined;
  });
  const head = [when, kind, severity, ...names].filter((part) => part !== undefined).join(" ");
  const colour = hasColour && severity !== undefined ? colours[severity] : undefined;
  const lines = [colour === undefined ? head : `${colour}${head}\u001b[0m`];
  for (const name of ["summary", "key", "steps", "values", "facts", "evidence", "event"]) {
    const value = fields.get(name);
    if (value === undefined) continue;
    lines.push(`    ${name}: ${printable(typeof value === "string" ? value : JSON.stringify(value))}`);
  }
  if (line.why !== undefined) lines.push(...whyLines(line.why).map((text) => `    why: ${printable(text)}`));
  return `${lines.join("\n")}\n`;
}
