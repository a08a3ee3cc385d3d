import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import { isJsonObject } from "../../../src/core/base/json.ts";
import type { AggregateDocument } from "../../../src/spec/window.ts";
import type { WindowDocument } from "../../../src/spec/window.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import type { FiredWindow } from "../../../src/core/window/window-fact.ts";
import { createWindowState } from "../../../src/core/window/window-store.ts";
import { offer, reach } from "./sliced/sliced-driver.ts";
import { storeOf } from "./window-kit.ts";

const file = new URL("../../../../shared/vectors/windows-sample.json", import.meta.url);

const aggregates: Readonly<Record<string, AggregateDocument>> = {
  count: "count",
  sum: { sum: "value" },
  avg: { avg: "value" },
  min: { min: "value" },
  max: { max: "value" },
  distinct: { distinct: "value" },
  first: { first: "value" },
  last: { last: "value" },
  collect: { collect: "value" },
};

interface Vector {
  readonly id: string;
  readonly window: WindowDocument;
  readonly delay: number;
  readonly aggregates: readonly string[];
  readonly isEndOfInput: boolean;
  readonly events: readonly JsonObject[];
  readonly expected: readonly JsonObject[];
  readonly firings: readonly JsonObject[];
  readonly dropped: readonly JsonValue[];
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function readVector(vector: JsonObject): Vector {
  const window = isJsonObject(vector["window"]) ? vector["window"] : {};
  const watermark = isJsonObject(vector["watermark"]) ? vector["watermark"] : {};
  const named = Array.isArray(vector["aggregates"]) ? vector["aggregates"].map(text) : [];
  return {
    id: text(vector["id"]),
    window: documentOf(window, {
      aggregate: Object.fromEntries(named.map((name) => [name, aggregates[name] ?? "count"])),
      allowedLateness: ms(vector["allowedLateness"] ?? 0),
    }),
    delay: Number(watermark["delay"]),
    aggregates: named,
    isEndOfInput: vector["endOfInput"] === true,
    events: objects(vector["events"]),
    expected: objects(vector["expected"]),
    firings: objects(vector["firings"]),
    dropped: Array.isArray(vector["droppedEvents"]) ? vector["droppedEvents"] : [],
  };
}

function ms(value: JsonValue | undefined): string {
  return `${Number(value)}ms`;
}

function documentOf(
  window: JsonObject,
  common: { readonly aggregate: Record<string, AggregateDocument>; readonly allowedLateness: string },
): WindowDocument {
  const size = ms(window["size"]);
  // An offset below zero is the same as one a period later.
  const period = Number(window["slide"] ?? window["size"]);
  const offset = ms(((Number(window["offset"] ?? 0) % period) + period) % period);
  const unit = (["hour", "day", "week", "month"] as const).find((each) => each === window["unit"]);
  switch (window["kind"]) {
    case "hopping":
      return { type: "hopping", size, every: ms(window["slide"]), offset, ...common };
    case "cumulative":
      return { type: "cumulative", size, step: ms(window["step"]), offset, ...common };
    case "calendar":
      return { type: "calendar", unit: unit ?? "day", timeZone: text(window["timeZone"]), ...common };
    case "session":
      return { type: "session", gap: ms(window["gap"]), ...common };
    case "count":
      return { type: "count", size: Number(window["size"]), aggregate: common.aggregate };
    case "sliding":
      return { type: "sliding", size, ...common };
    default:
      return { type: "tumbling", size, offset, ...common };
  }
}

/** One row of a vector. */
function rowOf(vector: Vector, row: JsonObject, extra: readonly string[] = []): JsonObject {
  const names = ["key", "start", "end", ...vector.aggregates, ...extra];
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

interface Played {
  readonly rows: readonly { readonly after: number; readonly row: JsonObject }[];
  readonly dropped: readonly number[];
}

/** Plays each key of the vector alone, with the others' events moving the watermark. */
function play(vector: Vector): Played {
  const rows: { after: number; row: JsonObject }[] = [];
  const dropped: number[] = [];
  for (const key of new Set(vector.events.map((event) => text(event["key"]))))
    (vector.window.type === "sliding" ? playSliding : playKey)(vector, key, { rows, dropped });
  return { rows, dropped: dropped.sort((a, b) => a - b) };
}

interface Notes {
  readonly rows: { after: number; row: JsonObject }[];
  readonly dropped: number[];
}

function playKey(vector: Vector, key: string, { rows, dropped }: Notes): void {
  const state = createWindowState(storeOf([vector.window]));
  const note = (after: number, fired: readonly FiredWindow[]) => {
    for (const { fact } of fired) rows.push({ after, row: rowOf(vector, { ...fact, key }) });
  };
  let watermark = -Infinity;
  for (const [index, fields] of vector.events.entries()) {
    const time = Number(fields["ts"]);
    if (text(fields["key"]) === key) {
      const [outcome] = offer(state, { time, fields }, { watermark, id: index });
      if (outcome?.kind === "late") dropped.push(index);
      if (outcome?.kind === "fired") note(index, outcome.fired);
    }
    watermark = Math.max(watermark, time - vector.delay - 1);
    note(index, reach(state, watermark));
  }
  if (vector.isEndOfInput) note(vector.events.length, reach(state, Infinity));
}

/** Late events out, the others in event-time order as the watermark reaches them. */
function playSliding(vector: Vector, key: string, { rows, dropped }: Notes): void {
  const state = createWindowState(storeOf([vector.window]));
  let watermark = -Infinity;
  const taken: { readonly time: number; readonly fields: JsonObject; readonly index: number }[] = [];
  for (const [index, fields] of vector.events.entries()) {
    const time = Number(fields["ts"]);
    if (text(fields["key"]) === key) {
      if (time <= watermark) dropped.push(index);
      else taken.push({ time, fields, index });
    }
    watermark = Math.max(watermark, time - vector.delay - 1);
  }
  const end = vector.isEndOfInput ? Infinity : watermark;
  for (const { time, fields, index } of taken.sort((a, b) => a.time - b.time || a.index - b.index)) {
    if (time > end) break;
    offer(state, { time, fields }, { watermark: time - 1, id: index });
    const fact = state.fact(0, { at: eventTimeMs(time), watermark: eventTimeMs(time - 1) });
    rows.push({ after: index, row: rowOf(vector, { ...fact, key }) });
  }
}

/** The last row of each window, in the order of the vectors. */
function lastRows(rows: readonly JsonObject[], isMerging: boolean): readonly JsonObject[] {
  const byWindow = new Map(
    rows.map((row) => [JSON.stringify([row["key"], row["start"], isMerging || row["end"]]), row]),
  );
  return [...byWindow.values()].sort(compareRows);
}

function compareRows(a: JsonObject, b: JsonObject): number {
  const byEnd = Number(a["end"]) - Number(b["end"]) || Number(a["start"]) - Number(b["start"]);
  return byEnd || (text(a["key"]) < text(b["key"]) ? -1 : text(a["key"]) > text(b["key"]) ? 1 : 0);
}

describe.skipIf(!existsSync(file))("window vectors in ../shared/vectors (only where that folder is)", () => {
  const document: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const vectors = isJsonObject(document) ? objects(document["vectors"]).map(readVector) : [];

  test.each(vectors.map((vector) => [vector.id, vector] as const))("%s", (_id, vector) => {
    const { rows, dropped } = play(vector);
    expect(dropped).toEqual(vector.dropped);
    const expected = vector.expected.map((row) => rowOf(vector, row));
    if (vector.window.type === "sliding") {
      expect(rows.map(({ row }) => row).sort(compareRows)).toEqual(expected);
      return;
    }
    expect(
      lastRows(
        rows.map(({ row }) => row),
        vector.window.type === "session",
      ),
    ).toEqual(expected);
    const lineOf = (after: JsonValue | undefined, row: JsonObject): string =>
      JSON.stringify([after, rowOf(vector, row)]);
    const emitted = rows.map(({ after, row }) => lineOf(after === vector.events.length ? "end" : after, row));
    expect(emitted.sort()).toEqual(vector.firings.map((row) => lineOf(row["afterEvent"], row)).sort());
  });
});
