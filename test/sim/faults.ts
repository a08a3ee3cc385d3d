import type { Prng } from "../../src/core/base/prng.ts";

/** What is done to the run; drawn from the seed unless given. */
export interface Faults {
  /** One in so many port calls: the process dies before or after it. 0: never. */
  readonly crashOneIn: number;
  /** One in so many store calls fails, applied or not. */
  readonly failOneIn: number;
  /** One in so many ticks of the world: the store, or the source, is away for a while. */
  readonly awayOneIn: number;
  /** One in so many ticks of the world: the store goes back to what it was a while ago. */
  readonly failoverOneIn: number;
  /** One in so many ticks of the world: a second process starts beside the first, which lives on. */
  readonly secondOneIn: number;
  /** One in so many ticks of the world: the process is stopped in order and started again. */
  readonly stopOneIn: number;
  /** One in so many ticks of the world: somebody changes a list. */
  readonly commandOneIn: number;
  /** Documents are edited between lives. */
  readonly isEdited: boolean;
  /** The source counts as idle after so long. */
  readonly idleMs: number;
  /** The one call, counted from 1, at which the process dies; for going through all of them in turn. */
  readonly crashAt?: { readonly call: number; readonly when: "before" | "after" };
}

export const noFaults: Faults = {
  crashOneIn: 0,
  failOneIn: 0,
  awayOneIn: 0,
  failoverOneIn: 0,
  secondOneIn: 0,
  stopOneIn: 0,
  commandOneIn: 0,
  isEdited: false,
  idleMs: 1_000_000_000,
};

/** Faults of all kinds at rates that a seed decides. */
export function drawFaults(prng: Prng): Faults {
  const oneIn = (...rates: readonly number[]): number => rates[prng.nextBelow(rates.length)] ?? 0;
  return {
    crashOneIn: oneIn(0, 15, 60, 200),
    failOneIn: oneIn(0, 5, 30),
    awayOneIn: oneIn(0, 0, 60),
    failoverOneIn: oneIn(0, 0, 0, 80),
    secondOneIn: oneIn(0, 0, 60),
    stopOneIn: oneIn(0, 60),
    isEdited: prng.nextBelow(3) === 0,
    idleMs: oneIn(1_000_000_000, 500, 2_000),
    commandOneIn: oneIn(0, 4, 20),
  };
}
