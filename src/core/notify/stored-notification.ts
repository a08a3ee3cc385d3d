import { isJsonObject } from "../base/json.ts";
import type { Incident } from "./incident.ts";
import type { Delivery } from "./notification.ts";

/** A delivery from the JSON text that a store kept; undefined where the text is no delivery: the store is damaged. */
export function parseDelivery(text: string): Delivery | undefined {
  const value = parseJson(text);
  return isDelivery(value) ? value : undefined;
}

/** An incident from the JSON text that a store kept; undefined where the text is no incident. */
export function parseIncident(text: string): Incident | undefined {
  const value = parseJson(text);
  return isIncident(value) ? value : undefined;
}

/** Stores write these texts themselves, so the outline is enough to tell a damaged one from a whole one. */
export function isDelivery(value: unknown): value is Delivery {
  if (!isJsonObject(value) || typeof value["id"] !== "string" || typeof value["channel"] !== "string") return false;
  const effect = value["effect"];
  if (!isJsonObject(effect) || typeof effect["id"] !== "string") return false;
  switch (effect["kind"]) {
    case "alert":
      return isJsonObject(effect["alert"]);
    case "resolved":
      return isJsonObject(effect["resolved"]);
    case "dead-letter":
      return isJsonObject(effect["deadLetter"]);
    case "alarm":
      return isJsonObject(effect["alarm"]);
    default:
      return false;
  }
}

export function isIncident(value: unknown): value is Incident {
  return (
    isJsonObject(value) &&
    ["id", "rule", "fingerprint", "severity", "lastAlertId", "summary"].every(
      (name) => typeof value[name] === "string",
    ) &&
    ["count", "firstAlertAt", "lastAlertAt"].every((name) => typeof value[name] === "number") &&
    (value["state"] === "firing" || value["state"] === "resolved")
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
