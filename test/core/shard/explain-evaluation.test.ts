import { describe, expect, test } from "vitest";
import { explanationLines } from "../../../src/core/expr/explanation-text.ts";
import { whyLines } from "../../../src/core/notify/why-text.ts";
import type { RuleExplanation } from "../../../src/core/shard/rule-explanation.ts";
import { type Documents, draftsOf, run, settingsOf } from "./scenario.ts";

const sliding = { type: "sliding", size: "10ms", aggregate: { n: "count" } };
const tumbling = { ...sliding, type: "tumbling" };
const pair = {
  sequence: [
    { begin: "x", on: ["a"] },
    { followedBy: "y", on: ["b"] },
  ],
};

const observing = { matches: false, windows: false, late: false, events: false };

/** The `why` of each alert, as a notification tells it. */
function whys(documents: Documents, stream: string): readonly (readonly string[])[] {
  const settings = { ...settingsOf(), observing: { ...observing, why: true, explain: undefined } };
  return draftsOf(run(documents, stream, settings).outputs).map(({ alert }) =>
    alert.why === undefined ? [] : whyLines(alert.why),
  );
}

function told(rule: object, stream: string): readonly RuleExplanation[] {
  const settings = { ...settingsOf(), observing: { ...observing, why: false, explain: "r" } };
  const { outputs } = run(
    {
      rules: [
        { id: "r", ...rule },
        { id: "other", conditions: "true" },
      ],
    },
    stream,
    settings,
  );
  return outputs.flatMap((output) => (output.kind === "explanation" ? [output.explanation] : []));
}

describe("why an alert was given", () => {
  const rows: readonly { why: string; rule: object; stream: string; lines: readonly string[] }[] = [
    {
      why: "conditions with values",
      rule: { conditions: "v > 1 && user == 'eve'" },
      stream: "1 a v=2 user=eve",
      lines: ["v > 1 (v is 2)", `user == 'eve' (user is "eve")`],
    },
    {
      why: "a window behind a let",
      rule: { windows: { w: sliding }, let: { twice: "w.n * 2" }, conditions: "twice == 4" },
      stream: "1 a\n2 a",
      lines: ["twice == 4 (twice is 4)", "twice = w.n * 2 (w.n is 2) = 4", "w holds 2 events"],
    },
    {
      why: "no conditions: the window that fired",
      rule: { windows: { w: tumbling } },
      stream: "1 a\nend",
      lines: ["window w [0, 10) fired", "w holds 1 event"],
    },
    {
      why: "no conditions: the match",
      rule: { patterns: { p: pair } },
      stream: "1 a\n2 b",
      lines: ["pattern p matched", "p took x: 0, y: 1"],
    },
    {
      why: "what a not needs",
      rule: { conditions: { not: { all: [{ fact: "v", operator: "equal", value: 1 }] } } },
      stream: "1 a v=2",
      lines: ["not v == 1 (is 2)"],
    },
  ];

  test.each(rows)("$why", ({ rule, stream, lines }) => {
    expect(whys({ rules: [{ id: "r", ...rule }] }, stream).at(-1)).toEqual(lines);
  });

  test("absent unless asked for; the alert is the same but for it", () => {
    const documents = { rules: [{ id: "r", windows: { w: sliding }, conditions: "w.n == 1" }] };
    const [plain] = draftsOf(run(documents, "1 a").outputs);
    const settings = { ...settingsOf(), observing: { ...observing, why: true, explain: undefined } };
    const [explained] = draftsOf(run(documents, "1 a", settings).outputs);
    expect(plain?.alert).not.toHaveProperty("why");
    const { why, ...rest } = explained?.alert ?? {};
    expect([why !== undefined, rest]).toEqual([true, plain?.alert]);
  });
});

describe("what is told of the one rule that is asked about", () => {
  test("how far each event comes, what it does, what the rule decides", () => {
    const rule = {
      on: ["a"],
      where: "v > 0",
      key: ["user"],
      windows: { w: sliding },
      conditions: "w.n > 1",
      alert: { throttle: "1h" },
    };
    const stream = "1 a v=1 user=u\n2 a v=0 user=u\n3 b v=1 user=u\n4 a v=1\n5 a v=1 user=u\n6 a v=1 user=u";
    const lines = told(rule, stream).map((each) => {
      switch (each.kind) {
        case "reach":
          return `reach ${each.event} ${each.fitsType} ${each.where?.result ?? "-"} ${each.key?.count ?? "-"}`;
        case "visit":
          return `visit ${each.event} ${each.windows.map(({ outcome }) => outcome).join()} ${each.isEvaluated}`;
        case "evaluation":
          return `evaluation ${each.event} ${each.conditions?.result ?? "-"} ${each.fate}`;
      }
    });
    expect(lines).toEqual([
      "reach 0 true true 1",
      "visit 0 added true",
      "evaluation 0 false no",
      "reach 1 true false -",
      "reach 2 false - -",
      "reach 3 true true 0",
      "reach 4 true true 1",
      "visit 4 added true",
      "evaluation 4 true given",
      "reach 5 true true 1",
      "visit 5 added true",
      "evaluation 5 true held",
    ]);
  });

  test("a rule whose conditions the index finds false is told of too", () => {
    const [, , evaluation] = told({ conditions: "v > 5" }, "1 a v=1");
    expect(evaluation).toMatchObject({ kind: "evaluation", fate: "no", conditions: { inTheWay: [{ text: "v > 5" }] } });
    const tree = evaluation?.kind === "evaluation" ? evaluation.conditions?.condition : undefined;
    expect(tree === undefined ? [] : explanationLines(tree)).toEqual([
      { depth: 0, result: false, text: "v > 5 (v is 1)" },
    ]);
  });
});
