import { expect, test } from "vitest";
import { explainedNames } from "../../../src/core/shard/explained-names.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { run } from "./scenario.ts";

test("names behind the conditions, through let and look-ups; others not", () => {
  const rule = {
    id: "r",
    lookup: {
      account: { table: "accounts", key: "user" },
      bank: { table: "banks", key: "account.bank" },
      unused: { table: "banks", key: "user" },
    },
    let: { country: "bank.country", unread: "1 + 1" },
    conditions: "country == 'NL'",
  };
  const lists = [
    { id: "accounts", members: [{ member: "ann", bank: "b1" }] },
    { id: "banks", members: [{ member: "b1", country: "NL" }] },
  ];
  const { shard } = run({ rules: [rule], lists }, "1 a user=ann");
  const [node] = shard.plan.rules;
  if (node === undefined) throw new Error("there is a rule");
  const place = { dimension: node.dimension, keyString: "", values: [], key: {} };
  const because = { kind: "event", ordinal: 0 } as const;
  const { event, prev, now } = shard.scope;
  const history = { prev, since: eventTimeMs(now) };
  const names = explainedNames(shard, { rule: node, place, at: shard.timeReached, event, history, because });
  expect(names).toMatchObject({
    country: { kind: "let", text: "bank.country", value: "NL" },
    bank: { kind: "lookup", table: "banks", key: { value: "b1" }, value: { country: "NL" } },
    account: { kind: "lookup", table: "accounts", key: { text: "user", value: "ann" }, value: { bank: "b1" } },
  });
  expect(Object.keys(names)).toEqual(["country", "bank", "account"]);
});
