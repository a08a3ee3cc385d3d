import { describe, expect, test } from "vitest";
import { compileTrigger } from "../../../src/core/window/compile-trigger.ts";
import { compileWindow } from "../../../src/core/window/compile-window.ts";
import type { TriggerDocument, WindowDocument } from "../../../src/spec/window.ts";
import { testContext } from "./window-kit.ts";

describe("a trigger", () => {
  test.each<{ document: TriggerDocument; root: object; isPurging: boolean }>([
    { document: { on: "watermark" }, root: { kind: "watermark" }, isPurging: false },
    { document: { count: 3, purge: true }, root: { kind: "count", count: 3 }, isPurging: true },
    { document: { every: "1m" }, root: { kind: "every", everyMs: 60_000 }, isPurging: false },
    {
      document: { everyLogTime: "1s", purge: false },
      root: { kind: "every-log-time", everyMs: 1_000 },
      isPurging: false,
    },
    {
      document: { any: [{ count: 1 }, { on: "watermark" }] },
      root: { kind: "any", of: [{ kind: "count", count: 1 }, { kind: "watermark" }] },
      isPurging: false,
    },
    {
      document: { all: [{ count: 1 }, { every: "1s" }] },
      root: {
        kind: "all",
        of: [
          { kind: "count", count: 1 },
          { kind: "every", everyMs: 1_000 },
        ],
      },
      isPurging: false,
    },
  ])("$document", ({ document, root, isPurging }) => {
    expect(compileTrigger(document, "/t", testContext, [])).toEqual({ compiled: { root, isPurging }, faults: [] });
  });

  test("when is a condition", () => {
    const { compiled } = compileTrigger({ when: "flag" }, "/t", testContext, []);
    expect(compiled?.root.kind === "when" && compiled.root.condition.reads).toEqual(["flag"]);
  });

  test.each<{ why: string; document: TriggerDocument; pointer: string; code: string }>([
    { why: "a period of nothing", document: { every: "0s" }, pointer: "/t/every", code: "wrong-value" },
    {
      why: "within any",
      document: { any: [{ count: 1 }, { everyLogTime: "0s" }] },
      pointer: "/t/any/1/everyLogTime",
      code: "wrong-value",
    },
    { why: "a condition that does not compile", document: { when: "!" }, pointer: "/t/when", code: "expression" },
    { why: "a plug-in that is not there", document: { use: "mine" }, pointer: "/t/use", code: "unknown-name" },
  ])("$why is a fault", ({ document, pointer, code }) => {
    expect(compileTrigger(document, "/t", testContext, []).faults).toEqual([
      expect.objectContaining({ pointer, code, severity: "error" }),
    ]);
  });

  test.each<{ why: string; document: WindowDocument; pointer: string }>([
    {
      why: "not beside ago",
      document: { type: "tumbling", size: "1h", ago: "1m", trigger: { count: 1 } },
      pointer: "/w/ago",
    },
    {
      why: "not where an event is in very many windows",
      document: { type: "hopping", size: "1h", every: "1s", trigger: { count: 1 } },
      pointer: "/w/trigger",
    },
  ])("$why", ({ document, pointer }) => {
    const { compiled, faults } = compileWindow(document, "/w", testContext);
    expect(compiled).toBeUndefined();
    expect(faults).toEqual([expect.objectContaining({ pointer, code: "wrong-value" })]);
  });
});
