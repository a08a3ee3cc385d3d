import { expect, test } from "vitest";
import { draftsOf, play, run, textOf } from "./scenario.ts";
import type { Row } from "./scenario.ts";

const blocked = { id: "blocked", members: ["bad"], ttl: "10ms" };
const accounts = {
  id: "accounts",
  fields: ["level", "bank"],
  members: [{ member: "ann", level: 3, bank: "b1" }],
  feed: { on: ["account"], member: "id", fields: { level: "level", bank: "bank" } },
};
const banks = { id: "banks", members: [{ member: "b1", country: "NL" }] };
const inBlocked = { all: [{ fact: "u", operator: "inList", value: "blocked" }] };

const rows: readonly Row[] = [
  {
    why: "a member of the document is in the list",
    lists: [blocked],
    rules: [{ id: "r", conditions: inBlocked }],
    stream: `
      1 a u=bad => alert r {} @1
      2 a u=good`,
  },
  {
    why: "a change applies to what comes after the event, for every rule; its time runs in log time",
    lists: [blocked],
    rules: [
      {
        id: "add",
        priority: 9,
        on: ["fail"],
        conditions: "true",
        alert: false,
        lists: [{ add: "blocked", member: "u" }],
      },
      { id: "see", conditions: "inList(u, 'blocked')" },
    ],
    stream: `
      1 fail u=x
      2 a u=x => alert see {} @2
      10 a u=x => alert see {} @10
      11 a u=x
      12 fail u=x
      13 fail u=x => alert see {} @13
      22 a u=x => alert see {} @22
      23 a u=x`,
  },
  {
    why: "log time is the message's where it has a stamp: event time makes nothing run out",
    lists: [blocked],
    rules: [
      {
        id: "add",
        on: ["fail"],
        conditions: "true",
        alert: false,
        lists: [{ add: "blocked", member: "u", ttl: "3ms" }],
      },
      { id: "see", on: ["a"], conditions: "inList(u, 'blocked')" },
    ],
    stream: `
      1 fail ^100 u=x
      500 a ^102 u=x => alert see {} @500
      501 a ^103 u=x`,
  },
  {
    why: "a tick makes members run out",
    lists: [blocked],
    rules: [
      { id: "add", on: ["fail"], conditions: "true", alert: false, lists: [{ add: "blocked", member: "u" }] },
      { id: "see", on: ["a"], conditions: "inList(u, 'blocked')" },
    ],
    stream: `
      1 fail ^100 u=x
      tick 110
      2 a ^105 u=x`,
  },
  {
    why: "removing hides a member of the document, adding brings it back",
    lists: [{ ...blocked, ttl: undefined }],
    rules: [
      { id: "del", on: ["clear"], conditions: "true", alert: false, lists: [{ remove: "blocked", member: "u" }] },
      { id: "add", on: ["fail"], conditions: "true", alert: false, lists: [{ add: "blocked", member: "u" }] },
      { id: "see", on: ["a"], conditions: inBlocked },
    ],
    stream: `
      1 a u=bad => alert see {} @1
      2 clear u=bad
      3 a u=bad
      4 fail u=bad
      5 a u=bad => alert see {} @5`,
  },
  {
    why: "list actions are not throttled, and wait for nothing but the conditions",
    lists: [{ id: "seen" }],
    rules: [
      { id: "r", on: ["a"], conditions: "v > 1", alert: { throttle: "1h" }, lists: [{ add: "seen", member: "v" }] },
      { id: "see", on: ["b"], conditions: { all: [{ fact: "v", operator: "inList", value: "seen" }] } },
    ],
    stream: `
      1 a v=1
      2 a v=2 => alert r {} @2
      3 a v=3
      4 b v=1
      5 b v=2 => alert see {} @5
      6 b v=3 => alert see {} @6`,
  },
  {
    why: "a feed keeps the last value, for what comes after its event; look-ups read each other",
    lists: [accounts, banks],
    rules: [
      {
        id: "r",
        lookup: { bank: { table: "banks", key: "account.bank" }, account: { table: "accounts", key: "id" } },
        conditions: "account.level > 2 && (bank == null || bank.country == 'NL')",
      },
    ],
    stream: `
      1 a id=ann => alert r {} @1
      2 account id=bob level=9 bank=b2
      3 a id=bob => alert r {} @3
      4 account id=bob level=1 bank=b2 => alert r {} @4
      5 a id=bob
      6 a id=eve`,
  },
  {
    why: "windows and patterns read look-ups; a rule that looks up nothing else shares no window with one that does",
    lists: [accounts],
    rules: [
      {
        id: "w",
        key: ["id"],
        lookup: { account: { table: "accounts", key: "id" } },
        windows: {
          w: { type: "sliding", size: "1h", where: "account != null && account.level > 2", aggregate: { n: "count" } },
        },
        conditions: "w.n == 2",
      },
      {
        id: "p",
        key: ["id"],
        lookup: { account: { table: "accounts", key: "id" } },
        patterns: {
          p: {
            sequence: [
              { begin: "x", where: "account.level > 2" },
              { next: "y", where: "account.level > 5" },
            ],
          },
        },
      },
    ],
    stream: `
      1 a id=bob
      2 account id=bob level=4
      3 a id=bob => window w.w {'id':'bob'} -3599997..3 n=1 onTime
      4 account id=bob level=9 => window w.w {'id':'bob'} -3599996..4 n=2 onTime; alert w {'id':'bob'} @4
      5 a id=bob => window w.w {'id':'bob'} -3599995..5 n=3 onTime; match p.p {'id':'bob'} x:3 y:4 @5; alert p {'id':'bob'} @5`,
  },
  {
    why: "what a list cannot hold is in none; a fact that is absent is an error, of either form",
    lists: [blocked],
    rules: [
      { id: "json", conditions: { all: [{ fact: "u", operator: "notInList", value: "blocked" }] } },
      { id: "cel", conditions: "notInList(u, 'blocked')" },
      { id: "some", conditions: { all: [{ fact: "u", operator: "someFact:inList", value: "blocked" }] } },
    ],
    stream: `
      1 a u=good => alert cel {} @1; alert json {} @1
      2 a u=true => alert cel {} @2; alert json {} @2
      3 a u=null => alert json {} @3
      4 a v=1
      5 a u=["good","bad"] => alert cel {} @5; alert json {} @5; alert some {} @5`,
  },
  {
    why: "a waiting event is decided by the lists as they are when its turn comes",
    outOfOrdernessMs: 5,
    lists: [{ id: "l", feed: { on: ["feed"], member: "u" } }],
    rules: [
      {
        id: "r",
        on: ["a"],
        windows: { w: { type: "sliding", size: "1ms", aggregate: { n: "count" } } },
        conditions: "inList(u, 'l')",
      },
    ],
    stream: `
      10 a u=x
      11 feed u=x
      30 b => window r.w {} 9..10 n=1 onTime; alert r {} @10`,
  },
];

test.each(rows)("$why", (row) => {
  play(row);
});

test("a shadow rule changes no list", () => {
  const rule = { id: "s", mode: "shadow", conditions: "true", lists: [{ add: "blocked", member: "u" }] };
  expect(run({ lists: [blocked], rules: [rule] }, "1 a u=x").shard.lists.contains("blocked", "x")).toBe(false);
});

test("a member that the list cannot hold is counted as the rule's error, and as the list's own of a feed", () => {
  const net = { id: "net", kind: "cidr", feed: { on: ["b"], member: "ip" } };
  const rule = { id: "r", on: ["a"], conditions: "true", lists: [{ add: "net", member: "ip" }] };
  const { shard } = run({ lists: [net], rules: [rule] }, "1 a ip=x\n2 b ip=true\n3 b ip=null\n4 b ip=10.0.0.1");
  expect([...shard.stats.errors].map(([id, { count }]) => [id, count])).toEqual([
    ["r", 1],
    ["list net", 1],
  ]);
  expect(shard.lists.find("net", "10.0.0.1")).toEqual({ since: 4, expires: null });
});

test("at its limit a list sheds those added longest ago, with an alarm at the first, the tenth, the hundredth", () => {
  const full = { id: "full", maxMembers: 2, feed: { member: "v" } };
  const stream = Array.from({ length: 25 }, (_, v) => `${v} a v=${v}`).join("\n");
  const { shard, outputs } = run({ lists: [full] }, stream);
  expect(outputs.map(textOf)).toEqual([
    "alarm limit-reached: list full has 2 added members, its limit: 1 of those added longest ago were shed so far",
    "alarm limit-reached: list full has 2 added members, its limit: 10 of those added longest ago were shed so far",
  ]);
  expect(shard.stats.listMembersShed).toBe(23);
  expect([22, 23, 24].map((v) => shard.lists.contains("full", v))).toEqual([false, true, true]);
});

test("the facts and the summary's variables have look-ups whole", () => {
  const rule = { id: "r", lookup: { a: { table: "accounts", key: "id" } }, conditions: "a.level > 1" };
  const { outputs } = run({ lists: [accounts], rules: [rule] }, "1 a id=ann");
  const account = { level: 3, bank: "b1", since: null, expires: null };
  const [draft] = draftsOf(outputs);
  expect(draft?.alert.facts).toEqual({ a: account });
  expect(draft?.variables["a"]).toEqual(account);
});
