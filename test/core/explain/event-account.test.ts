import { describe, expect, test } from "vitest";
import { EventAccounts } from "../../../src/core/explain/event-account.ts";
import type { EvaluationExplanation, RuleExplanation } from "../../../src/core/shard/rule-explanation.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const reach = (event: string | number, time: number): RuleExplanation => ({
  kind: "reach",
  rule: "r",
  event,
  type: "a",
  time: eventTimeMs(time),
  isLate: false,
  isOrdered: false,
  on: [">"],
  fitsType: true,
});
const visit = (event: string | number, user: string): RuleExplanation => ({
  kind: "visit",
  rule: "r",
  event,
  key: { user },
  isEvaluated: true,
  windows: [],
  patterns: [],
});
const evaluation = (event: string | number | undefined, user: string, at: number): EvaluationExplanation => ({
  kind: "evaluation",
  rule: "r",
  event,
  key: { user },
  at: eventTimeMs(at),
  because: { kind: "event", event },
  names: {},
  fate: "no",
  scope: emptyScope(),
});

/** The account of one event in a run: its evaluations by their times. */
function accountOf(wanted: string | undefined, explanations: readonly RuleExplanation[]) {
  const accounts = new EventAccounts(wanted);
  for (const explanation of explanations) accounts.add(explanation);
  const account = accounts.account();
  return account === undefined
    ? undefined
    : [account.reach.event, account.visits.length, account.evaluations.map(({ at }) => at), account.isLater];
}

const story = [
  reach("e1", 1),
  visit("e1", "u"),
  evaluation("e1", "u", 1),
  reach("e2", 2),
  visit("e2", "v"),
  evaluation(undefined, "u", 9),
  evaluation(undefined, "v", 10),
  evaluation(undefined, "v", 20),
];

describe("the account of an event", () => {
  test.each([
    {
      why: "the last event; it caused none, so the next of its key",
      wanted: undefined,
      account: ["e2", 1, [10], true],
    },
    { why: "an event that caused one keeps to it", wanted: "e1", account: ["e1", 1, [1], false] },
    { why: "no such event", wanted: "e9", account: undefined },
  ])("$why", ({ wanted, account }) => {
    expect(accountOf(wanted, story)).toEqual(account);
  });

  test("of several events of one name the last, and a number by its text", () => {
    const twice = [...story, reach(7, 30), visit(7, "u"), evaluation(7, "u", 30), reach(7, 40)];
    expect(accountOf("7", twice)).toEqual([7, 0, [], false]);
  });

  test("an event under two keys has both of its evaluations", () => {
    const both = [reach("e", 1), visit("e", "u"), visit("e", "v"), evaluation("e", "u", 1), evaluation("e", "v", 1)];
    expect(accountOf("e", both)).toEqual(["e", 2, [1, 1], false]);
  });
});

test("an answer stands in the place of the evaluation that waited for it, and nowhere else", () => {
  const waiting = { ...evaluation("e1", "u", 1), fate: "waiting" } as const;
  const answered = (event: string, user: string): RuleExplanation => ({
    ...evaluation(event, user, 1),
    because: { kind: "answer", event },
  });
  const accounts = new EventAccounts("e1");
  for (const told of [reach("e1", 1), visit("e1", "u"), waiting, answered("e1", "v"), answered("e1", "u")])
    accounts.add(told);
  accounts.add(answered("e0", "u"));
  expect(accounts.account()?.evaluations).toEqual([answered("e1", "u")]);
});
