import type { JsonObject } from "../core/base/json.ts";

/** The scenarios, side by side in one stream; each has its own event types, `signin.*`, `payment.*`, and `metric.*` with `heartbeat`. */
export const scenarioNames = ["signin", "payment", "metric"] as const;

export type ScenarioName = (typeof scenarioNames)[number];

/** An attack or a fault that was put among the noise, or a look-alike that no rule may take for one. */
export interface Planted {
  /** Unique within a seed. */
  readonly id: string;
  readonly scenario: ScenarioName;
  /** Id of the rule of `rules/` that must give an alert for it, or of a look-alike must not. */
  readonly rule: string;
  /** The key of that alert, as its line prints it. */
  readonly key: JsonObject;
  /** Both are inside. Milliseconds since the beginning of the simulation, as all offsets. */
  readonly firstOffsetMs: number;
  readonly lastOffsetMs: number;
  /** Event time by which the alert must be there: its own time lies in [firstOffsetMs, dueOffsetMs]. */
  readonly dueOffsetMs: number;
  readonly isLookAlike: boolean;
}

/** One entry of the simulation. What is planted is told just before its first event. */
export type Simulated =
  | {
      readonly kind: "event";
      readonly offsetMs: number;
      /** Counts events alone, from 0. */
      readonly ordinal: number;
      /** `id` is "sim-<ordinal>"; it has no time, for whoever runs the simulation says when it begins. */
      readonly event: JsonObject & { readonly id: string; readonly type: string };
    }
  | { readonly kind: "planted"; readonly offsetMs: number; readonly planted: Planted };
