import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Engine } from "json-rules-engine";
import type { RuleProperties } from "json-rules-engine";
import { describe, expect, test } from "vitest";
import { followed, readEvents, slidingSums } from "../oracle/shared-data.ts";
import type { Found, PlainEvent } from "../oracle/shared-data.ts";
import { alertsOf, replayFile } from "./replay-lines.ts";
import type { AlertLine } from "./replay-lines.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = `${root}examples`;
const sharedData = `${root}../shared/data`;

/** What stands beside the events of an example. */
function documentsOf(example: string) {
  const here = (folder: string) => [`${examples}/${example}/${folder}`].filter((path) => existsSync(path));
  return { rules: here("rules"), patterns: here("patterns"), lists: here("lists") };
}

/** Every folder of examples/ that has events. */
const replayed = (await readdir(examples)).filter((name) => existsSync(`${examples}/${name}/events.ndjson`));

describe("each example prints what it says", () => {
  test("there are examples", () => {
    expect(replayed).toEqual(expect.arrayContaining(["card-payments", "json-rules-engine", "lists", "security-auth"]));
  });

  test.each(replayed)("%s", async (example) => {
    const ran = await replayFile({ events: `${examples}/${example}/events.ndjson`, ...documentsOf(example) });
    expect(ran.err).toBe("");
    expect(ran.status).toBe(0);
    expect(ran.out).toBe(readFileSync(`${examples}/${example}/expected.ndjson`, "utf8"));
    expect(ran.out).not.toBe("");
  });
});

test("json-rules-engine itself tells the same of its own rules", async () => {
  const folder = `${examples}/json-rules-engine`;
  const rules: RuleProperties[] = JSON.parse(readFileSync(`${folder}/rules/hold-order.json`, "utf8"));
  const engine = new Engine(rules);
  const told: string[] = [];
  for (const event of readEvents(`${folder}/events.ndjson`)) {
    const { events } = await engine.run(structuredClone(event));
    told.push(...events.map(({ type }) => `${event.id} ${type}`));
  }
  const ours = alertsOf(readFileSync(`${folder}/expected.ndjson`, "utf8"));
  expect(ours.map(({ evidence, event }) => `${String(evidence[0])} ${event.type}`).sort()).toEqual(told.sort());
});

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface SharedCase {
  readonly why: string;
  readonly example: string;
  readonly events: string;
  readonly rule: string;
  readonly count: number;
  readonly oracle: (events: readonly PlainEvent[]) => Found[];
}

const ofType = (events: readonly PlainEvent[], ...types: readonly string[]) =>
  events.filter(({ type }) => types.includes(type));
const text = (event: PlainEvent, field: string) => String(event[field]);

const sharedCases: readonly SharedCase[] = [
  {
    why: "ten addresses guess passwords",
    example: "security-auth",
    events: `${sharedData}/security/auth/events.ndjson`,
    rule: "ssh-brute-force",
    count: 10,
    oracle: (events) =>
      slidingSums(ofType(events, "auth.ssh.failed_password"), {
        key: (event) => text(event, "srcIp"),
        value: ({ repeat }) => (typeof repeat === "number" ? repeat : 1),
        minimum: 10,
        sizeMs: 10 * minuteMs,
        throttleMs: 30 * minuteMs,
      }),
  },
  {
    why: "one of them gets in",
    example: "security-auth",
    events: `${sharedData}/security/auth/events.ndjson`,
    rule: "ssh-login-after-guessing",
    count: 1,
    oracle: (events) =>
      followed(ofType(events, "auth.ssh.failed_password", "auth.ssh.accepted_password"), {
        key: (event) => `${text(event, "srcIp")} ${text(event, "user")}`,
        first: "auth.ssh.failed_password",
        last: "auth.ssh.accepted_password",
        minimum: 5,
        withinMs: 10 * minuteMs,
      }),
  },
  {
    why: "ten accounts are made and given a password",
    example: "security-auth",
    events: `${sharedData}/security/auth/events.ndjson`,
    rule: "account-made",
    count: 10,
    oracle: (events) =>
      followed(ofType(events, "auth.account.user_added", "auth.account.password_changed"), {
        key: (event) => text(event, "user"),
        first: "auth.account.user_added",
        last: "auth.account.password_changed",
        minimum: 1,
        withinMs: 5 * minuteMs,
      }),
  },
  {
    why: "each of the 24 robbed cards, and no other",
    example: "card-payments",
    events: `${sharedData}/risk/payments/transactions.ndjson`,
    rule: "night-spree",
    count: 24,
    oracle: (events) =>
      slidingSums(
        events.filter(({ amount, time }) => Number(amount) >= 250 && (time.slice(11) >= "22" || time.slice(11) < "04")),
        {
          key: (event) => text(event, "card"),
          value: () => 1,
          minimum: 2,
          sizeMs: 12 * hourMs,
          throttleMs: 48 * hourMs,
        },
      ),
  },
];

describe.skipIf(!existsSync(sharedData))(
  "real logs, where ../shared/data is there (not part of the repository)",
  () => {
    test.each(sharedCases)("$rule: $why", async ({ example, events, rule, count, oracle }) => {
      const ran = await replayFile({ events, ...documentsOf(example) });
      expect(ran).toMatchObject({ status: 0, err: "" });
      const ours = alertsOf(ran.out).filter((alert) => alert.rule === rule);
      expect(ours).toHaveLength(count);
      const expected = oracle(readEvents(events)).map(({ key, at }) => `${at} ${key}`);
      expect(ours.map(placeOf).sort()).toEqual(expected.sort());
    });

    test("the cards are those labelled as robbed", async () => {
      const events = `${sharedData}/risk/payments/transactions.ndjson`;
      const ran = await replayFile({ events, ...documentsOf("card-payments") });
      const robbed = new Set(
        readEvents(events)
          .filter(({ fraud }) => fraud === 1)
          .map((event) => text(event, "card")),
      );
      const told = alertsOf(ran.out);
      expect(told).toHaveLength(24);
      expect(new Set(told.map(({ key }) => key["card"]))).toEqual(robbed);
    });
  },
);

function placeOf({ key, time }: AlertLine): string {
  return `${time} ${Object.values(key).join(" ")}`;
}
