import { describe, expect, test } from "vitest";
import { linesOf, ndjson, runInMemory } from "./memory-cli.ts";

const burst = `
name: Card testing
on: [payment]
where: amount < 5
key: [card]
windows: {burst: {type: sliding, size: 10m, aggregate: {attempts: count, cards: {distinct: hash}}}}
let: {perCard: burst.attempts / burst.cards}
conditions:
  all:
    - {fact: burst, path: $.attempts, operator: greaterThanInclusive, value: 2}
    - {fact: perCard, operator: greaterThan, value: 1}
alert: {throttle: 1h}
`;
const twice =
  'on: [login]\nkey: [user]\npatterns: {p: {sequence: [{begin: fail, where: "!ok", times: 2}, {followedBy: success, where: ok}]}}\n';
const total =
  "on: [payment]\nkey: [card]\nwindows: {w: {type: tumbling, size: 1m, aggregate: {n: count}}}\nconditions: w.n > 2\n";
const plain = JSON.stringify({
  name: "adult",
  conditions: {
    all: [
      { fact: "age", operator: "greaterThan", value: 17, priority: 2 },
      { fact: "country", operator: "equal", value: "DE" },
    ],
  },
  event: { type: "adult" },
});
const events = ndjson([
  { id: "e0", type: "payment", time: 0, card: "c", hash: "x", amount: 1 },
  { id: "e1", type: "payment", time: 1_000, card: "c", hash: "x", amount: 2 },
  { id: "e2", type: "payment", time: 2_000, card: "c", hash: "y", amount: 2 },
  { id: "e3", type: "payment", time: 3_000, card: "c", hash: "x", amount: 9 },
  { id: "e4", type: "payment", time: 4_000, hash: "x", amount: 2 },
  { id: "e5", type: "login", time: 5_000, user: "u", ok: false },
  { id: "e6", type: "login", time: 6_000, user: "u", ok: false },
  { id: 7, type: "login", time: 7_000, user: "u", ok: true, age: 5 },
]);
const files = {
  "rules/burst.yaml": burst,
  "rules/twice.yaml": twice,
  "rules/total.yaml": total,
  "rules/plain.json": plain,
  "events.ndjson": events,
};

const explain = (...args: readonly string[]) =>
  runInMemory(["explain", ...args, "--event", "events.ndjson"], { files });

describe("what is told of an event", () => {
  const rows: readonly { why: string; args: readonly string[]; told: readonly string[] }[] = [
    {
      why: "it fires: tree, window, let",
      args: ["burst", "--at", "e1"],
      told: [
        "rule burst: Card testing",
        'event "e1", payment, 1970-01-01T00:00:01.000Z',
        "✓ on: payment fits payment",
        "✓ where\n  ✓ amount < 5 (amount is 2)",
        '✓ key: card is "c"',
        "✓ window burst (sliding, 10m): the event is in it; ",
        "✓ holds, and an alert is given, at 1970-01-01T00:00:01.000Z\n  ✓ all\n    ✓ burst.attempts >= 2 (is 2)\n    ✓ perCard > 1 (is 2)\n",
        "  burst: window (sliding, 10m, 2 events) ",
        "  perCard = burst.attempts / burst.cards = 2, where burst.attempts is 2, burst.cards is 1\n",
      ],
    },
    {
      why: "its throttle holds it",
      args: ["burst", "--at", "e2"],
      told: ["✓ holds, and its throttle holds the alert back"],
    },
    {
      why: "it does not hold: what stood in the way",
      args: ["burst", "--at", "e0"],
      told: [
        "✗ does not hold",
        "In the way, the fewest that would have to be otherwise, 2:\n    burst.attempts >= 2 (is 1): is false, and should be true\n    perCard > 1 (is 1): is false, and should be true\n",
      ],
    },
    {
      why: "its where leaves it out",
      args: ["burst", "--at", "e3"],
      told: ["✗ where\n  ✗ amount < 5 (amount is 9)\n"],
    },
    { why: "it has no key", args: ["burst", "--at", "e4"], told: ["✗ key: card is absent"] },
    {
      why: "its type does not fit; the last event where none is named",
      args: ["burst"],
      told: ["event 7, login", "✗ on: login does not fit payment"],
    },
    {
      why: "a pattern on its way, and the match that came of it",
      args: ["twice", "--at", "e6"],
      told: [
        "✗ pattern p: no match ends here; 2 under way\n  furthest: fail: 2; waits for success",
        "this is the next decision under its key:\n✓ pattern p matched",
      ],
    },
    {
      why: "a match, by the number that names its event",
      args: ["twice", "--at", "7"],
      told: [
        "✓ pattern p: a match ends here",
        "✓ pattern p matched; holds, and an alert is given",
        'p: pattern p took {"fail":["e5","e6"],"success":[7]}',
      ],
    },
    {
      why: "a window that closes later",
      args: ["total", "--at", "e0"],
      told: ["this is the next decision under its key:", "✓ window w [0, 60000) fired; holds", "✓ w.n > 2 (w.n is 4)"],
    },
    {
      why: "priorities: what was not evaluated, and an error",
      args: ["plain", "--at", "7"],
      told: [
        '✗ age > 17, priority 2 (is 5)\n    · country == "DE", priority 1 (not evaluated)',
        'country == "DE": error: Undefined fact: country',
      ],
    },
  ];

  test.each(rows)("$why", async ({ args, told }) => {
    const { status, out, err } = await explain(...args);
    expect([status, err]).toEqual([0, ""]);
    for (const part of told) expect(out).toContain(part);
  });

  test("a pattern that no event completes", async () => {
    const stdin = ndjson([{ type: "login", time: 0, user: "u", ok: false }]);
    const { out } = await runInMemory(["explain", "twice", "--event", "-"], { files, stdin });
    expect(out).toContain("✗ not evaluated: the rule decides at a match of p, and none came");
  });

  test("a late event", async () => {
    const late = `${events}${JSON.stringify({ id: "late", type: "payment", time: 10, card: "c", hash: "z", amount: 1 })}\n`;
    const { out } = await runInMemory(["explain", "burst", "--event", "-"], { files, stdin: late });
    expect(out).toContain("✗ window burst (sliding, 10m): the event is too late for it");
    expect(out).toContain("✗ not evaluated: the event is late, behind the watermark");
  });

  test("nothing of an event steers the terminal", async () => {
    const evil = ndjson([{ id: "\u001b[31m", type: "payment", time: 0, card: "\u202e", hash: "x", amount: 1 }]);
    const { out } = await runInMemory(["explain", "burst", "--event", "-"], { files, stdin: evil });
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe("other forms", () => {
  test("every evaluation", async () => {
    const { out } = await explain("burst", "--all");
    expect(out.match(/^event "e\d", /gm)).toEqual(['event "e0", ', 'event "e1", ', 'event "e2", ']);
  });

  test("data", async () => {
    const { out } = await explain("burst", "--at", "e1", "--format", "json");
    expect(linesOf(out)).toMatchObject([
      {
        reach: { event: "e1", fitsType: true, where: { result: true }, key: { count: 1 } },
        visits: [{ windows: [{ name: "burst", outcome: "added" }] }],
        evaluations: [{ fate: "given", because: { kind: "event", event: "e1" }, conditions: { result: true } }],
        isLater: false,
      },
    ]);
  });

  test("json-rules-engine's own result", async () => {
    const stdin = ndjson([{ time: 0, age: 20, country: "FR" }]);
    const args = ["explain", "plain", "--event", "-", "--format", "json-rules-engine"];
    const { status, out } = await runInMemory(args, { files, stdin });
    expect(status).toBe(0);
    expect(linesOf(out)).toEqual([
      {
        conditions: {
          priority: 1,
          all: [
            {
              priority: 2,
              operator: "greaterThan",
              value: 17,
              fact: "age",
              factResult: 20,
              valueResult: 17,
              result: true,
            },
            { operator: "equal", value: "DE", fact: "country", factResult: "FR", valueResult: "DE", result: false },
          ],
        },
        event: { type: "adult" },
        priority: 1,
        name: "adult",
        result: false,
      },
    ]);
  });

  test("a run that json-rules-engine would reject", async () => {
    const stdin = ndjson([{ time: 0, age: 20 }]);
    const args = ["explain", "plain", "--event", "-", "--format", "json-rules-engine"];
    const { status, err } = await runInMemory(args, { files, stdin });
    expect([status, err]).toEqual([
      1,
      "tocsin explain: json-rules-engine would reject the run: Undefined fact: country\n",
    ]);
  });
});

describe("what is refused", () => {
  test.each([
    { why: "a rule that is not there", args: ["brst"], err: 'no rule `brst` is loaded; did you mean "burst"?' },
    { why: "an event that is not there", args: ["burst", "--at", "nowhere"], err: "there is no event nowhere" },
    { why: "a wrong duration", args: ["burst", "--out-of-orderness", "5"], err: "--out-of-orderness 5 is no duration" },
  ])("$why", async ({ args, err }) => {
    const ran = await explain(...args);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain(err);
  });

  test("what is no event is told, with its reason", async () => {
    const { status, err } = await runInMemory(["explain", "burst", "--event", "-"], { files, stdin: '{"amount":1}\n' });
    expect(status).toBe(2);
    expect(err).toMatch(/1 of the lines is no event, such as: .*time/);
    expect(err).toContain("there is no event\n");
  });
});
