import type { Alarm, Alert, DeadLetter, Effect, Resolved } from "../alert/effect.ts";
import { whyLines } from "./why-text.ts";

/** An effect as a person reads it. Every string is on one line and free of control characters. */
export interface EffectText {
  /** One line: what happened. */
  readonly subject: string;
  /** What it is, for colouring: an alert's severity, else the effect's kind. */
  readonly level: Alert["severity"] | "resolved" | "dead-letter" | "alarm";
  /** What caused it, in the order to be read. */
  readonly lines: readonly { readonly label: string; readonly value: string }[];
}

/** The longest value of a line, in UTF-16 units. Longer ones are cut, and say so: all of it is in the incident. */
const valueLengthMax = 2_000;
const rawLengthMax = 500;
const evidenceCountShown = 20;

export function textOf(effect: Effect): EffectText {
  switch (effect.kind) {
    case "alert":
      return alertText(effect.alert);
    case "resolved":
      return resolvedText(effect.resolved);
    case "dead-letter":
      return deadLetterText(effect.id, effect.deadLetter);
    case "alarm":
      return alarmText(effect.id, effect.alarm);
  }
}

function alertText(alert: Alert): EffectText {
  const labels = Object.entries(alert.labels);
  return {
    subject: oneLine(alert.summary === "" ? alert.rule : alert.summary),
    level: alert.severity,
    lines: [
      line("rule", alert.rule),
      line("severity", alert.severity),
      line("time", timeText(alert.time)),
      line("key", keyText(alert.key)),
      ...Object.entries(alert.facts).map(([name, value]) => line(name, JSON.stringify(value))),
      ...(alert.why === undefined ? [] : whyLines(alert.why).map((text) => line("why", text))),
      line("evidence", evidenceText(alert)),
      ...(alert.held === undefined ? [] : [line("held", `${alert.held} more since the last alert`)]),
      ...(labels.length === 0 ? [] : [line("labels", labels.map(([name, value]) => `${name}=${value}`).join(" "))]),
      ...(alert.tags.length === 0 ? [] : [line("tags", alert.tags.join(" "))]),
      line("alert", alert.id),
    ],
  };
}

function resolvedText({ id, alert, rule, key, time, cause }: Resolved): EffectText {
  return {
    subject: oneLine(`Resolved: ${rule}${Object.keys(key).length === 0 ? "" : `: ${keyText(key)}`}`),
    level: "resolved",
    lines: [
      line("rule", rule),
      line("time", timeText(time)),
      line("key", keyText(key)),
      line("cause", cause),
      line("alert", alert),
      line("id", id),
    ],
  };
}

function deadLetterText(id: string, { position, reason, detail, raw, encoding }: DeadLetter): EffectText {
  return {
    subject: oneLine(`Dead letter: ${reason}`),
    level: "dead-letter",
    lines: [
      line("reason", reason),
      line("detail", detail),
      line("position", `${position.source} ${position.sequence}.${position.index}`),
      line(encoding === "utf8" ? "raw" : "raw (base64)", cut(raw, rawLengthMax)),
      line("id", id),
    ],
  };
}

function alarmText(id: string, { code, message }: Alarm): EffectText {
  return {
    subject: oneLine(`Tocsin: ${message}`),
    level: "alarm",
    lines: [line("code", code), line("message", message), line("id", id)],
  };
}

function line(label: string, value: string): { readonly label: string; readonly value: string } {
  return { label: oneLine(label), value: oneLine(value) };
}

/** A key without parts is the global one. */
function keyText(key: Alert["key"]): string {
  const parts = Object.entries(key);
  if (parts.length === 0) return "{}";
  return parts.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" ");
}

function evidenceText({ evidence, evidenceCount }: Alert): string {
  const shown = evidence.slice(-evidenceCountShown).join(", ");
  if (evidenceCount <= evidenceCountShown) return shown;
  return `${shown} (the last ${Math.min(evidence.length, evidenceCountShown)} of ${evidenceCount})`;
}

/**
 * ISO 8601 in UTC for the years 0 to 9999, else the number itself. Worked out by arithmetic (days to civil date, after
 * Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms"), for the core knows no `Date`.
 */
export function timeText(epochMs: number): string {
  if (!(epochMs >= -62_167_219_200_000 && epochMs < 253_402_300_800_000)) return String(epochMs);
  const dayMs = 86_400_000;
  const days = Math.floor(epochMs / dayMs);
  const intoDayMs = Math.floor(epochMs - days * dayMs);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = Math.floor(intoDayMs / 1_000);
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    digits(part, 2),
  );
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock.join(":")}.${digits(intoDayMs % 1_000, 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

/**
 * Event fields are written by strangers: line breaks (headers, forged lines), escapes (terminals) and marks that turn
 * the direction of writing become visible `\uXXXX`.
 */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  const visible = cut(text, valueLengthMax).replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    escaped,
  );
  return visible.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** At most `lengthMax` UTF-16 units of the text, never half of a character, and how much is left out. */
function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const code = text.charCodeAt(lengthMax - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? lengthMax - 1 : lengthMax;
  return `${text.slice(0, end)}… (${text.length - end} more)`;
}
