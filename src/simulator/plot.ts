import type { JsonObject } from "../core/base/json.ts";
import type { Prng } from "../core/base/prng.ts";
import type { ScenarioName } from "./simulated.ts";
import type { Draft, Stream } from "./stream.ts";

/**
 * How long after the last event that decides a plot its alert may be due, in event time: a window or a `within` that time
 * completes waits for the next event, and that comes well within this.
 */
export const decisionSlackMs = 1_000;

/** One staging of a plot: what happens, and to whom. */
export interface Staged {
  readonly key: JsonObject;
  readonly drafts: readonly Draft[];
  /** Where it lasts without events of its own, or beyond them; default the last draft's. */
  readonly lastOffsetMs?: number;
  /** Default `decisionSlackMs` after the last. */
  readonly dueOffsetMs?: number;
}

/** A kind of attack, fault or look-alike, staged again and again with other keys. */
export interface Plot {
  readonly scenario: ScenarioName;
  readonly rule: string;
  readonly isLookAlike: boolean;
  /** Tells kinds of look-alikes of one rule apart. */
  readonly name: string;
  /** The first staging begins in [firstOffsetMs, firstOffsetMs + 500), each next one [everyMs, 1.25 × everyMs) after the one before. */
  readonly firstOffsetMs: number;
  readonly everyMs: number;
  stage(staging: { readonly offsetMs: number; readonly ordinal: number; readonly prng: Prng }): Staged;
}

export function plotStream(plot: Plot, root: Prng): Stream {
  const { scenario, rule, isLookAlike, name, everyMs } = plot;
  const prng = root.fork(`plot/${rule}/${name}`);
  let ordinal = 0;
  return {
    firstOffsetMs: plot.firstOffsetMs + prng.nextBelow(500),
    run(offsetMs) {
      const staged = plot.stage({ offsetMs, ordinal, prng });
      const { key, drafts } = staged;
      const lastOffsetMs =
        staged.lastOffsetMs ?? drafts.reduce((last, draft) => Math.max(last, draft.offsetMs), offsetMs);
      const dueOffsetMs = staged.dueOffsetMs ?? lastOffsetMs + decisionSlackMs;
      const id = `${rule}/${name}/${ordinal}`;
      ordinal += 1;
      const planted = { id, scenario, rule, key, firstOffsetMs: offsetMs, lastOffsetMs, dueOffsetMs, isLookAlike };
      return {
        drafts: [{ kind: "planted", offsetMs, planted }, ...drafts],
        nextOffsetMs: offsetMs + everyMs + prng.nextBelow(Math.ceil(everyMs / 4)),
      };
    },
  };
}

/** Offsets from `offsetMs` on, each a step in [stepMsMin, stepMsMax] after the one before; the first is `offsetMs` itself. */
export function spread(
  { offsetMs, prng }: { readonly offsetMs: number; readonly prng: Prng },
  { count, stepMsMin, stepMsMax }: { readonly count: number; readonly stepMsMin: number; readonly stepMsMax: number },
): number[] {
  const offsets: number[] = [];
  for (let at = offsetMs; offsets.length < count; at += between(prng, stepMsMin, stepMsMax)) offsets.push(at);
  return offsets;
}

/** An integer in [min, max], each as likely. */
export function between(prng: Prng, min: number, max: number): number {
  return min + prng.nextBelow(max - min + 1);
}

/** An amount of money in [min, max), in whole cents. */
export function money(prng: Prng, min: number, max: number): number {
  return Math.floor((min + prng.nextFloat() * (max - min)) * 100) / 100;
}

/** True once in `oneIn` on average. */
export function happens(prng: Prng, oneIn: number): boolean {
  return prng.nextBelow(oneIn) === 0;
}
