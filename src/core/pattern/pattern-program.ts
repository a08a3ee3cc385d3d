import type { CompiledCondition } from "../expr/compiled.ts";
import type { DurationMs } from "../time/instant.ts";

/** How a step stands to the event taken before it: `next`, `followedBy`, `followedByAny`. */
export type Contiguity = "strict" | "relaxed" | "nonDeterministicRelaxed";

/** How the events inside a loop stand to each other. */
export type InnerContiguity = "strict" | "relaxed" | "combinations";

/** What is tested of one event under one step. */
export interface StepTest {
  readonly name: string;
  readonly isOfType: ((type: string) => boolean) | undefined;
  /** Undefined: every event of the type fits. */
  readonly where: CompiledCondition | undefined;
}

/** A step that takes events. */
export interface TakingStep extends StepTest {
  readonly kind: "taking";
  readonly contiguity: Contiguity;
  readonly timesMin: number;
  /** Infinity for an open loop. */
  readonly timesMax: number;
  readonly inner: InnerContiguity;
  /** True where greed can change anything: the loop's length is open within bounds. */
  readonly isGreedy: boolean;
  readonly isOptional: boolean;
  readonly until: CompiledCondition | undefined;
  /** Of a loop: between its events. Of a single: from the event taken before. The right border is outside. */
  readonly gapMs: DurationMs | undefined;
  /** Of a loop, from its first event to its last. The right border is outside. */
  readonly spanMs: DurationMs | undefined;
}

/** A step that no event may meet: the very next one (`notNext`), or any until the next step takes (`notFollowedBy`). */
export interface NotStep extends StepTest {
  readonly kind: "notNext" | "notFollowedBy";
  /** Of the last `notFollowedBy`: it is fulfilled so long after the event taken last. */
  readonly gapMs: DurationMs | undefined;
}

export type Step = TakingStep | NotStep;

/**
 * What may come after an event that fulfilled a step: `atOnce` the match is complete with it, `byNextEvent` with the
 * event right after it (a last `notNext`), `byTime` when the window runs out (a last `notFollowedBy`), `no`: more must
 * be taken.
 */
export type Ending = "no" | "atOnce" | "byNextEvent" | "byTime";

/** Where a partial match can go from a step, worked out once. Steps are named by their index; the end is `steps.length`. */
export interface Onward {
  /** The step's loop goes on and can't be left yet. */
  readonly growing: readonly number[];
  /** The step's loop goes on, or a later step takes. */
  readonly growingOrLeaving: readonly number[];
  /** A later step takes; the end stands here only where an event or the time must still decide it. */
  readonly leaving: readonly number[];
  readonly ending: Ending;
  /** `notFollowedBy` steps between this step and the next one that takes: any event that meets one kills. */
  readonly bans: readonly NotStep[];
  /** `notNext` steps there: the event right after must not meet one. */
  readonly nextBans: readonly NotStep[];
  /** The least gap that its last `notFollowedBy` steps give; undefined: none. */
  readonly endGapMs: DurationMs | undefined;
}

export type SkipStrategy =
  | { readonly kind: "none" }
  | { readonly kind: "toNext" }
  | { readonly kind: "pastLastEvent" }
  | { readonly kind: "toFirst"; readonly step: number }
  | { readonly kind: "toLast"; readonly step: number };

/** A pattern, compiled once: immutable, and shared by all keys. */
export interface PatternProgram {
  /** Names in the order of the document, not-steps too. */
  readonly steps: readonly string[];
  readonly chain: readonly Step[];
  /** One for each of `chain`; those of not-steps are never read. */
  readonly onward: readonly Onward[];
  /** Steps that can take a match's first event: the first, and those behind it while all before are optional. */
  readonly starts: readonly number[];
  /** Names that its conditions read besides its own steps: declared names and event fields, in order of first use. */
  readonly reads: readonly string[];
  /** First to last event; the right border is outside. */
  readonly spanMs: DurationMs | undefined;
  /** Each event to the one taken before; the right border is outside. */
  readonly gapMs: DurationMs | undefined;
  /** Whether time alone can change a state: some bound is set. */
  readonly hasDeadlines: boolean;
  readonly skip: SkipStrategy;
  readonly emitTimeouts: boolean;
  readonly without: readonly CompiledCondition[];
  readonly partialMatchCountMax: number;
  readonly heldEventCountMax: number;
  /** Step i's fact stands in `scope.slots[firstSlot + i]`. */
  readonly firstSlot: number;
  /** Indexes of the steps whose facts its conditions read. */
  readonly factSteps: readonly number[];
  /** Fields that its conditions ask `sum`, `avg`, … for: members of those objects even where no event has them. */
  readonly factFields: readonly string[];
}
