import { describe, expect, test } from "vitest";
import type { RuleDocument } from "../../../src/spec/rule.ts";
import { compileRule } from "../../../src/core/rule/compile-rule.ts";
import { longestDurationOf } from "../../../src/core/rule/compile-firing.ts";

function compiled(document: RuleDocument) {
  return compileRule("r", { conditions: "v > 1", ...document }, { patterns: new Map(), named: new Map() });
}

const late: RuleDocument["windows"] = { w: { type: "tumbling", size: "1m", allowedLateness: "10s" } };

describe("when an alert begins and ends", () => {
  test("is nothing to know where no key asks for it", () => {
    expect(compiled({}).compiled?.firing).toBeUndefined();
    expect(compiled({ alert: { resolve: "never", resolveAfter: null }, for: null }).compiled?.firing).toBeUndefined();
  });

  test("comes from for, keepFiringFor, resolve and resolveAfter", () => {
    const document: RuleDocument = {
      for: "5m",
      keepFiringFor: "1m",
      alert: { resolve: "whenFalse", resolveAfter: "1h" },
    };
    expect(compiled(document).compiled?.firing?.program).toEqual({
      forMs: 300_000,
      keepFiringForMs: 60_000,
      resolvesWhenFalse: true,
      isOnChange: true,
      resolveAfterMs: 3_600_000,
      isResolvable: true,
    });
    expect(compiled({ alert: { resolve: "ok == true" } }).compiled?.firing?.resolve?.reads).toEqual(["ok"]);
  });

  test("is known of windows that may fire late, where there is an alert", () => {
    expect(compiled({ windows: late }).compiled?.firing?.lateWindows).toEqual(new Set(["w"]));
    expect(compiled({ windows: late, alert: false, emit: { type: "x" } }).compiled?.firing).toBeUndefined();
  });

  test.each<{ why: string; document: RuleDocument; pointer: string; code: string }>([
    {
      why: "keepFiringFor without an end to delay",
      document: { keepFiringFor: "1m" },
      pointer: "/keepFiringFor",
      code: "wrong-value",
    },
    {
      why: "an end at once",
      document: { alert: { resolveAfter: "0s" } },
      pointer: "/alert/resolveAfter",
      code: "wrong-value",
    },
    {
      why: "a condition that does not compile",
      document: { alert: { resolve: "a ==" } },
      pointer: "/alert/resolve",
      code: "syntax",
    },
    {
      why: "keys without a list that is loaded",
      document: { keys: { list: "jobs" }, key: ["h"] },
      pointer: "/keys/list",
      code: "unknown-name",
    },
    { why: "keys of a key of no part", document: { keys: { list: "jobs" } }, pointer: "/keys", code: "wrong-value" },
  ])("$why is a fault", ({ document, pointer, code }) => {
    const { faults, compiled: program } = compiled(document);
    expect(program).toBeUndefined();
    expect(faults).toContainEqual(expect.objectContaining({ pointer, code, severity: "error" }));
  });
});

test("the longest duration is of all that decides in time, nested ones too", () => {
  expect(longestDurationOf({})).toBe(0);
  expect(longestDurationOf({ evaluate: [{ every: "1m" }], for: "5m", alert: { throttle: "1h" } })).toBe(3_600_000);
  expect(longestDurationOf({ windows: { w: { type: "sliding", size: "2h", ago: "1d" } } })).toBe(86_400_000);
  expect(longestDurationOf({ windows: { g: { type: "global", trigger: { any: [{ every: "3h" }] } } } })).toBe(
    10_800_000,
  );
});
