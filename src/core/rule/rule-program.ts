import type { FiringProgram } from "../alert/firing.ts";
import type { Severity } from "../alert/effect.ts";
import type { JsonValue } from "../base/json.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { PatternProgram } from "../pattern/pattern-program.ts";
import type { ActiveTimes } from "../time/active-times.ts";
import type { MemberField } from "../table/list-program.ts";
import type { DurationMs } from "../time/instant.ts";
import type { WindowProgram } from "../window/window-program.ts";
import type { AsynchronousProgram } from "./asynchronous-program.ts";
import type { KeyProgram } from "./key-program.ts";

/** Which events an operator or a rule sees, before its key. */
export interface EventFilter {
  /** Type filters as written. */
  readonly types: readonly string[];
  readonly fitsType: (type: string) => boolean;
  readonly where: CompiledCondition | undefined;
}

export interface DeclaredWindow {
  readonly name: string;
  readonly slot: number;
  readonly program: WindowProgram;
  /** Those that the window reads, with those that these read: they are part of what it is. */
  readonly lookups: readonly DeclaredLookup[];
  /** Equal for windows of equal content behind equal filters and keys: they are one. */
  readonly identity: string;
  /** Equal for windows that keep one state: those of one identity, and where their family is shareable those of other sizes. */
  readonly storeIdentity: string;
  /** What becomes of events that came too late. */
  readonly lateTo: LateTo;
}

export type LateTo =
  | { readonly kind: "drop" }
  | { readonly kind: "dead-letter" }
  | { readonly kind: "emit"; readonly type: string };

export interface DeclaredPattern {
  readonly name: string;
  readonly slot: number;
  /** What a match line calls it: the document's id, or the local name of an inline one. */
  readonly label: string;
  readonly program: PatternProgram;
  /** The pattern's own `on` and `where`, behind the rule's. */
  readonly filter: EventFilter;
  readonly identity: string;
  /** Slots of the rule's windows that the steps read. */
  readonly windowSlots: ReadonlySet<number>;
  /** Those that the steps and the filter read, with those that these read. */
  readonly lookups: readonly DeclaredLookup[];
}

export interface DeclaredLet {
  readonly name: string;
  readonly slot: number;
  readonly expression: CompiledExpression;
}

/** A fact out of a table: the fields of the member that `key` gives. */
export interface DeclaredLookup {
  readonly name: string;
  readonly slot: number;
  readonly table: string;
  readonly key: CompiledExpression;
}

/** What an evaluation that holds does to a list. */
export interface ListAction {
  readonly kind: "add" | "remove";
  readonly list: string;
  readonly member: CompiledExpression;
  /** Undefined: the list's own. */
  readonly ttlMs: DurationMs | undefined;
  readonly fields: readonly MemberField[];
}

/** What `prev` and `keySince` read. */
export interface DeclaredHistory {
  readonly keepsEvent: boolean;
  readonly identity: string;
}

/** A derived event that the rule makes at each evaluation that holds. */
export interface EmitProgram {
  readonly type: string;
  readonly fields: readonly { readonly name: string; readonly expression: CompiledExpression }[];
}

/** When a rule's alert begins and ends, where it is not simply given. */
export interface DeclaredFiring {
  readonly program: FiringProgram;
  /** Of `resolve`: tried on each event of the key. */
  readonly resolve: CompiledCondition | undefined;
  /** Windows whose late firings may take an alert back. */
  readonly lateWindows: ReadonlySet<string>;
}

/** A parameter of json-rules-engine's event that names a fact. */
export interface EventParameter {
  readonly name: string;
  readonly value: CompiledExpression;
}

export interface AlertProgram {
  /** LiquidJS source; undefined: a line made of the rule's name and the key. */
  readonly summary: string | undefined;
  /** Undefined: the key. */
  readonly fingerprint: readonly CompiledExpression[] | undefined;
  readonly throttleMs: DurationMs | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly channels: readonly string[];
}

/** A rule, compiled once and shared by all keys. Immutable. */
export interface RuleProgram {
  readonly id: string;
  readonly title: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly severity:
    | { readonly kind: "fixed"; readonly severity: Severity }
    | { readonly kind: "expression"; readonly expression: CompiledExpression };
  readonly filter: EventFilter;
  readonly key: KeyProgram;
  /** `limits.maxKeys`. */
  readonly keyCountMax: number | undefined;
  /** In the order of their dependencies. */
  readonly lookups: readonly DeclaredLookup[];
  readonly windows: readonly DeclaredWindow[];
  readonly patterns: readonly DeclaredPattern[];
  /** In the order of their dependencies. */
  readonly lets: readonly DeclaredLet[];
  readonly conditions: CompiledCondition | undefined;
  /** How many slots the declared names take; step facts follow. */
  readonly slotCount: number;
  /** Declared names that the conditions read, in document order: the alert's `facts`. */
  readonly factNames: readonly { readonly name: string; readonly slot: number }[];
  /** Windows whose events are the evidence: those that the conditions read, through `let` too. */
  readonly evidenceWindows: readonly DeclaredWindow[];
  readonly evaluate: {
    readonly atEvents: boolean;
    readonly windows: ReadonlySet<string>;
    readonly patterns: ReadonlySet<string>;
    /** Periods of ticks, in event time. */
    readonly everyMs: readonly DurationMs[];
  };
  /** Undefined: every evaluation that holds gives an alert, and it never ends. */
  readonly firing: DeclaredFiring | undefined;
  /** After so long without an event nothing of the rule changes. */
  readonly longestMs: DurationMs;
  /** It reads `now`, so that time alone may change what it decides. */
  readonly readsNow: boolean;
  /** Id of the list whose members are keys before their first event. */
  readonly keysList: string | undefined;
  /** Evaluated in event-time order: the rule has a sliding window or a pattern, or reads `prev`, and does not say `order: arrival`. */
  readonly isOrdered: boolean;
  /** Not evaluated for events that are late: the same rules, also those that take events as they arrive. */
  readonly knowsLateness: boolean;
  /** Undefined: the rule reads neither `prev` nor `keySince`. */
  readonly history: DeclaredHistory | undefined;
  /** Outside, results are dropped. */
  readonly activeTimes: ActiveTimes | undefined;
  readonly emit: EmitProgram | undefined;
  readonly listActions: readonly ListAction[];
  /** Ids of the lists and tables that it reads, anywhere, sorted. */
  readonly listsRead: readonly string[];
  /** Evaluated and recorded, never notified. */
  readonly isShadow: boolean;
  readonly event: { readonly type: JsonValue; readonly params: Readonly<Record<string, JsonValue>> | undefined };
  readonly eventParameters: readonly EventParameter[];
  /** Undefined: the rule is decided at once. */
  readonly asynchronous: AsynchronousProgram | undefined;
  readonly replacesFacts: boolean;
  /** Undefined: `alert: false`. */
  readonly alert: AlertProgram | undefined;
  /** Hash of what decides: see docs/protocol.md, rule 7. */
  readonly decision: string;
}
