import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../../src/core/base/bytes.ts";
import type { JsonValue } from "../../../../src/core/base/json.ts";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { CountState, RateState, RatioState } from "../../../../src/core/window/aggregate/count-state.ts";
import {
  createAggregateState,
  createRemovableState,
  decodeAggregateState,
  isRemovable,
} from "../../../../src/core/window/aggregate/create-aggregate-state.ts";
import { CustomState } from "../../../../src/core/window/aggregate/custom-state.ts";
import { DistinctState } from "../../../../src/core/window/aggregate/distinct-state.ts";
import { giveOf } from "../../../../src/core/window/aggregate/group-state.ts";
import { HyperLogLog } from "../../../../src/core/window/aggregate/hyper-log-log.ts";
import { OrderedState } from "../../../../src/core/window/aggregate/ordered-state.ts";
import { PercentileState } from "../../../../src/core/window/aggregate/percentile-state.ts";
import { RegressionState, SpreadState } from "../../../../src/core/window/aggregate/spread-state.ts";
import { SumState } from "../../../../src/core/window/aggregate/sum-state.ts";
import { TopKState } from "../../../../src/core/window/aggregate/top-k-state.ts";
import { type AggregateInput, GroupedInput } from "../../../../src/core/window/aggregate-input.ts";
import type { AggregateProgram } from "../../../../src/core/window/aggregate-program.ts";
import type { AggregateState } from "../../../../src/core/window/aggregate-state.ts";
import { compileAggregate } from "../../../../src/core/window/compile-aggregate.ts";
import { decodeInput, decodeScalar, encodeInput } from "../../../../src/core/window/input-codec.ts";
import type { AggregateDocument } from "../../../../src/spec/window.ts";
import { testContext } from "../window-kit.ts";

const moment = { start: -1_000, end: 1_000, at: 999 };

function programOf(document: AggregateDocument): AggregateProgram {
  const { compiled, faults } = compileAggregate("a", document, "/a", testContext);
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled;
}

const numeric: readonly AggregateDocument[] = [
  "count",
  { sum: "x" },
  { avg: "x" },
  { min: "x" },
  { max: "x" },
  { stddev: "x" },
  { first: "x" },
  { last: "x" },
  { distinct: "x" },
  { regression: "x" },
  { percentile: "x", p: 0.5 },
  { topK: "x", k: 2 },
  { collect: "x", limit: 3 },
  { rate: "1s" },
];

interface Entry {
  readonly value: number;
  readonly time: number;
}

const entries = fc.array(
  fc.record({
    value: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(0.1, 0.2, 1e17, -1e17, 1e-9)),
    time: fc.integer({ min: -50, max: 50 }),
  }),
  { maxLength: 25 },
);

function addAll(state: AggregateState, all: readonly Entry[], from = 0): void {
  for (const [index, { value, time }] of all.entries()) state.add(value, eventTimeMs(time), from + index);
}

function bytesOf(state: AggregateState): Uint8Array {
  const writer = new ByteWriter();
  state.encode(writer);
  return writer.finish();
}

describe("every aggregate", () => {
  test.each(numeric)("%j does not depend on how its events come together", (document) => {
    const program = programOf(document);
    fc.assert(
      fc.property(entries, fc.nat(25), fc.integer(), (all, cut, seed) => {
        const whole = createAggregateState(program);
        addAll(whole, all);
        const first = createAggregateState(program);
        const second = createAggregateState(program);
        addAll(first, all.slice(0, cut));
        addAll(second, all.slice(cut), Math.min(cut, all.length));
        second.merge(first);
        const shuffled = createAggregateState(program);
        const order = all
          .map((entry, index) => ({ ...entry, index }))
          .sort((a, b) => ((a.index * 7919 + seed) % 31) - ((b.index * 7919 + seed) % 31));
        for (const { value, time, index } of order) shuffled.add(value, eventTimeMs(time), index);
        const copy = decodeAggregateState(program, new ByteReader(bytesOf(whole)));
        for (const other of [second, shuffled, copy]) expect(other.value(moment)).toEqual(whole.value(moment));
      }),
      { numRuns: 60 },
    );
  });

  test.each(numeric.filter((document) => isRemovable(programOf(document))))(
    "%j: taken away again, nothing is left behind",
    (document) => {
      const program = programOf(document);
      fc.assert(
        fc.property(entries, entries, (kept, gone) => {
          const whole = createRemovableState(program);
          addAll(whole, kept);
          const state = createRemovableState(program);
          addAll(state, gone);
          addAll(state, kept, gone.length);
          const other = createRemovableState(program);
          addAll(other, gone);
          state.merge(other);
          state.unmerge(other);
          for (const { value, time } of gone) state.remove(value, eventTimeMs(time));
          expect(state.value(moment)).toEqual(whole.value(moment));
        }),
        { numRuns: 60 },
      );
    },
  );

  test.each(numeric)("%j: cut bytes are refused", (document) => {
    const program = programOf(document);
    const state = createAggregateState(program);
    addAll(
      state,
      [1, 2, 2, 7].map((value, time) => ({ value, time })),
    );
    const bytes = bytesOf(state);
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decodeAggregateState(program, new ByteReader(bytes.slice(0, size)))).toThrow(CorruptBytesError);
  });
});

describe("what they give", () => {
  const over = (state: AggregateState, inputs: readonly AggregateInput[]): JsonValue => {
    for (const [index, input] of inputs.entries()) state.add(input, eventTimeMs(index * 1_000), index);
    return state.value({ start: 0, end: 10_000, at: 5_000 });
  };

  test.each<{ why: string; state: () => AggregateState; inputs: readonly AggregateInput[]; value: JsonValue }>([
    { why: "a count", state: () => new CountState(), inputs: [1, 1], value: 2 },
    { why: "a rate a second over ten", state: () => new RateState(1_000), inputs: [1, 1, 1, 1, 1], value: 0.5 },
    { why: "a ratio", state: () => new RatioState(), inputs: [1, 0, 0, 1], value: 0.5 },
    { why: "a ratio of none", state: () => new RatioState(), inputs: [], value: null },
    {
      why: "a sum that is not rounded on its way",
      state: () => new SumState("sum"),
      inputs: [1e17, 1, -1e17],
      value: 1,
    },
    { why: "a mean of none", state: () => new SumState("avg"), inputs: [], value: null },
    { why: "the population's deviation", state: () => new SpreadState(), inputs: [2, 4, 4, 4, 5, 5, 7, 9], value: 2 },
    { why: "a deviation that does not cancel", state: () => new SpreadState(), inputs: [1e9 + 1, 1e9 + 3], value: 1 },
    { why: "a deviation of none", state: () => new SpreadState(), inputs: [], value: null },
    {
      why: "a line, a second and at the evaluation",
      state: () => new RegressionState(),
      inputs: [1, 3, 5],
      value: { slope: 2, value: 11, r2: 1 },
    },
    {
      why: "a line through one point",
      state: () => new RegressionState(),
      inputs: [1],
      value: { slope: null, value: null, r2: null },
    },
    {
      why: "a level line",
      state: () => new RegressionState(),
      inputs: [4, 4],
      value: { slope: 0, value: 4, r2: null },
    },
    { why: "the first of any kind", state: () => new OrderedState("first"), inputs: [[1], "b"], value: [1] },
    { why: "the last", state: () => new OrderedState("last"), inputs: ["a", { b: 1 }], value: { b: 1 } },
    { why: "the first few", state: () => new OrderedState("collect", 2), inputs: ["a", "b", "c"], value: ["a", "b"] },
    { why: "different values, by type", state: () => new DistinctState(), inputs: [1, "1", true, 1], value: 3 },
    {
      why: "the most frequent, of equal counts by type and value",
      state: () => new TopKState(3),
      inputs: ["b", 2, "a", 2, "b"],
      value: [
        { value: 2, count: 2 },
        { value: "b", count: 2 },
        { value: "a", count: 1 },
      ],
    },
  ])("$why", ({ state, inputs, value }) => expect(over(state(), inputs)).toEqual(value));

  test.each([
    { give: "max" as const, value: 5 },
    { give: "min" as const, value: -1 },
    { give: "sum" as const, value: 6 },
    { give: "avg" as const, value: 2 },
    { give: "count" as const, value: 3 },
  ])("of groups the $give of what is a number", ({ give, value }) => {
    expect(giveOf(give, [5, null, 2, -1, "x"])).toBe(value);
    expect(giveOf(give, [])).toBe(give === "sum" || give === "count" ? 0 : null);
  });

  test("per: the greatest count of any group", () => {
    const state = createAggregateState(programOf({ per: "user", of: "count", give: "max" }));
    expect(
      over(
        state,
        ["a", "b", "a"].map((group) => new GroupedInput(group, 1)),
      ),
    ).toBe(2);
    expect(isRemovable(programOf({ per: "user", of: { max: "x" }, give: "max" }))).toBe(false);
  });

  test("a group whose inner aggregate took no event is none, and its bytes are read again", () => {
    const program = programOf({ per: "user", of: { stddev: "x" }, give: "count" });
    for (const state of [createAggregateState(program), createRemovableState(program)]) {
      expect(state.add(new GroupedInput("a", 1e200), eventTimeMs(0), 0)).toBe(false);
      expect(state.value(moment)).toBe(0);
    }
    const removable = createRemovableState(program);
    removable.add(new GroupedInput("a", 1e200), eventTimeMs(0), 0);
    removable.add(new GroupedInput("b", 2), eventTimeMs(0), 1);
    removable.remove(new GroupedInput("b", 2), eventTimeMs(0));
    expect(bytesOf(removable)).toEqual(bytesOf(createRemovableState(program)));
  });

  test("the extremes of doubles have percentiles, and a line has none at no time", () => {
    const state = new PercentileState(0);
    for (const value of [-Number.MAX_VALUE, Number.MAX_VALUE]) state.add(value);
    expect(state.value()).toBe(-Number.MAX_VALUE);
    const line = new RegressionState();
    for (const time of [0, 1]) line.add(time, eventTimeMs(time));
    expect(line.value({ ...moment, at: Number.POSITIVE_INFINITY })).toEqual({ slope: null, value: null, r2: null });
  });

  test("percentiles are within 1 % of the nearest rank", () => {
    const values = fc.array(
      fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -3, max: 3 })),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(values, fc.constantFrom(0, 0.25, 0.5, 0.9, 0.99, 1), (all, p) => {
        const state = new PercentileState(p);
        for (const value of all) state.add(value);
        const exact = [...all].sort((a, b) => a - b)[Math.floor(p * (all.length - 1))] ?? 0;
        const found = Number(state.value());
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.0101 + 1e-290);
      }),
    );
  });

  test.each([2_000, 20_000, 200_000])("different values beyond 1,024 are estimated: %i of them", (size) => {
    const state = new DistinctState();
    const halves = [new DistinctState(), new DistinctState()] as const;
    for (let index = 0; index < size; index += 1) {
      state.add(`user-${index}`);
      halves[index % 2 === 0 ? 0 : 1].add(`user-${index}`);
    }
    expect(state.values).toBeInstanceOf(HyperLogLog);
    expect(Math.abs(Number(state.value()) - size)).toBeLessThan(size * 0.0081 * 3);
    halves[0].merge(halves[1]);
    expect(halves[0].value()).toBe(state.value());
  });

  test("a sum of a million values that came and went is the sum of those that stayed", () => {
    const state = new SumState("sum");
    const afresh = new SumState("sum");
    for (let index = 0; index < 1_000_000; index += 1) {
      state.add(index * 0.1);
      if (index >= 10) state.remove((index - 10) * 0.1);
    }
    for (let index = 999_990; index < 1_000_000; index += 1) afresh.add(index * 0.1);
    expect(state.value()).toBe(afresh.value());
  });

  test("of a plug-in: its own functions; what it throws keeps the event out", () => {
    const custom = {
      name: "product",
      init: () => 1,
      add: (state: JsonValue, value: JsonValue) => {
        if (value === 0) throw new Error("no zero");
        return Number(state) * Number(value);
      },
      merge: (a: JsonValue, b: JsonValue) => Number(a) * Number(b),
      result: (state: JsonValue) => ({ product: state }),
    };
    const of = programOf({ sum: "x" });
    const form = { kind: "custom", custom, of: of.kind === "sum" ? of.of : undefined, params: {} } as const;
    const state = new CustomState(form);
    expect([state.add(2, eventTimeMs(0)), state.add(0, eventTimeMs(0)), state.add(5, eventTimeMs(0))]).toEqual([
      true,
      false,
      true,
    ]);
    const other = new CustomState(form);
    other.add(3, eventTimeMs(0));
    state.merge(other);
    expect(state.value()).toEqual({ product: 30 });
  });
});

test.each<AggregateInput>([
  1,
  "a\ud800",
  true,
  [1, "x"],
  { a: null },
  new GroupedInput("g", 2),
  new GroupedInput(1, "x"),
])("the input %j goes through bytes", (input) => {
  const writer = new ByteWriter();
  encodeInput(input, writer);
  expect(decodeInput(new ByteReader(writer.finish()))).toEqual(input);
});

test("a value that is told apart by itself is no list", () => {
  const writer = new ByteWriter();
  writer.json([1]);
  expect(() => decodeScalar(new ByteReader(writer.finish()))).toThrow(CorruptBytesError);
});
