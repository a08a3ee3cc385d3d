import type { EffectId } from "../../src/core/alert/effect.ts";
import { prngFromSeed } from "../../src/core/base/prng.ts";
import { decodeMessage } from "../../src/core/event/decode.ts";
import { defaultEnvelope } from "../../src/core/event/envelope.ts";
import type { Output } from "../../src/core/shard/output.ts";
import { observeNothing } from "../../src/core/shard/output.ts";
import { Shard } from "../../src/core/shard/shard.ts";
import { step } from "../../src/core/shard/step.ts";
import { durationMs } from "../../src/core/time/instant.ts";
import { compileRuleSet } from "../../src/cli/rule-set.ts";
import { defaultLimits } from "../../src/engine/limits.ts";

/** Rules with every kind of state that a crash could lose: a window, a throttle, a pattern, and none. */
export const rules = `
- id: expensive
  on: [pay]
  conditions: {all: [{fact: amount, operator: greaterThan, value: 90}]}
- id: busy
  on: [pay]
  key: [user]
  windows: {recent: {type: sliding, size: 20s, aggregate: {n: count}}}
  conditions: {all: [{fact: recent, path: $.n, operator: greaterThanInclusive, value: 8}]}
  alert: {throttle: 5s}
- id: spent
  on: [pay]
  key: [user]
  windows: {bill: {type: tumbling, size: 30s, aggregate: {total: {sum: amount}}}}
  conditions: {all: [{fact: bill, path: $.total, operator: greaterThan, value: 400}]}
- id: guessed
  on: [login.failure, login.success]
  key: [user]
  patterns:
    guess:
      within: 30s
      skip: pastLastEvent
      sequence:
        - begin: failure
          on: [login.failure]
          times: 3+
        - followedBy: success
          on: [login.success]
`;

const users = ["ann", "bob", "cid", "dan", "eve"];

/** Events as JSON text, in order of their times; one in a hundred is no JSON. */
export function makeEvents(seed: number, count: number): readonly string[] {
  const prng = prngFromSeed(seed);
  let time = 1_767_225_600_000;
  return Array.from({ length: count }, (_, index) => {
    time += prng.nextBelow(900);
    const user = users[prng.nextBelow(users.length)];
    const kind = prng.nextBelow(100);
    if (kind === 0) return `{"broken": ${index}`;
    if (kind < 30) return JSON.stringify({ id: `e${index}`, type: "login.failure", user, time });
    if (kind < 40) return JSON.stringify({ id: `e${index}`, type: "login.success", user, time });
    return JSON.stringify({ id: `e${index}`, type: "pay", user, amount: prng.nextBelow(100), time });
  });
}

/** Ids of the alerts and of the dead letters that the events lead to, by one run that nothing disturbs and no idleness. */
export function expectedIds(
  events: readonly string[],
  firstSequence: number,
): {
  readonly alerts: readonly EffectId[];
  readonly deadLetters: readonly EffectId[];
} {
  const { plan } = compileRuleSet([{ path: "rules.yaml", text: rules, kind: "rule" }]);
  if (plan === undefined) throw new Error("the rules are right");
  const shard = new Shard(plan, { ...defaultLimits, outOfOrdernessMs: durationMs(0), observing: observeNothing });
  const outputs: Output[] = [];
  for (const [index, text] of events.entries()) {
    const bytes = new TextEncoder().encode(text);
    const message = {
      sequence: firstSequence + index,
      stampMs: undefined,
      subject: "kill.events",
      headers: undefined,
      bytes,
    };
    const elements = decodeMessage(message, { ...defaultEnvelope, source: "events" });
    step(shard, { kind: "message", stampMs: undefined, elements }, outputs);
  }
  const ids = (kind: Output["kind"]) =>
    outputs.flatMap((output) => {
      if (output.kind !== kind) return [];
      if (output.kind === "alert") return [output.draft.alert.id];
      return output.kind === "dead-letter" ? [output.id] : [];
    });
  return { alerts: ids("alert"), deadLetters: ids("dead-letter") };
}

/** What became of the expected ids. */
export interface Count {
  readonly expected: number;
  readonly lost: number;
  /** Under an id that nobody expected: the same thing told as another one. */
  readonly twice: number;
  /** The same id again: a crash between a send and its mark, which the idempotency key makes harmless. */
  readonly repeated: number;
}

export function countIds(ids: readonly string[], received: readonly string[]): Count {
  const expected = new Set(ids);
  const distinct = new Set(received);
  return {
    expected: expected.size,
    lost: [...expected].filter((id) => !distinct.has(id)).length,
    twice: [...distinct].filter((id) => !expected.has(id)).length,
    repeated: received.length - distinct.size,
  };
}
