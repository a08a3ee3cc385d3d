import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/base/json.ts";
import { explanationLines } from "../../../src/core/expr/explain/explanation-text.ts";
import { whyLines } from "../../../src/core/notify/why-text.ts";
import type { RuleExplanation } from "../../../src/core/shard/rule-explanation.ts";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import type { Answer } from "../../../src/core/shard/journal.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { step } from "../../../src/core/shard/step.ts";
import { eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import { extensionsOf, factOf } from "../expr/extension-fixture.ts";
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

describe("look-ups", () => {
  const accounts = { id: "accounts", members: [{ member: "ann", level: 3 }] };
  const rule = {
    lookup: { account: { table: "accounts", key: "user" } },
    let: { level: "account == null ? 0 : account.level" },
    conditions: "level >= 0",
  };

  test("are told with table, key and fields, also behind a let; or that there is no such member", () => {
    const settings = { ...settingsOf(), observing: { ...observing, why: true, explain: "r" } };
    const { outputs } = run(
      { rules: [{ id: "r", ...rule }], lists: [accounts] },
      "1 a user=ann\n2 a user=eve",
      settings,
    );
    const evaluations = outputs.flatMap((output) =>
      output.kind === "explanation" && output.explanation.kind === "evaluation" ? [output.explanation] : [],
    );
    const lookup = { kind: "lookup", table: "accounts" };
    expect(evaluations.map(({ names }) => names["account"])).toEqual([
      { ...lookup, key: { text: "user", value: "ann" }, value: { level: 3, since: null, expires: null } },
      { ...lookup, key: { text: "user", value: "eve" }, value: null },
    ]);
    expect(draftsOf(outputs).map(({ alert }) => alert.why && whyLines(alert.why).at(-1))).toEqual([
      'account = accounts["ann"]',
      'account = accounts["eve"]: not in the table',
    ]);
  });
});

describe("a rule that waits for an asynchronous fact", () => {
  const extensions = extensionsOf({ facts: [factOf("remote", () => 1, { isAsync: true })] });
  const rule = {
    on: ["e"],
    conditions: {
      all: [
        { fact: "n", operator: "greaterThan", value: 1 },
        { fact: "remote", path: "$.level", operator: "equal", value: "watched" },
      ],
    },
  };

  /** Takes one event, then the answer where something is asked. */
  function decide(n: number, answer: Omit<Answer, "question">) {
    const set = { rules: [{ id: "r", document: rule }], patterns: [], named: [], lists: [] };
    const { plan, faults } = compilePlan(set, { extensions });
    if (plan === undefined) throw new Error(JSON.stringify(faults));
    const shard = new Shard(plan, { ...settingsOf(), observing: { ...observing, why: true, explain: "r" } });
    const outputs: Output[] = [];
    const position = { source: "s", sequence: 0, index: 0 };
    const event = { position, id: "e0", type: "e", time: eventTimeMs(5), source: "s", fields: { n } };
    step(shard, { kind: "message", stampMs: 5, elements: [{ kind: "event", event }] }, outputs);
    for (const question of [...shard.questions.keys()])
      step(shard, { kind: "journal", entry: { kind: "answer", at: logTimeMs(5), question, ...answer } }, outputs);
    const evaluations = outputs.flatMap((output) =>
      output.kind === "explanation" && output.explanation.kind === "evaluation" ? [output.explanation] : [],
    );
    const told = evaluations.map(({ because, fate, conditions }) => ({
      because: because.kind,
      fate,
      lines:
        conditions === undefined
          ? []
          : explanationLines(conditions.condition).map(({ result, text }) => `${result} ${text}`),
      inTheWay: conditions?.inTheWay?.map(({ text }) => text),
    }));
    return { told, alerts: draftsOf(outputs) };
  }
  const valued = (value: JsonValue) => [{ fact: "remote", params: {}, value }];
  const leaf = 'remote.level == "watched"';
  const asked = {
    because: "event",
    fate: "waiting",
    lines: ["notEvaluated all", "true n > 1 (is 2)", `notEvaluated ${leaf} (not evaluated)`],
    inTheWay: undefined,
  };

  test("is told when it asks, and with the facts' values when it is answered; its alert says why", () => {
    const { told, alerts } = decide(2, { holds: true, values: valued({ level: "watched" }) });
    const lines = ["true all", "true n > 1 (is 2)", `true ${leaf} (is "watched")`];
    expect(told).toEqual([asked, { because: "answer", fate: "given", lines, inTheWay: undefined }]);
    const why = alerts[0]?.alert.why;
    expect(why && whyLines(why)).toEqual([
      "its asynchronous facts were answered",
      "n > 1 (is 2)",
      `${leaf} (is "watched")`,
    ]);
  });

  test("that does not hold, by what was answered, by an error, or without asking", () => {
    expect(decide(2, { holds: false, values: valued({ level: "known" }) }).told[1]).toMatchObject({
      fate: "no",
      lines: ["false all", "true n > 1 (is 2)", `false ${leaf} (is "known")`],
      inTheWay: [leaf],
    });
    expect(decide(2, { holds: false, values: [], error: "no answer" }).told[1]).toMatchObject({
      fate: "no",
      lines: ["error all", "true n > 1 (is 2)", `error ${leaf} (error: no answer)`],
    });
    expect(decide(1, { holds: false, values: [] }).told).toEqual([
      {
        because: "event",
        fate: "no",
        lines: ["false all", "false n > 1 (is 1)", `notEvaluated ${leaf} (not evaluated)`],
        inTheWay: ["n > 1"],
      },
    ]);
  });
});
