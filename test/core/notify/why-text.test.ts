import { expect, test } from "vitest";
import type { Why } from "../../../src/core/alert/why.ts";
import type { ExplainedNode } from "../../../src/core/expr/explain/explanation.ts";
import { becauseText, whyLines } from "../../../src/core/notify/why-text.ts";

const leaf = (text: string, factValue: number, result: ExplainedNode["result"] = true): ExplainedNode => ({
  kind: "fact",
  text,
  result,
  pointer: "",
  factValue,
});
const any = (of: readonly ExplainedNode[]): ExplainedNode => ({
  kind: "any",
  text: "any",
  result: true,
  pointer: "",
  of,
});
const because: Why["because"] = { kind: "event", event: "e1" };

const rows: readonly { why: string; of: Why; lines: readonly string[] }[] = [
  {
    why: "conditions that were evaluated, those that do not hold as such",
    of: { because, conditions: any([leaf("a > 1", 2), leaf("b > 1", 0, false), leaf("c > 1", 0, "notEvaluated")]) },
    lines: ["a > 1 (is 2)", "not b > 1 (is 0)"],
  },
  {
    why: "eight of them at most",
    of: { because, conditions: any(Array.from({ length: 10 }, () => leaf("a > 1", 2))) },
    lines: [...Array.from({ length: 8 }, () => "a > 1 (is 2)"), "… 2 more conditions"],
  },
  {
    why: "what had it evaluated, and how names came about",
    of: {
      because: { kind: "window", window: "w", start: 0, end: 10, firing: "late" },
      names: {
        w: { kind: "window", type: "tumbling", sizeMs: 10, eventCount: 1, value: null },
        half: { kind: "let", text: "w.n / 0", error: "division by zero" },
        p: { kind: "pattern", pattern: "p", value: null },
        account: { kind: "lookup", table: "accounts", key: { text: "id", value: "u1" }, value: { level: 2 } },
        bank: { kind: "lookup", table: "banks", key: { text: "'b' + id", value: "bu1" }, value: null },
      },
    },
    lines: [
      "window w [0, 10) fired (late)",
      "w holds 1 event",
      "half = w.n / 0: division by zero",
      'account = accounts["u1"]',
      'bank = banks["bu1"]: not in the table',
    ],
  },
];

test.each(rows)("$why", ({ of, lines }) => {
  expect(whyLines(of)).toEqual(lines);
});

test("a pattern that timed out, and an answer", () => {
  expect(becauseText({ kind: "pattern", pattern: "p", timedOut: true })).toBe("pattern p timed out");
  expect(becauseText({ kind: "answer", event: undefined })).toBe("its asynchronous facts were answered");
});
