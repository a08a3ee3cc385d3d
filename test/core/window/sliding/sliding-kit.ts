import fc from "fast-check";
import type { JsonValue } from "../../../../src/core/base/json.ts";
import { eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { createAggregateState } from "../../../../src/core/window/aggregate/create-aggregate-state.ts";
import { aggregateInput, isNothing } from "../../../../src/core/window/aggregate-input.ts";
import type { AggregateProgram } from "../../../../src/core/window/aggregate-program.ts";
import type { CustomAggregate } from "../../../../src/core/window/custom.ts";
import { decodeSlidingWindows } from "../../../../src/core/window/sliding/sliding-codec.ts";
import { slidingPlanOf } from "../../../../src/core/window/sliding/sliding-plan.ts";
import { SlidingWindows } from "../../../../src/core/window/sliding/sliding-windows.ts";
import type { WindowContext, WindowStore } from "../../../../src/core/window/window-program.ts";
import type { AggregateDocument, WindowDocument } from "../../../../src/spec/window.ts";
import { bytesOf, eventAt, readWhole, scopeOf, storeOf, testContext } from "../window-kit.ts";

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A plug-in's aggregate that shows the order in which its values were joined. */
const joined: CustomAggregate = {
  name: "joined",
  init: () => "",
  add: (state, value) => `${textOf(state)}${textOf(value)};`,
  merge: (earlier, later) => `${textOf(earlier)}${textOf(later)}`,
  result: (state) => state,
};

const slidingContext: WindowContext = {
  ...testContext,
  extensions: { aggregates: new Map([["joined", joined]]) },
};

export const everyKind: Readonly<Record<string, AggregateDocument>> = {
  n: "count",
  flagged: { count: true, where: "flag" },
  total: { sum: "x" },
  least: { min: "x" },
  most: { max: "x", where: "flag" },
  kinds: { distinct: "x" },
  first: { first: "x" },
  last: { last: "g", where: "flag" },
  kept: { collect: "x", limit: 3 },
  spread: { stddev: "x" },
  half: { percentile: "x", p: 0.5 },
  top: { topK: "x", k: 2 },
  share: { ratio: { where: "flag" } },
  pace: { rate: "1s" },
  slope: { regression: "x" },
  worst: { per: "g", of: { min: "x" }, give: "max" },
  busiest: { per: "g", of: "count", give: "max" },
  joined: { use: "joined", of: "x" },
};

export interface Given {
  readonly time: number;
  readonly x: JsonValue;
  readonly flag: boolean;
  readonly g: string | null;
}

export interface Size {
  readonly size: number;
  readonly ago: number;
  readonly lateness: number;
}

/** Members of one store. */
export function storeWith(sizes: readonly Size[], aggregate = everyKind): WindowStore {
  const documents = sizes.map(
    ({ size, ago, lateness }): WindowDocument => ({
      type: "sliding",
      size: `${size}ms`,
      ago: `${ago}ms`,
      allowedLateness: `${lateness}ms`,
      aggregate,
    }),
  );
  return storeOf(documents, slidingContext);
}

export const ignore = (): void => undefined;

/** Offers one event. */
export function offer(state: SlidingWindows, given: Partial<Given> & { readonly time: number }, mark: number, id = 0) {
  const { time, x = 1, flag = true, g = "g" } = given;
  const event = eventAt(time, { x, flag, g }, id);
  return state.add({
    event,
    scope: scopeOf(event),
    watermark: eventTimeMs(mark),
    logTime: logTimeMs(0),
    report: ignore,
  });
}

/** Offers all, and reads each member after each; the watermark is `slack` behind the greatest time. */
export function play(
  store: WindowStore,
  given: readonly Given[],
  { slack, isChopped = false }: { readonly slack: number; readonly isChopped?: boolean },
) {
  const plan = slidingPlanOf(store);
  let state = new SlidingWindows(plan);
  let greatest = -1e9;
  return given.map((event, index) => {
    const watermark = eventTimeMs(greatest - slack - 1);
    const outcomes = offer(state, event, watermark, index);
    greatest = Math.max(greatest, event.time);
    if (isChopped) {
      const held = state;
      state = readWhole(
        bytesOf((writer) => held.encode(writer)),
        (reader) => decodeSlidingWindows(plan, reader),
      );
    }
    const moment = { at: eventTimeMs(greatest), watermark };
    return store.members.map((_, member) => ({
      kind: outcomes[member]?.kind,
      fact: state.fact(member, moment),
      evidence: state.evidence(member, moment),
    }));
  });
}

/** The same by its definition: all events that were not late, sorted, those in the range taken. */
export function byDefinition(store: WindowStore, given: readonly Given[], slack: number) {
  let greatest = -1e9;
  const marks = given.map(({ time }) => {
    const mark = greatest - slack - 1;
    greatest = Math.max(greatest, time);
    return { mark, greatest };
  });
  return given.map((_, index) =>
    store.members.map(({ program }) => {
      const { shape, agoMs, allowedLatenessMs } = program;
      if (shape.kind !== "sliding") throw new Error("no sliding window");
      const isLate = (other: number): boolean =>
        (given[other]?.time ?? 0) + allowedLatenessMs <= (marks[other]?.mark ?? 0);
      const at = marks[index]?.greatest ?? 0;
      const end = at - agoMs;
      const start = end - shape.sizeMs;
      const inside = given
        .map((event, place) => ({ ...event, place }))
        .filter(({ place, time }) => place <= index && !isLate(place) && time > start && time <= end)
        .sort((a, b) => a.time - b.time || a.place - b.place);
      const values = program.aggregates.map((of) => [
        of.name,
        plainValues(inside, end - start)[of.name] ?? stateValue(of, inside, { start, end, at }),
      ]);
      return {
        kind: isLate(index) ? "late" : "added",
        fact: { ...Object.fromEntries(values), start, end, firing: "onTime", previous: null },
        evidence: { ids: inside.map(({ place }) => place).slice(-100), count: inside.length },
      };
    }),
  );
}

/** What a state gives that all events enter and none leaves. */
function stateValue(
  of: AggregateProgram,
  inside: readonly (Given & { readonly place: number })[],
  moment: { readonly start: number; readonly end: number; readonly at: number },
): JsonValue {
  const total = createAggregateState(of);
  for (const { place, time, x, flag, g } of inside) {
    const input = aggregateInput(of, scopeOf(eventAt(time, { x, flag, g })), { skippedCount: 0 }, ignore);
    if (!isNothing(input)) total.add(input, eventTimeMs(time), place);
  }
  return total.value(moment);
}

/** By the sentences of docs/formats.md, of those that need no arithmetic to speak of. */
function plainValues(inside: readonly Given[], size: number): Readonly<Record<string, JsonValue>> {
  const flagged = inside.filter(({ flag }) => flag);
  const given = inside.map(({ x }) => x).filter((x) => x !== null);
  const numbers = (of: readonly Given[]) => of.map(({ x }) => x).filter((x) => typeof x === "number");
  const groups = [...new Set(inside.flatMap(({ g }) => (g === null ? [] : [g])))];
  const ofGroups = groups.map((group) => inside.filter(({ g }) => g === group));
  const greatest = (of: readonly number[]) => of.toSorted((a, b) => b - a)[0] ?? null;
  const leastOf = (of: readonly number[]) => of.toSorted((a, b) => a - b).slice(0, 1);
  return {
    n: inside.length,
    flagged: flagged.length,
    least: leastOf(numbers(inside))[0] ?? null,
    most: greatest(numbers(flagged)),
    kinds: new Set(given).size,
    first: given[0] ?? null,
    last: flagged.findLast(({ g }) => g !== null)?.g ?? null,
    kept: given.slice(0, 3),
    share: inside.length === 0 ? null : flagged.length / inside.length,
    pace: (inside.length * 1000) / size,
    worst: greatest(ofGroups.flatMap((of) => leastOf(numbers(of)))),
    busiest: greatest(ofGroups.map((of) => of.length)),
    joined: given.map((x) => `${textOf(x)};`).join(""),
  };
}

const x: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom<JsonValue>(0.1, -1e16, 1e300, 5e-324) },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>("1", "", true, null) },
);

/** In order, out of it, equal, before the epoch and after, now and then far apart. */
export const events: fc.Arbitrary<readonly Given[]> = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 80, arbitrary: fc.integer({ min: 0, max: 2 }) },
        { weight: 60, arbitrary: fc.integer({ min: -40, max: 1 }) },
        { weight: 2, arbitrary: fc.integer({ min: 0, max: 500 }) },
        { weight: 1, arbitrary: fc.constantFrom(1e9, 1e12) },
      ),
      x,
      flag: fc.boolean(),
      g: fc.constantFrom("a", "b", "c", null),
    }),
    { minLength: 20, maxLength: 120 },
  )
  .map((steps) => {
    let time = -60;
    return steps.map(({ step, ...rest }) => {
      if (step >= 0) time += step;
      return { ...rest, time: step < 0 ? time + step : time };
    });
  });

export const sizes: fc.Arbitrary<readonly Size[]> = fc.array(
  fc.record({
    size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 40, max: 300 })),
    ago: fc.constantFrom(0, 0, 1, 20, 60),
    lateness: fc.constantFrom(0, 5, 50),
  }),
  { minLength: 1, maxLength: 4 },
);
