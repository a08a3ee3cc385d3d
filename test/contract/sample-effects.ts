import { effectIdOf } from "../../src/core/alert/alert-identity.ts";
import type { Alert, Effect } from "../../src/core/alert/effect.ts";
import { eventTimeMs } from "../../src/core/time/instant.ts";

export function sampleAlert(number: number, changes: Partial<Alert> = {}): Alert {
  return {
    id: effectIdOf(["sample", number]),
    rule: "card-testing",
    severity: "high",
    key: { cardBin: "4111" },
    time: eventTimeMs(1_700_000_000_000 + number),
    event: { type: "card-testing", params: { bin: "4111" } },
    evidence: [`e${number}`],
    evidenceCount: 1,
    facts: { burst: { attempts: 21 } },
    summary: `4111: 21 small authorizations (${number})`,
    fingerprint: '["4111"]',
    labels: { team: "risk" },
    tags: ["payments"],
    channels: [],
    ...changes,
  };
}

export function alertEffect(number: number, changes: Partial<Alert> = {}): Effect {
  const alert = sampleAlert(number, changes);
  return { kind: "alert", id: alert.id, alert };
}

export function deadLetterEffect(number: number, raw = "{"): Effect {
  return {
    kind: "dead-letter",
    id: effectIdOf(["dead-letter", number]),
    deadLetter: {
      position: { source: "events", sequence: number, index: 0 },
      reason: "not-json",
      detail: "unexpected end",
      raw,
      encoding: "utf8",
    },
  };
}

export function alarmEffect(number: number): Effect {
  return { kind: "alarm", id: effectIdOf(["alarm", number]), alarm: { code: "log-gap", message: `gap ${number}` } };
}
