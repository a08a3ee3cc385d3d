import type { TocsinEvent } from "../event/event.ts";
import type { Match } from "../pattern/match.ts";
import type { RuleNode } from "../plan/plan.ts";
import type { DeclaredWindow } from "../rule/rule-program.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { FiredWindow } from "../window/window-fact.ts";
import type { KeyPlace } from "./shard.ts";

/** One time that a rule is to decide. */
export interface Evaluation {
  readonly rule: RuleNode;
  readonly place: KeyPlace;
  /** The event's time, the match's, or the window's end - 1. */
  readonly at: EventTimeMs;
  readonly event: TocsinEvent | undefined;
  readonly because:
    | { readonly kind: "event"; readonly ordinal: number }
    | { readonly kind: "window"; readonly declared: DeclaredWindow; readonly fired: FiredWindow }
    | { readonly kind: "match"; readonly name: string; readonly match: Match };
}
