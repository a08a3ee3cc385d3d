import { assert } from "../core/base/assert.ts";
import { BinaryHeap } from "../core/base/heap.ts";
import { prngFromSeed } from "../core/base/prng.ts";
import type { Prng } from "../core/base/prng.ts";
import { cardPayments } from "./card-payments.ts";
import { serviceMetrics } from "./service-metrics.ts";
import { signIns } from "./sign-ins.ts";
import { scenarioNames } from "./simulated.ts";
import type { ScenarioName, Simulated } from "./simulated.ts";
import type { Draft, Stream } from "./stream.ts";

export interface SimulatorOptions {
  /** A safe integer. Equal seeds and scenarios give equal simulations, on every machine. */
  readonly seed: number;
  /** Default all. Leaving one out changes nothing in the others but their ordinals. */
  readonly scenarios?: readonly ScenarioName[];
}

/** An endless simulation, in order of time. */
export interface Simulator {
  next(): Simulated;
  /**
   * Goes on until the next event is the one of `ordinal`, which must not be behind already: the way to resume. What was
   * planted before it is not told again.
   */
  skipTo(ordinal: number): void;
}

const scenarioStreams: Readonly<Record<ScenarioName, (prng: Prng) => readonly Stream[]>> = {
  signin: signIns,
  payment: cardPayments,
  metric: serviceMetrics,
};

/** A turn of a stream, or a draft, waiting for its moment. */
interface Waiting {
  readonly offsetMs: number;
  /** Order in which they came to wait; decides between equal moments. */
  readonly sequence: number;
  readonly what: { readonly kind: "turn"; readonly stream: Stream } | { readonly kind: "draft"; readonly draft: Draft };
}

/**
 * Sign-ins, card payments and service metrics in one stream of some 200 events a second: noise, and attacks, faults and
 * look-alikes among it. Holds no more than the drafts of the plots under way, a few hundred.
 */
export function createSimulator({ seed, scenarios = scenarioNames }: SimulatorOptions): Simulator {
  const root = prngFromSeed(seed);
  const waiting = new BinaryHeap<Waiting>((a, b) => a.offsetMs - b.offsetMs || a.sequence - b.sequence);
  let sequence = 0;
  let ordinal = 0;
  const wait = (offsetMs: number, what: Waiting["what"]): void => {
    waiting.push({ offsetMs, sequence, what });
    sequence += 1;
  };
  for (const name of scenarioNames) {
    if (!scenarios.includes(name)) continue;
    for (const stream of scenarioStreams[name](root.fork(name))) wait(stream.firstOffsetMs, { kind: "turn", stream });
  }
  assert(waiting.size > 0, "a simulation has a scenario");

  function nextDraft(): Draft {
    for (;;) {
      const first = waiting.pop();
      assert(first !== undefined, "a stream never ends");
      if (first.what.kind === "draft") return first.what.draft;
      const { stream } = first.what;
      const { drafts, nextOffsetMs } = stream.run(first.offsetMs);
      assert(nextOffsetMs > first.offsetMs, "a stream's next turn is later");
      for (const draft of drafts) {
        assert(draft.offsetMs >= first.offsetMs, "a turn drafts nothing before itself");
        wait(draft.offsetMs, { kind: "draft", draft });
      }
      wait(nextOffsetMs, { kind: "turn", stream });
    }
  }

  function next(): Simulated {
    const draft = nextDraft();
    if (draft.kind === "planted") return draft;
    const event = { id: `sim-${ordinal}`, type: draft.type, ...draft.fields };
    const simulated = { kind: "event", offsetMs: draft.offsetMs, ordinal, event } as const;
    ordinal += 1;
    return simulated;
  }

  return {
    next,
    skipTo(to) {
      assert(Number.isSafeInteger(to) && to >= ordinal, "a simulation goes forward only");
      while (ordinal < to) next();
    },
  };
}
