import { describe, expect, test } from "vitest";
import type { ScenarioName } from "../../src/simulator/simulated.ts";
import { liveDocuments, planOf } from "./rule-set-folder.ts";
import { runSimulated } from "./simulated-run.ts";

const documents = await liveDocuments();
const plan = planOf(documents);
const ruleIds = plan.rules.map(({ program }) => program.id).toSorted((a, b) => (a < b ? -1 : 1));

describe("the live rules find all that the simulator plants, and nothing else", () => {
  // Starts that stand differently to the windows, which are aligned to the epoch.
  test.each([
    { seed: 1, startMs: 1_767_225_600_000 },
    { seed: 2, startMs: 1_767_225_601_234 },
    { seed: 3, startMs: 1_800_000_000_777 },
    { seed: 4, startMs: -5_000_500 },
    { seed: 5, startMs: 1_700_000_002_999 },
  ])("seed $seed, ten minutes", { timeout: 120_000 }, ({ seed, startMs }) => {
    const { comparison, stats } = runSimulated(plan, { seed, startMs, lengthMs: 600_000 });
    const told = comparison.rules.map(({ rule, missed, falseAlarms }) => ({ rule, missed, falseAlarms }));
    expect(told).toEqual(ruleIds.map((rule) => ({ rule, missed: [], falseAlarms: [] })));
    expect(stats.errors).toEqual(new Map());
    for (const { rule, planted, found, lookAlikes } of comparison.rules) {
      expect(planted, rule).toBeGreaterThanOrEqual(30);
      expect(found, rule).toBe(planted);
      expect(lookAlikes, rule).toBeGreaterThanOrEqual(30);
    }
  });

  test("twenty seconds show every rule once at least, whatever the seed", { timeout: 120_000 }, () => {
    for (let seed = 10; seed < 20; seed += 1) {
      const startMs = 1_767_225_600_000 + seed * 377;
      const { comparison } = runSimulated(plan, { seed, startMs, lengthMs: 20_000 });
      expect(comparison).toMatchObject({ missed: 0, falseAlarms: 0 });
      expect(comparison.rules.filter(({ found }) => found > 0).length, `seed ${seed}`).toBe(ruleIds.length);
    }
  });
});

const edits: readonly {
  readonly why: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly lookAlike: string;
  readonly scenario: ScenarioName;
}[] = [
  {
    ...{ why: "four wrong passwords", file: "guessed-password.yaml", from: "times: 5+", to: "times: 4+" },
    ...{ lookAlike: "signin-password-guessed/mistyped", scenario: "signin" },
  },
  {
    ...{
      why: "an office",
      file: "signin-password-spraying.yaml",
      from: "failureShare >= 0.7",
      to: "failureShare >= 0",
    },
    ...{ lookAlike: "signin-password-spraying/office", scenario: "signin" },
  },
  {
    ...{ why: "a mobile network", file: "signin-impossible-travel.yaml", from: "lon) > 500", to: "lon) > 20" },
    ...{ lookAlike: "signin-impossible-travel/train", scenario: "signin" },
  },
  {
    ...{ why: "two denied pushes", file: "signin-mfa-fatigue.yaml", from: "times: 4+", to: "times: 2+" },
    ...{ lookAlike: "signin-mfa-fatigue/fumbled", scenario: "signin" },
  },
  {
    ...{ why: "the help desk", file: "signin-mfa-fatigue.yaml", from: "type == 'signin.mfa_reset'", to: "false" },
    ...{ lookAlike: "signin-mfa-fatigue/fumbled", scenario: "signin" },
  },
  {
    ...{ why: "a car park", file: "payment-card-testing.yaml", from: "value: 0.5", to: "value: 0.05" },
    ...{ lookAlike: "payment-card-testing/rush-hour", scenario: "payment" },
  },
  {
    ...{ why: "many small purchases", file: "payment-card-velocity.yaml", from: "total >= 2000", to: "total >= 100" },
    ...{ lookAlike: "payment-card-velocity/busy", scenario: "payment" },
  },
  {
    ...{ why: "one large purchase", file: "payment-card-velocity.yaml", from: "purchases >= 5", to: "purchases >= 2" },
    ...{ lookAlike: "payment-card-velocity/busy", scenario: "payment" },
  },
  {
    ...{
      why: "one amount tried again",
      file: "amount-probing.yaml",
      from: "amount < declines",
      to: "amount <= declines",
    },
    ...{ lookAlike: "payment-amount-probing/retried", scenario: "payment" },
  },
  {
    ...{ why: "rings", file: "payment-large-gift-cards.json", from: '"gift_cards"', to: '"jewellery"' },
    ...{ lookAlike: "payment-large-gift-cards/rings", scenario: "payment" },
  },
  {
    ...{ why: "a small gift", file: "payment-large-gift-cards.json", from: '"value": 5000', to: '"value": 10' },
    ...{ lookAlike: "payment-large-gift-cards/rings", scenario: "payment" },
  },
  {
    ...{ why: "a pause", file: "metric-latency-spike.yaml", from: "value: 500", to: "value: 200" },
    ...{ lookAlike: "metric-latency-spike/pause", scenario: "metric" },
  },
  {
    ...{ why: "one host of six", file: "metric-error-burst.yaml", from: "value: 0.2", to: "value: 0.05" },
    ...{ lookAlike: "metric-error-burst/one-host", scenario: "metric" },
  },
  {
    ...{ why: "one lost heartbeat", file: "metric-heartbeat-missing.yaml", from: "within: 3s", to: "within: 1900ms" },
    ...{ lookAlike: "metric-heartbeat-missing/one-beat", scenario: "metric" },
  },
];

describe("each rule's guard is what keeps its look-alike out", () => {
  test.each(edits)("$file: $why", { timeout: 120_000 }, ({ file, from, to, lookAlike, scenario }) => {
    const edited = documents.map((document) =>
      document.path.endsWith(`/${file}`) ? { ...document, text: document.text.replaceAll(from, to) } : document,
    );
    expect(edited.filter(({ text }, index) => text !== documents[index]?.text)).toHaveLength(1);
    const options = { seed: 1, startMs: 1_767_225_600_000, lengthMs: 40_000, scenarios: [scenario] };
    expect(runSimulated(plan, options).comparison.falseAlarms).toBe(0);
    const { comparison, planted } = runSimulated(planOf(edited), options);
    const alarms = comparison.rules.flatMap(({ falseAlarms }) => falseAlarms);
    const fooledBy = planted.filter(
      ({ isLookAlike, rule, key, firstOffsetMs, dueOffsetMs }) =>
        isLookAlike &&
        alarms.some(
          (alarm) =>
            alarm.rule === rule &&
            JSON.stringify(alarm.key) === JSON.stringify(key) &&
            firstOffsetMs <= alarm.offsetMs &&
            alarm.offsetMs <= dueOffsetMs,
        ),
    );
    expect([...new Set(fooledBy.map(({ id }) => id.slice(0, id.lastIndexOf("/"))))]).toEqual([lookAlike]);
  });
});
