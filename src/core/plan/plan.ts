import type { Scope } from "../expr/scope.ts";
import type { KeyProgram } from "../rule/key-program.ts";
import type { DurationMs } from "../time/instant.ts";
import type {
  DeclaredFiring,
  DeclaredPattern,
  DeclaredWindow,
  EventFilter,
  RuleProgram,
} from "../rule/rule-program.ts";
import type { WindowStore } from "../window/window-program.ts";
import type { ListProgram } from "../table/list-program.ts";

/** Rules and patterns that share a `key` and its limit share one record for each key value. */
export interface Dimension {
  readonly identity: string;
  readonly key: KeyProgram;
  /** The rules' `limits.maxKeys`; undefined: as many as the settings allow. */
  readonly keyCountMax: number | undefined;
  /** Operators by their place in a record's states. */
  readonly operators: readonly OperatorNode[];
}

interface Node {
  /** Place in the order of evaluation among all operators: windows, then patterns, throttles and histories; within each by rule and name. */
  readonly order: number;
  readonly dimension: number;
  /**
   * How many documents stand one behind the other before those that use it, each taking what the one before makes. At one
   * deadline the operators of a level come due when all that those below it made is taken.
   */
  readonly level: number;
  /** Index into a record's states. */
  readonly state: number;
  /** Hash of the operator's own content: what its state is kept under. */
  readonly identity: string;
}

/** Who reads a shared operator: the rule (undefined: a pattern document that runs alone), and what it calls it. */
export interface WindowUser extends Pick<RuleWindow, "declared" | "member"> {
  readonly rule: RuleNode;
}

export interface PatternUser {
  readonly rule: RuleNode | undefined;
  readonly name: string;
  readonly label: string;
  readonly slot: number;
}

export interface WindowNode extends Node {
  readonly kind: "window";
  readonly store: WindowStore;
  readonly lookups: DeclaredWindow["lookups"];
  readonly users: readonly WindowUser[];
}

export interface PatternNode extends Node {
  readonly kind: "pattern";
  readonly program: DeclaredPattern["program"];
  readonly filter: EventFilter;
  readonly windowSlots: ReadonlySet<number>;
  readonly lookups: DeclaredPattern["lookups"];
  readonly users: readonly PatternUser[];
}

export interface ThrottleNode extends Node {
  readonly kind: "throttle";
  readonly rule: RuleNode;
  /** How long after an alert that was given others are held. */
  readonly throttleMs: DurationMs;
  /**
   * How long after it the period is remembered: until no window of the rule can fire, late, for a time within it. Only an
   * event that is late for a rule evaluated on arrival can still come for such a time; it finds the period forgotten.
   */
  readonly keptMs: DurationMs;
}

/** What `prev` and `keySince` read: the rules of one filter and key share it. */
export interface HistoryNode extends Node {
  readonly kind: "history";
  /** A rule reads `prev`. */
  readonly keepsEvent: boolean;
}

/** Whether a rule's alert fires, and when it ends. */
export interface FiringNode extends Node {
  readonly kind: "firing";
  readonly rule: RuleNode;
  readonly firing: DeclaredFiring;
}

/** When a rule is evaluated next for a key, of those that are evaluated at multiples of a period. */
export interface TickNode extends Node {
  readonly kind: "tick";
  readonly rule: RuleNode;
}

/** One kind of state within a record. Equal content behind equal filters and keys is one operator, whoever uses it. */
export type OperatorNode = WindowNode | PatternNode | ThrottleNode | HistoryNode | FiringNode | TickNode;

/** A window as a rule reads it. */
export interface RuleWindow {
  readonly declared: DeclaredWindow;
  readonly node: WindowNode;
  /** Index among the windows that the node keeps together. */
  readonly member: number;
}

export interface RuleNode {
  /** Place in rule order: priority descending, then id. */
  readonly order: number;
  readonly program: RuleProgram;
  readonly dimension: number;
  /** In the order of their names. */
  readonly windows: readonly RuleWindow[];
  readonly patterns: readonly { readonly declared: DeclaredPattern; readonly node: PatternNode }[];
  readonly throttle: ThrottleNode | undefined;
  readonly history: HistoryNode | undefined;
  readonly firing: FiringNode | undefined;
  readonly tick: TickNode | undefined;
}

/** A pattern document that no rule names. */
export interface LonePattern {
  readonly id: string;
  readonly dimension: number;
  readonly filter: EventFilter;
  readonly node: PatternNode;
}

/**
 * How an event comes: on time or late, where every rule may take it at once; or, where input may be out of order, twice:
 * at its arrival for the rules that take events as they come, and for all others when the watermark releases it.
 */
export type Intake = "on-time" | "late" | "arrival" | "released";

/** A rule, or a pattern document that runs alone. */
export type Taker =
  | { readonly rule: RuleNode; readonly lone: undefined }
  | { readonly rule: undefined; readonly lone: LonePattern };

/** Leads from an event to what may take it. */
export interface EventIndex {
  /** Rules in their order, then lone patterns. */
  readonly takers: readonly Taker[];
  /** Ordinals of what may take the last event, ascending; as many as `match` says, the rest is of events before. */
  readonly hits: Int32Array;
  /** Fills `hits` for the event in the scope, and gives their number. Makes nothing where there are none. */
  match(scope: Scope, intake: Intake): number;
  /** True where something sees events of this type. */
  hasTakers(type: string): boolean;
  /** True where something waits for the event's release by the watermark, as far as its type tells. */
  hasOrdered(type: string): boolean;
}

/** What the loader compiles a document set to; shared by everything that runs it. Nothing of it changes but what `index` keeps from one event to the next. */
export interface Plan {
  readonly documents: string;
  readonly rules: readonly RuleNode[];
  readonly lonePatterns: readonly LonePattern[];
  readonly dimensions: readonly Dimension[];
  /** By id. */
  readonly lists: readonly ListProgram[];
  /** All operators, by `order`. */
  readonly operators: readonly OperatorNode[];
  /** Greatest level of an operator. */
  readonly levelMax: number;
  readonly index: EventIndex;
}
