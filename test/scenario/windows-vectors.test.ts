import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/core/base/json.ts";
import { isJsonObject } from "../../src/core/base/json.ts";
import { replayFile } from "./replay-lines.ts";

const file = new URL("../../../shared/vectors/windows-sample.json", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "tocsin-windows-"));
afterAll(() => rmSync(folder, { recursive: true }));

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function idOf({ id }: JsonObject): string {
  return typeof id === "string" ? id : "";
}

function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The window of a vector as a rule's document has it. */
function windowOf(vector: JsonObject): JsonObject {
  const window = isJsonObject(vector["window"]) ? vector["window"] : {};
  const ms = (name: string) => `${Number(window[name])}ms`;
  const aggregate = Object.fromEntries(
    texts(vector["aggregates"]).map((name) => [name, name === "count" ? "count" : { [name]: "value" }]),
  );
  const common = { aggregate, allowedLateness: `${Number(vector["allowedLateness"] ?? 0)}ms` };
  // An offset below zero is the same as one a period later.
  const period = Number(window["slide"] ?? window["size"]);
  const offset = `${((Number(window["offset"] ?? 0) % period) + period) % period}ms`;
  switch (window["kind"]) {
    case "hopping":
      return { type: "hopping", size: ms("size"), every: ms("slide"), offset, ...common };
    case "cumulative":
      return { type: "cumulative", size: ms("size"), step: ms("step"), offset, ...common };
    case "calendar":
      return { type: "calendar", unit: window["unit"] ?? "day", timeZone: window["timeZone"] ?? "UTC", ...common };
    case "session":
      return { type: "session", gap: ms("gap"), ...common };
    case "count":
      return { type: "count", size: Number(window["size"]), aggregate };
    case "sliding":
      return { type: "sliding", size: ms("size"), aggregate };
    default:
      return { type: "tumbling", size: ms("size"), offset, ...common };
  }
}

/** Rows as text, so that the order of members and lines does not matter. */
function rowText(vector: JsonObject, row: JsonObject): string {
  return JSON.stringify(["key", "start", "end", ...texts(vector["aggregates"])].map((name) => row[name] ?? null));
}

async function played(
  vector: JsonObject,
): Promise<{ readonly rows: readonly string[]; readonly late: readonly number[] }> {
  const events = join(folder, `${idOf(vector)}.ndjson`);
  const rules = join(folder, `${idOf(vector)}.json`);
  const lines = objects(vector["events"]).map((event, index) =>
    JSON.stringify({ id: `${index}`, type: "e", ...event }),
  );
  writeFileSync(events, `${lines.join("\n")}\n`);
  const kind = isJsonObject(vector["window"]) ? vector["window"]["kind"] : "";
  const rule = {
    id: "r",
    on: ["e"],
    key: ["key"],
    windows: { w: windowOf(vector) },
    evaluate: kind === "sliding" ? "event" : "window:w",
    conditions: { all: [{ fact: "w", path: "$.start", operator: "lessThan", value: 8.64e15 }] },
    alert: false,
  };
  writeFileSync(rules, JSON.stringify(rule));
  const delay = isJsonObject(vector["watermark"]) ? Number(vector["watermark"]["delay"]) : 0;
  const ran = await replayFile({
    events,
    rules: [rules],
    patterns: [],
    emit: new Set(["windows", "late"]),
    timeField: "ts",
    outOfOrderness: `${delay}ms`,
  });
  expect([ran.status, ran.err, ran.out.split("\n")[0]]).toEqual([0, "", expect.anything()]);
  const told = ran.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): JsonObject => JSON.parse(line));
  const rows = told
    .filter((line) => line["kind"] === "window")
    .map((line) => {
      const key = isJsonObject(line["key"]) ? line["key"]["key"] : null;
      const values = isJsonObject(line["values"]) ? line["values"] : {};
      return rowText(vector, { ...values, key: key ?? null, start: line["start"] ?? null, end: line["end"] ?? null });
    });
  const late = told.filter((line) => line["kind"] === "late").map((line) => Number(line["event"]));
  return { rows: rows.sort(), late: late.sort((a, b) => a - b) };
}

describe.skipIf(!existsSync(file))("window vectors through replay (only where ../shared is)", () => {
  const document: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const vectors = isJsonObject(document) ? objects(document["vectors"]) : [];
  // Replay always ends its input, so only vectors that do so can be held against it.
  const whole = vectors.filter((vector) => vector["endOfInput"] === true);

  test.each(whole.map((vector) => [idOf(vector), vector] as const))("%s", async (_id, vector) => {
    const { rows, late } = await played(vector);
    const isSliding = isJsonObject(vector["window"]) && vector["window"]["kind"] === "sliding";
    const expected = objects(vector[isSliding ? "expected" : "firings"]).map((row) => rowText(vector, row));
    expect(rows).toEqual(expected.sort());
    expect(late).toEqual(vector["droppedEvents"] ?? []);
  });
});
