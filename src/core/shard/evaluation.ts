import type { TocsinEvent } from "../event/event.ts";
import type { Match } from "../pattern/match.ts";
import type { RuleNode, RuleWindow, WindowNode } from "../plan/plan.ts";
import type { DeclaredWindow } from "../rule/rule-program.ts";
import type { History } from "../rule/history-state.ts";
import type { EventTimeMs } from "../time/instant.ts";
import type { FiredWindow } from "../window/window-fact.ts";
import type { Question } from "./question.ts";
import type { KeyPlace } from "./shard.ts";

/** Windows of one key that fired at one moment: by one deadline, or by one event. */
export type FiredTogether = readonly { readonly node: WindowNode; readonly fired: FiredWindow }[];

/** One time that a rule is to decide. */
export interface Evaluation {
  readonly rule: RuleNode;
  readonly place: KeyPlace;
  /** The event's time, the match's, or the window's end - 1. */
  readonly at: EventTimeMs;
  readonly event: TocsinEvent | undefined;
  readonly history: History;
  readonly because:
    | { readonly kind: "event"; readonly ordinal: number }
    /** A tick of `{every}`, at its time. */
    | { readonly kind: "tick" }
    /** Not the rule's conditions, but that of `resolve`, at an event of the key. */
    | { readonly kind: "resolve" }
    | {
        readonly kind: "window";
        readonly declared: DeclaredWindow;
        readonly fired: FiredWindow;
        readonly together: FiredTogether;
      }
    | { readonly kind: "match"; readonly name: string; readonly match: Match }
    /** The end of an evaluation that waited: it holds, and what it read is in the question. */
    | { readonly kind: "answer"; readonly question: Question };
}

/**
 * The firing that an evaluation reads of a window: where a window caused it, that of every window which fired at the same
 * moment for the same time. They are gone, or say that they fired, when they are read as they stand.
 */
export function firedWith(
  { because }: Evaluation,
  { node, member, declared }: Pick<RuleWindow, "node" | "member" | "declared">,
): FiredWindow | undefined {
  if (because.kind !== "window") return undefined;
  // A trigger fires several windows of one name at one event: each evaluation reads the one that caused it.
  if (because.declared.name === declared.name) return because.fired;
  const { at } = because.fired;
  return because.together.findLast(
    (other) => other.node === node && other.fired.member === member && other.fired.at === at,
  )?.fired;
}
