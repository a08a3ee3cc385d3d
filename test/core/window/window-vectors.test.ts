import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import { isJsonObject } from "../../../src/core/base/json.ts";
import type { AggregateDocument } from "../../../src/spec/window.ts";
import { type DrivenEvent, driveSliding, driveTumbling } from "./window-driver.ts";
import { slidingProgram, tumblingProgram } from "./window-kit.ts";

const file = new URL("../../../../shared/vectors/windows-sample.json", import.meta.url);

const aggregates: Readonly<Record<string, AggregateDocument>> = {
  count: "count",
  sum: { sum: "value" },
  avg: { avg: "value" },
  min: { min: "value" },
  max: { max: "value" },
  distinct: { distinct: "value" },
};

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly size: number;
  readonly offset: number;
  readonly allowedLateness: number;
  readonly delay: number;
  readonly aggregates: readonly string[];
  readonly isEndOfInput: boolean;
  readonly events: readonly JsonObject[];
  readonly expected: readonly JsonObject[];
  readonly firings: readonly JsonObject[];
  readonly dropped: readonly JsonValue[];
  readonly isRunnable: boolean;
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
  const supported = named.filter((name) => aggregates[name] !== undefined);
  const kind = text(window["kind"]);
  return {
    id: text(vector["id"]),
    kind,
    size: Number(window["size"]),
    offset: Number(window["offset"] ?? 0),
    allowedLateness: Number(vector["allowedLateness"] ?? 0),
    delay: Number(watermark["delay"]),
    aggregates: supported,
    isEndOfInput: vector["endOfInput"] === true,
    events: objects(vector["events"]),
    expected: objects(vector["expected"]),
    firings: objects(vector["firings"]),
    dropped: Array.isArray(vector["droppedEvents"]) ? vector["droppedEvents"] : [],
    isRunnable:
      (kind === "tumbling" || kind === "sliding") &&
      watermark["strategy"] === "boundedOutOfOrderness" &&
      watermark["sources"] === undefined &&
      supported.length > 0,
  };
}

/** One row of a vector, less the aggregates that are not built yet. */
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
  const aggregate = Object.fromEntries(vector.aggregates.map((name) => [name, aggregates[name] ?? "count"]));
  const size = `${vector.size}ms`;
  const rows: { after: number; row: JsonObject }[] = [];
  const dropped: number[] = [];
  const settings = { outOfOrdernessMs: vector.delay, isEndOfInput: vector.isEndOfInput };
  for (const key of new Set(vector.events.map((event) => text(event["key"])))) {
    const events = vector.events.map(
      (event): DrivenEvent => ({ time: Number(event["ts"]), fields: event, isForeign: text(event["key"]) !== key }),
    );
    if (vector.kind === "sliding") {
      const { rows: driven, late } = driveSliding(slidingProgram({ size, aggregate }), events, settings);
      for (const { event, fact } of driven) rows.push({ after: event, row: rowOf(vector, { ...fact, key }) });
      dropped.push(...late);
      continue;
    }
    const program = tumblingProgram({
      size,
      offset: `${vector.offset}ms`,
      allowedLateness: `${vector.allowedLateness}ms`,
      aggregate,
    });
    const { firings, late } = driveTumbling(program, events, settings);
    for (const { at, fired } of firings) {
      rows.push({ after: at, row: rowOf(vector, { ...fired.values, key, start: fired.start, end: fired.end }) });
    }
    dropped.push(...late);
  }
  return { rows, dropped: dropped.sort((a, b) => a - b) };
}

/** The last row of each window, in the order of the vectors. */
function lastRows(rows: readonly JsonObject[]): readonly JsonObject[] {
  const byWindow = new Map(rows.map((row) => [JSON.stringify([row["key"], row["start"]]), row]));
  return [...byWindow.values()].sort(compareRows);
}

function compareRows(a: JsonObject, b: JsonObject): number {
  const byEnd = Number(a["end"]) - Number(b["end"]) || Number(a["start"]) - Number(b["start"]);
  return byEnd || (text(a["key"]) < text(b["key"]) ? -1 : text(a["key"]) > text(b["key"]) ? 1 : 0);
}

describe.skipIf(!existsSync(file))("window vectors in ../shared/vectors (only where that folder is)", () => {
  const document: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const vectors = isJsonObject(document) ? objects(document["vectors"]).map(readVector) : [];
  const runnable = vectors.filter((vector) => vector.isRunnable);

  test("7 of the 20 are of a kind and with aggregates that are built, 13 are skipped", () => {
    expect({ run: runnable.length, skipped: vectors.length - runnable.length }).toEqual({ run: 7, skipped: 13 });
  });

  test.each(runnable.map((vector) => [vector.id, vector] as const))("%s", (_id, vector) => {
    const { rows, dropped } = play(vector);
    expect(dropped).toEqual(vector.dropped);
    const expected = vector.expected.map((row) => rowOf(vector, row));
    if (vector.kind === "sliding") {
      expect(rows.map(({ row }) => row).sort(compareRows)).toEqual(expected);
      return;
    }
    expect(lastRows(rows.map(({ row }) => row))).toEqual(expected);
    const lineOf = (after: JsonValue | undefined, row: JsonObject): string =>
      JSON.stringify([after, rowOf(vector, row)]);
    const emitted = rows.map(({ after, row }) => lineOf(after === vector.events.length ? "end" : after, row));
    expect(emitted.sort()).toEqual(vector.firings.map((row) => lineOf(row["afterEvent"], row)).sort());
  });
});
