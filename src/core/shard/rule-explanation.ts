import type { Because, ExplainedName } from "../alert/why.ts";
import type { JsonValue } from "../base/json.ts";
import type { ExplainedCondition, ExplainedValue } from "../expr/explain/explanation.ts";
import type { Scope } from "../expr/scope.ts";
import type { WindowOutcome } from "../window/window-state.ts";
import type { EventTimeMs } from "../time/instant.ts";

type Key = Readonly<Record<string, JsonValue>>;

/** What a shard tells of the one rule that is asked about: how far an event comes, and each time that the rule decides. */
export type RuleExplanation = ReachExplanation | VisitExplanation | EvaluationExplanation;

/** How far an event comes on the way to the rule. What lies behind the first refusal is not looked at. */
export interface ReachExplanation {
  readonly kind: "reach";
  readonly rule: string;
  readonly event: string | number;
  readonly type: string;
  readonly time: EventTimeMs;
  /** Late events of a rule that takes events in order only reach its windows that have an end. */
  readonly isLate: boolean;
  readonly isOrdered: boolean;
  readonly on: readonly string[];
  readonly fitsType: boolean;
  /** Absent where the rule has none, or the type does not fit. */
  readonly where?: ExplainedCondition;
  readonly key?: {
    readonly parts: readonly ({ readonly name: string } & ExplainedValue)[];
    /** How many keys the event has; 0: a part is absent, null or in error. */
    readonly count: number;
  };
}

export interface VisitedWindow {
  readonly name: string;
  readonly type: string;
  /** Absent where windows of the type have no fixed length. */
  readonly sizeMs?: number;
  /** What became of the event there. */
  readonly outcome: WindowOutcome["kind"];
  /** As it stands after the event. */
  readonly value: JsonValue;
}

export interface VisitedPattern {
  readonly name: string;
  readonly pattern: string;
  /** False: the pattern's own `on` or `where` leaves the event out. */
  readonly isSeen: boolean;
  readonly matchCount: number;
  readonly partialMatchCount: number;
  /** The partial match that has come furthest: events taken by each step, and the steps that may take the next. */
  readonly furthest?: { readonly taken: Readonly<Record<string, number>>; readonly waitingFor: readonly string[] };
}

/** What an event did at the rule under one key. */
export interface VisitExplanation {
  readonly kind: "visit";
  readonly rule: string;
  readonly event: string | number;
  readonly key: Key;
  readonly isEvaluated: boolean;
  readonly windows: readonly VisitedWindow[];
  readonly patterns: readonly VisitedPattern[];
}

/**
 * What came of an evaluation. `held`: by `throttle`. `inactive`: outside the rule's active times. `waiting`: for asynchronous
 * facts. `given` also where the rule gives no alert but acts.
 */
export type Fate = "given" | "held" | "inactive" | "no" | "waiting";

/** One time that the rule decided. */
export interface EvaluationExplanation {
  readonly kind: "evaluation";
  readonly rule: string;
  readonly event: string | number | undefined;
  readonly key: Key;
  readonly at: EventTimeMs;
  readonly because: Because;
  /** Absent where the rule has none. */
  readonly conditions?: ExplainedCondition;
  readonly names: Readonly<Record<string, ExplainedName>>;
  readonly fate: Fate;
  /** What the evaluation read, for json-rules-engine's own result. */
  readonly scope: Scope;
}
