import type { ConditionDocument, ExpressionDocument } from "../../spec/value.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import type { CalendarUnit } from "../time/calendar.ts";
import type { DurationMs } from "../time/instant.ts";
import type { AggregateProgram } from "./aggregate-program.ts";
import type { CustomAssigner, CustomTrigger, WindowExtensions } from "./custom.ts";

/** What a window is compiled with: the condition language, handed in, and what its conditions may name. */
export interface WindowContext {
  readonly conditions: (
    document: ConditionDocument,
    pointer: string,
    context: ExprContext,
  ) => Compiling<CompiledCondition>;
  readonly expressions: (
    text: ExpressionDocument,
    pointer: string,
    context: ExprContext,
  ) => Compiling<CompiledExpression>;
  /** What the window's `where`, aggregates and gap may name. */
  readonly names: ExprContext;
  /** The same, and the window itself as it stands: what a trigger's `when` may name. `members` are those of the window's fact. */
  readonly triggerNames: (members: readonly string[]) => ExprContext;
  /** The window's own slot. */
  readonly slot: number;
  /** What plug-ins add; undefined: nothing. */
  readonly extensions: Partial<WindowExtensions> | undefined;
}

/** When a window fires, in place of its own time. */
export interface TriggerProgram {
  readonly root: TriggerNode;
  /** A firing empties the window. */
  readonly isPurging: boolean;
}

export type TriggerLeaf =
  | { readonly kind: "watermark" }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "every"; readonly everyMs: DurationMs }
  | { readonly kind: "every-log-time"; readonly everyMs: DurationMs }
  | { readonly kind: "when"; readonly condition: CompiledCondition }
  | { readonly kind: "custom"; readonly custom: CustomTrigger; readonly params: Readonly<Record<string, unknown>> };

export type TriggerNode =
  | TriggerLeaf
  | { readonly kind: "any"; readonly of: readonly TriggerLeaf[] }
  | { readonly kind: "all"; readonly of: readonly TriggerLeaf[] };

/** Which times belong together. All ends are exclusive; starts and ends are epoch milliseconds. */
export type WindowShape =
  /** Over `(T - sizeMs, T]` for the T of each evaluation; with a resolution, events leave in steps of it. */
  | { readonly kind: "sliding"; readonly sizeMs: DurationMs; readonly resolutionMs: DurationMs | undefined }
  /** `[start, start + sizeMs)`, whose starts are the multiples of `sizeMs` plus `offsetMs`. */
  | { readonly kind: "tumbling"; readonly sizeMs: DurationMs; readonly offsetMs: DurationMs }
  /** Likewise, at the multiples of `everyMs`. */
  | {
      readonly kind: "hopping";
      readonly sizeMs: DurationMs;
      readonly everyMs: DurationMs;
      readonly offsetMs: DurationMs;
    }
  /** From each multiple of `sizeMs` plus `offsetMs` to each multiple of `stepMs` behind it, up to the size. */
  | {
      readonly kind: "cumulative";
      readonly sizeMs: DurationMs;
      readonly stepMs: DurationMs;
      readonly offsetMs: DurationMs;
    }
  | { readonly kind: "calendar"; readonly unit: CalendarUnit; readonly timeZone: string }
  /** From the first event to the last one's time plus its gap. */
  | { readonly kind: "session"; readonly gap: SessionGap; readonly sizeMsMax: DurationMs | undefined }
  /** The last `size` events, at each `every`-th one. `every` = `size`: each event is in one window. */
  | { readonly kind: "count"; readonly size: number; readonly every: number }
  | { readonly kind: "global"; readonly ttlMs: DurationMs | undefined }
  | { readonly kind: "custom"; readonly custom: CustomAssigner; readonly params: Readonly<Record<string, unknown>> };

export type SessionGap =
  | { readonly kind: "fixed"; readonly gapMs: DurationMs }
  | { readonly kind: "expression"; readonly expression: CompiledExpression };

/** A window, compiled: immutable, and shared by all keys. */
export interface WindowProgram {
  readonly shape: WindowShape;
  /** Which events enter; undefined: all that reach the rule. */
  readonly where: CompiledCondition | undefined;
  /** In the order of their names. */
  readonly aggregates: readonly AggregateProgram[];
  readonly aggregateNames: readonly string[];
  /** Names that the window's conditions and expressions read, in order of first use. */
  readonly reads: readonly string[];
  /** What its fact holds: the aggregates and `start`, `end`, `firing`, `previous`. */
  readonly members: readonly string[];
  readonly allowedLatenessMs: DurationMs;
  /** The window is read, and fires, so much later. */
  readonly agoMs: DurationMs;
  /** Undefined: its own time. */
  readonly trigger: TriggerProgram | undefined;
  /** Slot of the window's own name, for the trigger's `when`. */
  readonly slot: number;
}

/** Members of every window fact besides its aggregates. */
export const fixedMembers = ["start", "end", "firing", "previous"] as const;

/** How a window's state is kept. */
export type WindowFamily =
  /** Its events, by columns: exact sliding windows, of whatever sizes. */
  | "sliding"
  /** Slices of time: windows whose bounds all keys share, and that fire by their own time. */
  | "sliced"
  /** One pane each: windows with a trigger, the global one, and those that a plug-in assigns. */
  | "paned"
  | "session"
  | "count";

export function familyOf({ shape, trigger }: Pick<WindowProgram, "shape" | "trigger">): WindowFamily {
  switch (shape.kind) {
    case "sliding":
      return shape.resolutionMs === undefined ? "sliding" : "sliced";
    case "tumbling":
    case "hopping":
    case "cumulative":
    case "calendar":
      return trigger === undefined ? "sliced" : "paned";
    case "global":
    case "custom":
      return "paned";
    case "session":
      return "session";
    case "count":
      return "count";
  }
}

/** True where windows that see equal events and have equal aggregates keep one state, whatever their sizes. */
export function isShareable(family: WindowFamily): boolean {
  return family === "sliding" || family === "sliced";
}

/** Its length where all windows of the shape have one. */
export function sizeOf(shape: WindowShape): DurationMs | undefined {
  return "sizeMs" in shape ? shape.sizeMs : undefined;
}

/** True for a window that fires by itself, so that a rule which has no other is evaluated when it does. */
export function firesByItself({ kind }: WindowShape): boolean {
  return kind !== "sliding";
}

/** Windows that are kept together: of one family, over the same events, with equal aggregates. One unless the family is shareable. */
export interface WindowStore {
  readonly family: WindowFamily;
  readonly members: readonly WindowMember[];
}

export interface WindowMember {
  readonly program: WindowProgram;
  /** Tells the members of one store apart, in saved state too: 32 bits of the window's identity. */
  readonly tag: number;
}
