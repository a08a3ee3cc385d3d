// Matcher tests as text: a line an event, and beside it the matches that it fires.
import { expect } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import { compileCondition } from "../../../src/core/expr/compile-condition.ts";
import type { Compiling } from "../../../src/core/expr/context.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { advanceTime } from "../../../src/core/pattern/advance-time.ts";
import { compilePattern } from "../../../src/core/pattern/compile-pattern.ts";
import type { Match } from "../../../src/core/pattern/match.ts";
import { offerEvent } from "../../../src/core/pattern/matcher.ts";
import { newPatternState, type PatternState } from "../../../src/core/pattern/partial-match.ts";
import type { PatternProgram } from "../../../src/core/pattern/pattern-program.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { inlinePatternSchema, type InlinePatternDocument, type StepDocument } from "../../../src/spec/pattern.ts";
import { restored } from "./flink-vector.ts";

export type { StepDocument };

/** A row of a table of scenarios. */
export interface Row {
  readonly why: string;
  readonly pattern: InlinePatternDocument;
  /**
   * Lines `NAME [@TIME] [FIELD=VALUE]... [=> OUTCOME; OUTCOME…]`. An event's type is its name without the number; its time
   * is 1 ms behind the line before, where none is given. `time` in place of a name only moves the time. An outcome is the
   * events taken, `{a1 b1}`, with ` at TIME` where time brought it, and ` timed out`; or `shed N`; or `error in STEP`.
   */
  readonly stream: string;
}

export function compiling(pattern: InlinePatternDocument): Compiling<PatternProgram> {
  return compilePattern(pattern, "", {
    names: eventNames(),
    firstSlot: 0,
    conditions: (document, pointer, names) =>
      compileCondition(document, pointer, {
        names,
        named: new Map(),
        allowUndefinedFacts: false,
        allowUndefinedConditions: false,
      }),
  });
}

export function programOf(pattern: InlinePatternDocument): PatternProgram {
  const { compiled, faults } = compiling(inlinePatternSchema.parse(pattern));
  if (compiled === undefined) throw new Error(JSON.stringify(faults, null, 2));
  return compiled;
}

/** Plays a row twice: in one go, and stopped and restored before each line. */
export function play({ pattern, stream }: Row): void {
  const program = programOf(pattern);
  const lines = stream
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "");
  expect(playLines(program, lines, (state) => state)).toEqual(lines);
  expect(playLines(program, lines, (state) => restored(program, state))).toEqual(lines);
}

function playLines(
  program: PatternProgram,
  lines: readonly string[],
  between: (state: PatternState) => PatternState,
): string[] {
  let state = newPatternState();
  let time = 0;
  let outcomes: string[] = [];
  const sink = {
    match: (match: Match) => outcomes.push(textOf(match)),
    error: (_: unknown, step: string) => outcomes.push(`error in ${step}`),
    shed: (count: number) => outcomes.push(`shed ${count}`),
  };
  const scope = emptyScope();
  return lines.map((line, index) => {
    const [head = ""] = line.split(" =>");
    const at = /@(\d+)/.exec(head)?.[1];
    time = at === undefined ? time + 1 : Number(at);
    outcomes = [];
    state = between(state);
    if (head.startsWith("time")) advanceTime(program, state, eventTimeMs(time), scope, sink);
    else offerEvent(program, state, eventOf(head, index, time), scope, sink);
    return outcomes.length === 0 ? head : `${head} => ${outcomes.join("; ")}`;
  });
}

function textOf({ steps, time, deadline, timedOut }: Match): string {
  const ids = [...steps.values()].flat().map(({ id }) => id);
  return `{${ids.join(" ")}}${deadline === undefined ? "" : ` at ${time}`}${timedOut ? " timed out" : ""}`;
}

export function eventOf(text: string, index: number, time: number): TocsinEvent {
  const [id = "", ...rest] = text.split(" ");
  const fields: Record<string, JsonValue> = { name: id };
  for (const [, field = "", value = ""] of rest.map((part) => /^(\w+)=(.*)$/.exec(part) ?? [])) {
    if (field !== "") fields[field] = Number.isNaN(Number(value)) ? value : Number(value);
  }
  const type = id.replace(/\d+$/, "");
  return {
    position: { source: "test", sequence: index, index: 0 },
    id,
    type,
    time: eventTimeMs(time),
    source: "test",
    fields,
  };
}
