import { describe, expect, test } from "vitest";
import { noteReach, noteVisit } from "../../../src/core/shard/explain-reach.ts";
import type { RuleExplanation } from "../../../src/core/shard/rule-explanation.ts";
import { run, settingsOf } from "./scenario.ts";

const observing = { matches: false, windows: false, late: false, events: false, why: false, explain: "r" };

function told(rule: object, stream: string, outOfOrdernessMs = 0): readonly RuleExplanation[] {
  const settings = { ...settingsOf({ outOfOrdernessMs }), observing };
  const { outputs } = run({ rules: [{ id: "r", ...rule }] }, stream, settings);
  return outputs.flatMap((output) => (output.kind === "explanation" ? [output.explanation] : []));
}

const loop = {
  sequence: [
    { begin: "x", on: ["a"], times: 2 },
    { followedBy: "y", on: ["b"] },
  ],
};

describe("an event's way", () => {
  test("the parts of a key, with their values and errors", () => {
    const key = { who: "lower(user)", side: { each: ["from", "to"] }, kind: { b: "user" } };
    const [reached] = told({ key, conditions: "true" }, "1 a user=3 from=f to=t");
    expect(reached).toMatchObject({
      kind: "reach",
      key: {
        count: 0,
        parts: [
          { name: "who", text: "lower(user)", error: expect.stringContaining("string") },
          { name: "side", text: "from", value: "f" },
          { name: "side", text: "to", value: "t" },
          { name: "kind", error: "no expression for this type of event" },
        ],
      },
    });
  });

  test("a pattern's partial match that has come furthest", () => {
    const visits = told({ patterns: { p: loop } }, "1 a\n2 a\n3 c").flatMap((each) =>
      each.kind === "visit" ? each.patterns : [],
    );
    expect(visits).toMatchObject([
      { isSeen: true, matchCount: 0, partialMatchCount: 1, furthest: { taken: { x: 1 }, waitingFor: ["x"] } },
      { partialMatchCount: 2, furthest: { taken: { x: 2 }, waitingFor: ["y"] } },
      { isSeen: true, matchCount: 0 },
    ]);
  });

  test("an event that waits for the watermark is told of once, when the rule takes it", () => {
    const ordered = {
      windows: { w: { type: "sliding", size: "10ms", aggregate: { n: "count" } } },
      conditions: "w.n > 1",
    };
    const kinds = told(ordered, "5 a\n3 a\nend", 5).map(({ kind, event }) => `${kind} ${String(event)}`);
    expect(kinds).toEqual(["reach 1", "visit 1", "evaluation 1", "reach 0", "visit 0", "evaluation 0"]);
    expect(told({ conditions: "true" }, "5 a\n3 a\nend", 5).map(({ kind }) => kind)).toHaveLength(6);
  });

  test("nothing of a rule that is not there, nor where nobody asks", () => {
    const settings = { ...settingsOf(), observing: { ...observing, explain: undefined } };
    const { shard } = run({ rules: [{ id: "r", conditions: "true" }] }, "1 a", settings);
    const event = {
      position: { source: "s", sequence: 0, index: 0 },
      id: 0,
      type: "a",
      time: shard.timeReached,
      source: "s",
      fields: {},
    };
    const place = { dimension: 0, keyString: "", values: [], key: {} };
    expect(noteReach(shard, event, "on-time", [])).toBeUndefined();
    const outputs: [] = [];
    const visited = { rule: shard.plan.rules[0], place, placed: { windows: new Map(), patterns: new Map() } };
    noteVisit(shard, event, visited, true, outputs);
    expect(outputs).toEqual([]);
  });

  test("names: those that lead to the conditions, and no others", () => {
    const rule = {
      windows: {
        w: { type: "sliding", size: "10ms", aggregate: { n: "count" } },
        other: { type: "sliding", size: "1ms" },
      },
      let: { twice: "w.n * 2", unused: "1 + 1" },
      conditions: "twice > 9",
    };
    const evaluation = told(rule, "1 a").find(({ kind }) => kind === "evaluation");
    expect(evaluation?.kind === "evaluation" ? evaluation.names : undefined).toMatchObject({
      twice: { kind: "let", text: "w.n * 2", value: 2, values: [{ text: "w.n", value: 1 }] },
      w: { kind: "window", type: "sliding", sizeMs: 10, eventCount: 1, value: { n: 1 } },
    });
    expect(Object.keys(evaluation?.kind === "evaluation" ? evaluation.names : {})).toEqual(["twice", "w"]);
  });
});
