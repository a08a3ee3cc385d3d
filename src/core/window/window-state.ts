import type { ByteWriter } from "../base/bytes.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import type { Scope } from "../expr/scope.ts";
import type { EventTimeMs, LogTimeMs } from "../time/instant.ts";
import type { SkipCounter } from "./aggregate-input.ts";
import type { FiredWindow, WindowEvidence, WindowFact } from "./window-fact.ts";

/** An event on its way into a window, and what is known beside it. One object a shard, refilled for each. */
export interface WindowIntake {
  event: TocsinEvent;
  /** Holds the event, its key, what came before it and its look-ups. */
  scope: Scope;
  /** Before the event: all that it has passed has fired. */
  watermark: EventTimeMs;
  logTime: LogTimeMs;
  /** Told of errors of conditions and expressions. */
  report: ReportExprError;
}

/** When a window is read. */
export interface WindowMoment {
  /** Time of the evaluation. */
  readonly at: EventTimeMs;
  readonly watermark: EventTimeMs;
}

/**
 * What became of an event at one window. `filtered` by its `where`, or in no window of it; `late` for all of them;
 * `refused` at a limit: these leave the state as it was. `added`; `shed`: added, and something older was dropped at a
 * limit; `fired`: added, and these windows fired at once, by end.
 */
export type WindowOutcome =
  | { readonly kind: "filtered" | "late" | "refused" | "added" | "shed" }
  | { readonly kind: "fired"; readonly fired: readonly FiredWindow[] };

/** What one key's windows of one store hold. */
export interface WindowState extends SkipCounter {
  /** True where forgetting it changes nothing. */
  readonly isEmpty: boolean;
  /** Offers an event; what became of it at each member. A window whose family takes events in order is never offered a late one, unless it allows lateness. */
  add(intake: WindowIntake): readonly WindowOutcome[];
  /** Event time at which it has something to do if nothing else comes: due when the watermark is at least that - 1. */
  nextDeadline(): EventTimeMs | undefined;
  /** The same in log time, due when log time is at least that. */
  nextLogDeadline(): LogTimeMs | undefined;
  /**
   * The watermark came to `deadline` - 1: what fires by it, in the order of members, then ends; and what has run out is let go. Call it
   * with each deadline in turn; it does nothing before `nextDeadline`.
   */
  comeDue(deadline: EventTimeMs): readonly FiredWindow[];
  /** Log time came to `at`; otherwise likewise. `watermark` is that of the moment. */
  comeDueInLogTime(at: LogTimeMs, watermark: EventTimeMs): readonly FiredWindow[];
  /** A member as it stands; undefined where it is gone. */
  fact(member: number, moment: WindowMoment): WindowFact | undefined;
  /** The events behind `fact`. */
  evidence(member: number, moment: WindowMoment): WindowEvidence;
  /** A version byte first. Read by `decodeWindowState`, for a store that may have other members by then. */
  encode(writer: ByteWriter): void;
}
