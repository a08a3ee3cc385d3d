import { describe, expect, test } from "vitest";
import { compileShape } from "../../../src/core/window/compile-shape.ts";
import { readDuration, readPositiveDuration } from "../../../src/core/window/read-duration.ts";
import type { WindowShape } from "../../../src/core/window/window-program.ts";
import type { Fault } from "../../../src/core/base/fault.ts";
import type { WindowDocument } from "../../../src/spec/window.ts";
import { testContext } from "./window-kit.ts";

describe("the times of a window", () => {
  test.each<{ document: WindowDocument; shape: object }>([
    {
      document: { type: "sliding", size: "10m" },
      shape: { kind: "sliding", sizeMs: 600_000, resolutionMs: undefined },
    },
    {
      document: { type: "sliding", size: "10m", resolution: "1m" },
      shape: { kind: "sliding", sizeMs: 600_000, resolutionMs: 60_000 },
    },
    {
      document: { type: "tumbling", size: "1h", offset: "5m" },
      shape: { kind: "tumbling", sizeMs: 3_600_000, offsetMs: 300_000 },
    },
    {
      document: { type: "hopping", size: "2s", every: "1s" },
      shape: { kind: "hopping", sizeMs: 2_000, everyMs: 1_000, offsetMs: 0 },
    },
    {
      document: { type: "cumulative", size: "4s", step: "2s" },
      shape: { kind: "cumulative", sizeMs: 4_000, stepMs: 2_000, offsetMs: 0 },
    },
    { document: { type: "calendar", unit: "week" }, shape: { kind: "calendar", unit: "week", timeZone: "UTC" } },
    {
      document: { type: "session", gap: "5s", maxSize: "1m" },
      shape: { kind: "session", gap: { kind: "fixed", gapMs: 5_000 }, sizeMsMax: 60_000 },
    },
    { document: { type: "count", size: 5 }, shape: { kind: "count", size: 5, every: 5 } },
    { document: { type: "count", size: 5, every: 2 }, shape: { kind: "count", size: 5, every: 2 } },
    { document: { type: "global", ttl: "1d", trigger: { count: 1 } }, shape: { kind: "global", ttlMs: 86_400_000 } },
  ])("$document", ({ document, shape }) => {
    expect(compileShape(document, "/w", testContext)).toEqual({ compiled: shape, faults: [] });
  });

  test("a gap that is no duration is an expression", () => {
    const { compiled } = compileShape({ type: "session", gap: "pause" }, "/w", testContext);
    const shape: WindowShape | undefined = compiled;
    expect(shape?.kind === "session" && shape.gap.kind === "expression" && shape.gap.expression.reads).toEqual([
      "pause",
    ]);
  });

  test.each<{ why: string; document: WindowDocument; pointer: string; code: string }>([
    { why: "no size", document: { type: "tumbling", size: "0s" }, pointer: "/w/size", code: "wrong-value" },
    {
      why: "a resolution beyond the size",
      document: { type: "sliding", size: "1s", resolution: "2s" },
      pointer: "/w/resolution",
      code: "wrong-value",
    },
    {
      why: "a last step that does not end with the window",
      document: { type: "cumulative", size: "5s", step: "2s" },
      pointer: "/w/step",
      code: "wrong-value",
    },
    {
      why: "no such zone",
      document: { type: "calendar", unit: "day", timeZone: "Mars/Base" },
      pointer: "/w/timeZone",
      code: "wrong-value",
    },
    { why: "a gap of nothing", document: { type: "session", gap: "0s" }, pointer: "/w/gap", code: "wrong-value" },
    {
      why: "a gap that does not compile",
      document: { type: "session", gap: "!" },
      pointer: "/w/gap",
      code: "expression",
    },
    {
      why: "a plug-in that is not there",
      document: { type: "plugin", use: "weeks" },
      pointer: "/w/use",
      code: "unknown-name",
    },
  ])("$why is a fault", ({ document, pointer, code }) => {
    const { faults } = compileShape(document, "/w", testContext);
    expect(faults).toEqual([expect.objectContaining({ pointer, code, severity: "error" })]);
  });
});

test("durations: what is none, and what may not be 0, is a fault where it stands", () => {
  const faults: Fault[] = [];
  expect([readDuration("5m", "/a", faults), readPositiveDuration("5m", "/a", "why", faults)]).toEqual([
    300_000, 300_000,
  ]);
  expect(faults).toEqual([]);
  readDuration("soon", "/b", faults);
  readPositiveDuration("0s", "/c", "It is empty", faults);
  expect(faults.map(({ pointer, message }) => `${pointer} ${message.slice(0, 11)}`)).toEqual([
    '/b "soon" is n',
    "/c It is empty",
  ]);
});
