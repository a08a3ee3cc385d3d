import type { JsonObject } from "../core/base/json.ts";
import type { Planted } from "./simulated.ts";

/** What a stream wants to be told at a moment that has not come yet. */
export type Draft =
  | { readonly kind: "event"; readonly offsetMs: number; readonly type: string; readonly fields: JsonObject }
  | { readonly kind: "planted"; readonly offsetMs: number; readonly planted: Planted };

/** What a stream does when its moment has come. */
export interface Turn {
  /** In any order, each at or after the moment of the turn. */
  readonly drafts: readonly Draft[];
  /** When the stream wants its next turn: after this one. */
  readonly nextOffsetMs: number;
}

/**
 * One endless thread of a scenario: its noise, or one kind of attack or fault. Its turns come in the order of their
 * moments, so streams of one scenario may share state; each draws from a generator of its own.
 */
export interface Stream {
  readonly firstOffsetMs: number;
  run(offsetMs: number): Turn;
}

export function eventDraft(offsetMs: number, type: string, fields: JsonObject): Draft {
  return { kind: "event", offsetMs, type, fields };
}
