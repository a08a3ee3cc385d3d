import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/base/json.ts";
import type { ExprError } from "../../../src/core/expr/expr-error.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { addToPane, createPane, paneEvidence, paneValues } from "../../../src/core/window/pane.ts";
import {
  addToTumbling,
  createTumblingState,
  fireTumbling,
  nextTumblingDeadline,
  openTumblingEvidence,
  openTumblingFact,
  type TumblingOutcome,
  tumblingPaneCountMax,
  tumblingPaneStart,
  type TumblingWindowState,
} from "../../../src/core/window/tumbling-window.ts";
import type { FiredWindow } from "../../../src/core/window/window-fact.ts";
import type { TumblingWindowProgram } from "../../../src/core/window/first-programs.ts";
import { brokenError, eventAt, scopeOf, tumblingProgram } from "./window-kit.ts";

const program = tumblingProgram({
  size: "10ms",
  allowedLateness: "5ms",
  aggregate: { n: "count", total: { sum: "x" } },
});
const at = eventTimeMs;
const never = at(-Infinity);

interface Offer {
  readonly watermark?: number;
  readonly fields?: JsonObject;
  readonly of?: TumblingWindowProgram;
  readonly errors?: ExprError[];
}

function add(
  state: TumblingWindowState,
  time: number,
  { watermark = -Infinity, fields = { x: 1 }, of = program, errors = [] }: Offer = {},
): TumblingOutcome {
  const event = eventAt(time, fields);
  return addToTumbling(of, state, event, scopeOf(event), at(watermark), (error) => errors.push(error));
}

/** A step of a scenario, and what is to be seen of it: `start..end firing#ordinal n`, or the outcome of an event. */
type Step = readonly ["event" | "watermark", number, string];

function countIn({ values }: FiredWindow): string {
  return JSON.stringify(values["n"]);
}

function play(steps: readonly Step[], of: TumblingWindowProgram = program): Step[] {
  const state = createTumblingState();
  let watermark = -Infinity;
  return steps.map(([kind, time]): Step => {
    if (kind === "watermark") {
      watermark = time;
      const fired = fireTumbling(of, state, at(time)).map(
        (each) => `${each.start}..${each.end} ${each.firing}#${each.ordinal} ${countIn(each)}`,
      );
      return [kind, time, fired.join(", ")];
    }
    const outcome = add(state, time, { watermark, of });
    if (outcome.kind !== "fired") return [kind, time, outcome.kind];
    const { start, end, firing, ordinal } = outcome.fired;
    return [kind, time, `${start}..${end} ${firing}#${ordinal} ${countIn(outcome.fired)}`];
  });
}

describe("the start of a pane", () => {
  test.each([
    { time: 0, size: 10, offset: 0, start: 0, why: "its start is inside" },
    { time: 9, size: 10, offset: 0, start: 0, why: "its last millisecond" },
    { time: 10, size: 10, offset: 0, start: 10, why: "its end is outside" },
    { time: -1, size: 10, offset: 0, start: -10, why: "before the epoch" },
    { time: -10, size: 10, offset: 0, start: -10, why: "a start before the epoch" },
    { time: 12, size: 10, offset: 3, start: 3, why: "just before an offset start" },
    { time: 13, size: 10, offset: 3, start: 13, why: "an offset start" },
    { time: 0, size: 10, offset: 25, start: -5, why: "an offset beyond the size" },
    { time: 1709164800000, size: 7000, offset: 0, start: 1709164800000, why: "a size that divides no day" },
  ])("of $size ms + $offset at $time is $start: $why", ({ time, size, offset, start }) => {
    expect(tumblingPaneStart(at(time), tumblingProgram({ size: `${size}ms`, offset: `${offset}ms` }))).toBe(start);
  });
});

describe("a tumbling window of 10 ms with 5 ms of allowed lateness", () => {
  test.each<{ why: string; steps: readonly Step[] }>([
    {
      why: "fires when the watermark reaches end - 1",
      steps: [
        ["event", 3, "added"],
        ["watermark", 8, ""],
        ["watermark", 9, "0..10 onTime#0 1"],
        ["watermark", 9, ""],
      ],
    },
    { why: "does not fire without an event", steps: [["watermark", 100, ""]] },
    {
      why: "fires by end where the watermark passes several",
      steps: [
        ["event", 33, "added"],
        ["event", 3, "added"],
        ["event", 15, "added"],
        ["watermark", Infinity, "0..10 onTime#0 1, 10..20 onTime#0 1, 30..40 onTime#0 1"],
      ],
    },
    {
      why: "fires again at once for each late event it still allows, up to the last watermark",
      steps: [
        ["event", 3, "added"],
        ["watermark", 9, "0..10 onTime#0 1"],
        ["event", 4, "0..10 late#1 2"],
        ["watermark", 13, ""],
        ["event", 5, "0..10 late#2 3"],
        ["watermark", 14, ""],
        ["event", 6, "late"],
      ],
    },
    {
      why: "fires late for the first time where only a late event came",
      steps: [
        ["watermark", 12, ""],
        ["event", 3, "0..10 late#0 1"],
        ["event", 4, "0..10 late#1 2"],
      ],
    },
    {
      why: "an event of an open pane is never late",
      steps: [
        ["event", 29, "added"],
        ["watermark", 25, ""],
        ["event", 20, "added"],
        ["watermark", 29, "20..30 onTime#0 2"],
      ],
    },
    {
      why: "late firings stand between the others",
      steps: [
        ["event", 3, "added"],
        ["event", 13, "added"],
        ["watermark", 9, "0..10 onTime#0 1"],
        ["event", 5, "0..10 late#1 2"],
        ["watermark", 19, "10..20 onTime#0 1"],
        ["event", 5, "late"],
        ["event", 15, "10..20 late#1 2"],
      ],
    },
    {
      why: "everything is late at the end of input",
      steps: [
        ["watermark", Infinity, ""],
        ["event", 8.64e15, "late"],
      ],
    },
  ])("$why", ({ steps }) => {
    expect(play(steps)).toEqual(steps);
  });

  test("and none has no late firing", () => {
    const strict = tumblingProgram({ size: "10ms", aggregate: { n: "count" } });
    const steps: readonly Step[] = [
      ["event", 3, "added"],
      ["watermark", 9, "0..10 onTime#0 1"],
      ["event", 4, "late"],
    ];
    expect(play(steps, strict)).toEqual(steps);
  });

  test("says when something is next to be done, and nothing when it has let all go", () => {
    const state = createTumblingState();
    expect(nextTumblingDeadline(program, state)).toBeUndefined();
    add(state, 3);
    add(state, 23);
    expect(nextTumblingDeadline(program, state)).toBe(10);
    fireTumbling(program, state, at(9));
    expect(nextTumblingDeadline(program, state)).toBe(15);
    fireTumbling(program, state, at(14));
    expect([nextTumblingDeadline(program, state), state.panes.length]).toEqual([30, 1]);
    fireTumbling(program, state, at(Infinity));
    expect(nextTumblingDeadline(program, state)).toBeUndefined();
  });

  test("an event that is filtered, late or refused leaves the state as it was", () => {
    const filtered = tumblingProgram({ size: "10ms", where: "w", aggregate: { n: "count" } });
    const state = createTumblingState();
    const errors: ExprError[] = [];
    const broken = tumblingProgram({ size: "10ms", where: "broken" });
    const kinds = [
      add(state, 3, { of: filtered, fields: { w: false } }),
      add(state, 3, { of: broken, errors }),
      add(state, 3, { watermark: 14 }),
      add(state, 3, { of: filtered, fields: { w: false }, watermark: 14 }),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(["filtered", "filtered", "late", "filtered"]);
    expect([state, errors]).toEqual([createTumblingState(), [brokenError]]);
  });

  test("counts the values it skips, and reports each expression in error", () => {
    const mixed = tumblingProgram({ size: "10ms", aggregate: { total: { sum: "x" }, bad: { avg: "broken" } } });
    const state = createTumblingState();
    const errors: ExprError[] = [];
    add(state, 3, { of: mixed, errors, fields: { x: "no number" } });
    add(state, 3, { of: mixed, errors, fields: { x: 4 } });
    expect(fireTumbling(mixed, state, at(9))[0]?.values).toEqual({ total: 4, bad: null });
    expect([state.skippedCount, errors]).toEqual([3, [brokenError, brokenError]]);
  });

  test("at its limit of panes refuses events that would open another, and takes those of the ones it has", () => {
    const state = createTumblingState();
    for (let pane = 0; pane < tumblingPaneCountMax; pane += 1) add(state, pane * 10);
    expect([add(state, -1).kind, add(state, 5).kind, state.panes.length]).toEqual([
      "refused",
      "added",
      tumblingPaneCountMax,
    ]);
    fireTumbling(program, state, at(14));
    expect(add(state, 8.64e15, { watermark: 14 }).kind).toBe("added");
  });
});

describe("a firing", () => {
  test("is a fact with values, bounds and the firing before it, and its evidence", () => {
    const state = createTumblingState();
    add(state, 3, { fields: { x: 2 } });
    add(state, 1, { fields: { x: 0.5 } });
    add(state, 12, { fields: { x: 9 } });
    const [first] = fireTumbling(program, state, at(9));
    expect(first).toEqual({
      start: 0,
      end: 10,
      firing: "onTime",
      ordinal: 0,
      values: { n: 2, total: 2.5 },
      fact: { n: 2, total: 2.5, start: 0, end: 10, firing: "onTime", previous: null },
      evidence: { ids: [3, 1], count: 2 },
    });
    const outcome = add(state, 4, { watermark: 9, fields: { x: 1 } });
    expect(outcome).toMatchObject({
      kind: "fired",
      fired: {
        firing: "late",
        ordinal: 1,
        fact: { n: 3, total: 3.5, previous: { n: 2, total: 2.5, start: 0, end: 10, firing: "onTime" } },
        evidence: { ids: [3, 1, 4], count: 3 },
      },
    });
    expect(fireTumbling(program, state, at(19))[0]?.fact["previous"]).toEqual({
      n: 3,
      total: 3.5,
      start: 0,
      end: 10,
      firing: "late",
    });
  });

  test("names the last 100 of its events in the order taken and counts all", () => {
    const pane = createPane(program, at(0));
    for (let index = 0; index < 250; index += 1) {
      const event = eventAt(index % 10, { x: 1 }, index);
      addToPane(program, pane, event, scopeOf(event), createTumblingState(), () => undefined);
    }
    expect(paneEvidence(pane)).toEqual({ ids: Array.from({ length: 100 }, (_, index) => 150 + index), count: 250 });
    expect(paneValues(program, pane)).toEqual({ n: 250, total: 250 });
    expect(pane.names.size).toBe(100);
  });
});

describe("an open window", () => {
  test("is read as it stands at an event, with it, and with the last firing", () => {
    const state = createTumblingState();
    add(state, 3);
    add(state, 12);
    expect(openTumblingFact(program, state, at(3), never)).toEqual({
      n: 1,
      total: 1,
      start: 0,
      end: 10,
      firing: "early",
      previous: null,
    });
    fireTumbling(program, state, at(9));
    const previous = { n: 1, total: 1, start: 0, end: 10, firing: "onTime" };
    expect(openTumblingFact(program, state, at(15), at(9))).toEqual({
      n: 1,
      total: 1,
      start: 10,
      end: 20,
      firing: "early",
      previous,
    });
    expect(openTumblingEvidence(program, state, at(15))).toEqual({ ids: [12], count: 1 });
  });

  test("of no event has the values of none", () => {
    const state = createTumblingState();
    expect(openTumblingFact(program, state, at(-3), never)).toEqual({
      n: 0,
      total: 0,
      start: -10,
      end: 0,
      firing: "early",
      previous: null,
    });
    expect(openTumblingEvidence(program, state, at(-3))).toEqual({ ids: [], count: 0 });
    expect(state).toEqual(createTumblingState());
  });

  test("is late behind its end, and none once it is gone", () => {
    const state = createTumblingState();
    add(state, 3);
    fireTumbling(program, state, at(9));
    expect(openTumblingFact(program, state, at(3), at(13))?.["firing"]).toBe("late");
    expect(openTumblingFact(program, state, at(3), at(14))).toBeUndefined();
  });
});
