import { describe, expect, test } from "vitest";
import { compileAggregate } from "../../../src/core/window/compile-aggregate.ts";
import { compileWindow } from "../../../src/core/window/compile-window.ts";
import { fixedMembers } from "../../../src/core/window/window-program.ts";
import type { AggregateDocument, WindowDocument } from "../../../src/spec/window.ts";
import { testContext } from "./window-kit.ts";

const at = "/windows/burst";

describe("a window's document", () => {
  test("of a sliding window becomes a program", () => {
    const { compiled, faults } = compileWindow(
      {
        type: "sliding",
        size: "10m",
        where: "card",
        aggregate: { n: "count", sum: { sum: "x", where: "card" }, d: { distinct: "y" } },
      },
      at,
      testContext,
    );
    expect(faults).toEqual([]);
    expect(compiled).toMatchObject({
      shape: { kind: "sliding", sizeMs: 600_000, resolutionMs: undefined },
      aggregateNames: ["d", "n", "sum"],
      reads: ["card", "y", "x"],
    });
    expect(compiled?.members).toEqual(["d", "n", "sum", "start", "end", "firing", "previous"]);
    expect(compiled?.where?.reads).toEqual(["card"]);
  });

  test("gives equal programs in whatever order its aggregates are written, for their states are one", () => {
    const one = compileWindow(
      { type: "sliding", size: "1m", aggregate: { n: "count", d: { distinct: "y" } } },
      at,
      testContext,
    );
    const other = compileWindow(
      { type: "sliding", size: "1m", aggregate: { d: { distinct: "y" }, n: "count" } },
      at,
      testContext,
    );
    expect(one.compiled?.aggregates.map(({ kind }) => kind)).toEqual(
      other.compiled?.aggregates.map(({ kind }) => kind),
    );
  });

  test("of a tumbling window becomes one, without offset and lateness unless it says so", () => {
    const { compiled } = compileWindow({ type: "tumbling", size: "1h" }, at, testContext);
    expect(compiled).toMatchObject({
      shape: { kind: "tumbling", sizeMs: 3_600_000, offsetMs: 0 },
      allowedLatenessMs: 0,
      aggregates: [],
      reads: [],
      where: undefined,
    });
    const { compiled: full } = compileWindow(
      { type: "tumbling", size: "1h", offset: "1d", allowedLateness: "PT5M", where: null },
      at,
      testContext,
    );
    expect(full).toMatchObject({ shape: { offsetMs: 86_400_000 }, allowedLatenessMs: 300_000, where: undefined });
  });

  test.each<{ why: string; document: WindowDocument; faults: readonly object[] }>([
    {
      why: "a size that holds nothing",
      document: { type: "sliding", size: "0s" },
      faults: [{ pointer: `${at}/size`, code: "wrong-value", severity: "error" }],
    },
    {
      why: "durations that are none, each where it stands",
      document: { type: "tumbling", size: "30m1h", offset: "0.5ms", allowedLateness: "10" },
      faults: ["size", "offset", "allowedLateness"].map((key) => ({
        pointer: `${at}/${key}`,
        code: "wrong-value",
        severity: "error",
      })),
    },
    {
      why: "aggregates that are called as what every window has",
      document: {
        type: "sliding",
        size: "1s",
        aggregate: { start: "count", end: "count", firing: "count", previous: "count", n: "count" },
      },
      faults: fixedMembers.map((name) => ({
        pointer: `${at}/aggregate/${name}`,
        atKey: true,
        code: "duplicate",
        severity: "error",
      })),
    },
    {
      why: "a name that is no member of an object",
      document: { type: "sliding", size: "1s", aggregate: Object.fromEntries([["__proto__", "count" as const]]) },
      faults: [{ pointer: `${at}/aggregate/__proto__`, atKey: true, code: "wrong-value", severity: "error" }],
    },
    {
      why: "conditions and expressions, all in one pass",
      document: {
        type: "tumbling",
        size: "1s",
        where: "!a",
        aggregate: { n: { count: true, where: "!b" }, s: { sum: "!c", where: "!d" } },
      },
      faults: ["where", "aggregate/n/where", "aggregate/s/where", "aggregate/s/sum"].map((key) => ({
        pointer: `${at}/${key}`,
        code: "expression",
      })),
    },
  ])("is refused for $why", ({ document, faults }) => {
    const compiling = compileWindow(document, at, testContext);
    expect(compiling.compiled).toBeUndefined();
    expect(compiling.faults).toMatchObject(faults);
    expect(compiling.faults).toHaveLength(faults.length);
  });

  test("compiles though there is a warning, and passes it on", () => {
    const warning = { pointer: "/x", severity: "warning", code: "unknown-key", message: "unknown" } as const;
    const context = {
      ...testContext,
      conditions: (...given: Parameters<typeof testContext.conditions>) => ({
        ...testContext.conditions(...given),
        faults: [warning],
      }),
    };
    const { compiled, faults } = compileWindow(
      { type: "sliding", size: "1s", where: "a", aggregate: { n: { count: true, where: "b" } } },
      at,
      context,
    );
    expect(compiled?.aggregateNames).toEqual(["n"]);
    expect(faults).toEqual([warning, warning]);
  });
});

describe("an aggregate's document", () => {
  test.each<{
    document: AggregateDocument;
    kind: string;
    of: readonly string[] | undefined;
    where: readonly string[] | undefined;
  }>([
    { document: "count", kind: "count", of: undefined, where: undefined },
    { document: { count: true }, kind: "count", of: undefined, where: undefined },
    { document: { count: true, where: "w" }, kind: "count", of: undefined, where: ["w"] },
    { document: { sum: "x" }, kind: "sum", of: ["x"], where: undefined },
    { document: { avg: "x", where: null }, kind: "avg", of: ["x"], where: undefined },
    { document: { min: "x", where: "w" }, kind: "min", of: ["x"], where: ["w"] },
    { document: { max: "x" }, kind: "max", of: ["x"], where: undefined },
    { document: { distinct: "x" }, kind: "distinct", of: ["x"], where: undefined },
  ])("$document is a $kind", ({ document, kind, of, where }) => {
    const { compiled } = compileAggregate("n", document, at, testContext);
    const reads = compiled !== undefined && "of" in compiled ? compiled.of?.reads : undefined;
    expect([compiled?.name, compiled?.kind, reads, compiled?.where?.reads]).toEqual(["n", kind, of, where]);
  });
});
