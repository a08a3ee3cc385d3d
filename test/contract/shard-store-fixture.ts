import type { Effect } from "../../src/core/alert/effect.ts";
import { assert } from "../../src/core/base/assert.ts";
import type { JournalEntry } from "../../src/core/shard/journal.ts";
import { logTimeMs } from "../../src/core/time/instant.ts";
import { isEffect } from "../../src/ports/shard-record.ts";
import type { Advance, Checkpoint, Commit } from "../../src/ports/shard-store.ts";

/** An effect of each kind in turn, with text that a careless store would spoil. Its id is "a" and the number. */
export function effectOf(number: number): Effect {
  const effect = plainEffect(number);
  assert(isEffect(effect), "the fixture makes effects");
  return effect;
}

function plainEffect(number: number): unknown {
  const id = `a${number}`;
  if (number % 3 === 1) return { kind: "alarm", id, alarm: { code: "log-gap", message: `gap ${number} \u2028 "ü"` } };
  if (number % 3 === 2) {
    const position = { source: "main", sequence: number, index: 0 };
    return {
      kind: "dead-letter",
      id,
      deadLetter: { position, reason: "not-json", detail: "", raw: "\0{%\r\n", encoding: "utf8" },
    };
  }
  return {
    kind: "alert",
    id,
    alert: {
      id,
      rule: "brute-force",
      severity: "high",
      key: { user: "ann 😀" },
      time: -1 - number,
      event: { type: "brute-force", params: { nothing: null, deep: [[], {}] } },
      evidence: [number, "b"],
      evidenceCount: 2,
      facts: { count: 1.5e300 },
      summary: "",
      fingerprint: "f",
      labels: {},
      tags: [],
      channels: [],
    },
  };
}

export function tickAt(at: number): JournalEntry {
  return { kind: "tick", at: logTimeMs(at) };
}

/** Ordinals stand for the entries and for the effects alike: effect n was caused at ordinal n. */
export function advanceOf({ journal = [], effects = [], ordinal }: AdvanceParts): Advance {
  return {
    journal: journal.map((at) => ({ ordinal: at, entry: tickAt(at * 10) })),
    effects: effects.map((number) => ({ effect: effectOf(number), ordinal: number })),
    through: { ordinal, sequences: { main: ordinal, "a.b": -1 } },
  };
}

export interface AdvanceParts {
  readonly journal?: readonly number[];
  readonly effects?: readonly number[];
  readonly ordinal: number;
}

export interface CommitParts extends AdvanceParts {
  readonly checkpointOrdinal?: number;
  readonly segments?: readonly string[];
  readonly documents?: string;
  readonly ledgerOrdinalMin?: number;
}

export function checkpointOf(ordinal: number, segments: readonly string[] = [], documents = "d1"): Checkpoint {
  const sources = [
    { name: "main", created: "2026-01-01T00:00:00Z", sequence: ordinal, stampMs: 5 },
    { name: "file", created: "7:abc", sequence: -1, stampMs: undefined },
  ];
  return { sources, ordinal, documents, segments };
}

export function commitOf(parts: CommitParts): Commit {
  const { ordinal, checkpointOrdinal = ordinal, segments = [], documents = "d1", ledgerOrdinalMin = 0 } = parts;
  return { ...advanceOf(parts), checkpoint: checkpointOf(checkpointOrdinal, segments, documents), ledgerOrdinalMin };
}
