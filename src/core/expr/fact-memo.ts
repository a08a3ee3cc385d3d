import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";

/** Stands for a fact whose value is being worked out. */
export const computing = Symbol("computing");

/**
 * Values of plug-ins' facts, each worked out at most once for one event, or where there is none for one key and time. What a
 * fact may read is a function of these, so that rules share what they ask for alike.
 */
export class FactMemo {
  event: TocsinEvent | undefined;
  key: Readonly<Record<string, JsonValue>> = {};
  now = Number.NaN;
  readonly values = new Map<string, unknown>();
  /** Values of asynchronous facts by `factAddress`, while an evaluation that had to wait for them is finished. */
  answers: ReadonlyMap<string, JsonValue | undefined> | undefined;
  /** Why there is no value of others; undefined: nothing went wrong. */
  unanswered: string | undefined;
  /** How many facts are being worked out, each for the one before. */
  depth = 0;
}
