import type { Effect } from "../core/alert/effect.ts";
import type { Checkpoint, StoredJournalEntry, Through } from "./shard-store.ts";

// What a shard store keeps comes back as `unknown`. These look at what the rest of the program relies on first, so that a
// damaged record is told as such where it is read. They do not look into an alert: only Tocsin itself writes here.

export function isEffect(value: unknown): value is Effect {
  if (!isObject(value) || typeof value["id"] !== "string") return false;
  switch (value["kind"]) {
    case "alert":
      return (
        isObject(value["alert"]) && value["alert"]["id"] === value["id"] && typeof value["alert"]["rule"] === "string"
      );
    case "resolved":
      return isObject(value["resolved"]) && value["resolved"]["id"] === value["id"];
    case "dead-letter":
      return isObject(value["deadLetter"]) && typeof value["deadLetter"]["raw"] === "string";
    case "alarm":
      return isObject(value["alarm"]) && typeof value["alarm"]["message"] === "string";
    default:
      return false;
  }
}

export function isStoredJournalEntry(value: unknown): value is StoredJournalEntry {
  if (!isObject(value) || typeof value["ordinal"] !== "number" || !isObject(value["entry"])) return false;
  const entry = value["entry"];
  switch (entry["kind"]) {
    case "idle":
    case "tick":
      return typeof entry["at"] === "number";
    case "list":
      return (
        typeof entry["at"] === "number" && typeof entry["list"] === "string" && isListOf(entry["changes"], isListChange)
      );
    case "answer":
      return (
        typeof entry["at"] === "number" &&
        typeof entry["question"] === "string" &&
        typeof entry["holds"] === "boolean" &&
        isListOf(entry["values"], isAnswerValue)
      );
    case "activation":
      return typeof entry["documents"] === "string";
    default:
      return false;
  }
}

function isListChange(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kind, member, fields, ttlMs } = value;
  if (typeof member !== "string" && typeof member !== "number") return false;
  if (kind === "remove") return true;
  return kind === "add" && isObject(fields) && (ttlMs === undefined || typeof ttlMs === "number");
}

export function isCheckpoint(value: unknown): value is Checkpoint {
  return (
    isObject(value) &&
    typeof value["ordinal"] === "number" &&
    typeof value["documents"] === "string" &&
    isListOf(value["segments"], (name) => typeof name === "string") &&
    isListOf(value["sources"], isSourceRecord)
  );
}

export function isThrough(value: unknown): value is Through {
  if (!isObject(value) || typeof value["ordinal"] !== "number" || !isObject(value["sequences"])) return false;
  return isListOf(Object.values(value["sequences"]), (sequence) => typeof sequence === "number");
}

function isAnswerValue(value: unknown): boolean {
  return isObject(value) && typeof value["fact"] === "string" && isObject(value["params"]);
}

function isSourceRecord(value: unknown): boolean {
  if (!isObject(value) || typeof value["name"] !== "string" || typeof value["created"] !== "string") return false;
  const { sequence, stampMs } = value;
  return typeof sequence === "number" && (stampMs === undefined || typeof stampMs === "number");
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
