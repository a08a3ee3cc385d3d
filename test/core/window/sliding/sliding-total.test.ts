import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../../src/core/time/instant.ts";
import { createAggregateState } from "../../../../src/core/window/aggregate/create-aggregate-state.ts";
import { groupCountMax } from "../../../../src/core/window/aggregate/group-state.ts";
import { type AggregateInput, GroupedInput } from "../../../../src/core/window/aggregate-input.ts";
import type { AggregateProgram } from "../../../../src/core/window/aggregate-program.ts";
import { createSlidingTotal } from "../../../../src/core/window/sliding/sliding-total.ts";
import { storeWith } from "./sliding-kit.ts";

const programs = storeWith([{ size: 1, ago: 0, lateness: 0 }]).members[0]?.program.aggregates ?? [];
const moment = { start: 0, end: 1000, at: 1000 };

function inputFor(program: AggregateProgram, value: number): AggregateInput {
  switch (program.kind) {
    case "count":
    case "rate":
      return 1;
    case "ratio":
      return value > 0 ? 1 : 0;
    case "per":
      return new GroupedInput(value % 3, inputFor(program.inner, value));
    default:
      return value;
  }
}

/** Entries enter, leave, or are put before the last `back`; a total that can't take one is made anew. */
const moves = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("enter" as const), value: fc.integer({ min: -4, max: 4 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("leave" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("put" as const),
        value: fc.option(fc.integer({ min: -4, max: 4 }), { nil: undefined }),
        back: fc.nat(9),
      }),
    },
  ),
  { maxLength: 60 },
);

describe("a total", () => {
  test.each(programs)("$name ($kind) is that of the entries that have entered and not left", (program) => {
    fc.assert(
      fc.property(moves, (given) => {
        let total = createSlidingTotal(program);
        let front = 0;
        let held: (AggregateInput | undefined)[] = [];
        const enterAll = () => {
          total = createSlidingTotal(program);
          for (const [index, input] of held.entries())
            if (input !== undefined) total.enter(input, eventTimeMs(5), front + index);
        };
        for (const move of given) {
          if (move.kind === "enter") {
            held.push(inputFor(program, move.value));
            total.enter(inputFor(program, move.value), eventTimeMs(5), front + held.length - 1);
          } else if (move.kind === "put") {
            const place = Math.max(0, held.length - move.back);
            const input = move.value === undefined ? undefined : inputFor(program, move.value);
            held = held.toSpliced(place, 0, input);
            if (total.put(input, eventTimeMs(5), front + place) === undefined) enterAll();
          } else if (held.length > 0) {
            const [input] = held;
            if (input !== undefined) total.leave(input, eventTimeMs(5), front);
            held = held.slice(1);
            front += 1;
          }
          const state = createAggregateState(program);
          for (const [index, input] of held.entries()) if (input !== undefined) state.add(input, eventTimeMs(5), index);
          expect(total.value(moment)).toEqual(state.value(moment));
        }
      }),
      { numRuns: 40 },
    );
  });

  test("of groups moves the entries of all groups on where one is put in its place", () => {
    const program = programs.find(({ name }) => name === "worst");
    if (program === undefined) throw new Error("no aggregate of groups");
    const total = createSlidingTotal(program);
    const at = eventTimeMs(0);
    const entries = [new GroupedInput("a", 1), new GroupedInput("b", 5), new GroupedInput("b", 9)];
    for (const [index, input] of entries.entries()) total.enter(input, at, index);
    const late = new GroupedInput("a", 7);
    expect([total.put(late, at, 1), total.value(moment)]).toEqual([true, 5]);
    for (const [index, input] of [entries[0], late, entries[1]].entries())
      if (input !== undefined) total.leave(input, at, index);
    expect(total.value(moment)).toBe(9);
  });

  test("of groups takes no more than the most, and one more when one has left", () => {
    const program = programs.find(({ name }) => name === "worst");
    if (program === undefined) throw new Error("no aggregate of groups");
    const total = createSlidingTotal(program);
    for (let group = 0; group < groupCountMax; group += 1)
      expect(total.enter(new GroupedInput(group, group), eventTimeMs(0), group)).toBe(true);
    const one = new GroupedInput("one more", 7);
    expect([total.enter(one, eventTimeMs(0), groupCountMax), total.put(one, eventTimeMs(0), 5)]).toEqual([
      false,
      false,
    ]);
    total.leave(new GroupedInput(0, 0), eventTimeMs(0), 0);
    expect(total.enter(one, eventTimeMs(0), groupCountMax + 1)).toBe(true);
  });
});
