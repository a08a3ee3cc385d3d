import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { ruleOf } from "../../../src/core/shard/answer-question.ts";
import { openQuestionCountMax } from "../../../src/core/shard/ask-question.ts";
import type { Output } from "../../../src/core/shard/output.ts";
import { decodeQuestion, encodeQuestion } from "../../../src/core/shard/question.ts";
import { isQuestionAddress, restoreQuestions } from "../../../src/core/shard/question-states.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import { activatePlan, snapshotChanges, snapshotWhole } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import { eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import { extensionsOf, factOf } from "../expr/extension-fixture.ts";
import { settingsOf } from "./scenario.ts";

const extensions = extensionsOf({ facts: [factOf("remote", () => 1, { isAsync: true })] });
const rule = {
  on: ["e"],
  key: ["user"],
  let: { double: "n * 2.0" },
  conditions: { all: [{ fact: "remote", operator: "equal", value: 1 }, "double > 1.0"] },
};

function planOf(document: object) {
  const set = { rules: [{ id: "r", document }], patterns: [], named: [], lists: [] };
  const { plan, faults } = compilePlan(set, { extensions });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  return plan;
}

function take(shard: Shard, sequence: number, outputs: Output[] = []): readonly Output[] {
  const position = { source: "s", sequence, index: 0 };
  const time = eventTimeMs(sequence);
  const event = { position, id: sequence, type: "e", time, source: "s", fields: { n: 1, user: "u" } };
  step(shard, { kind: "message", stampMs: sequence, elements: [{ kind: "event", event }] }, outputs);
  return outputs;
}

function answer(shard: Shard, question: string | undefined, holds = true): readonly Output[] {
  const outputs: Output[] = [];
  const entry = { kind: "answer", at: logTimeMs(9), question: question ?? "", holds, values: [] } as const;
  step(shard, { kind: "journal", entry }, outputs);
  return outputs;
}

describe("evaluations that wait", () => {
  test("hold what they read, through bytes and back", () => {
    const shard = new Shard(planOf(rule), settingsOf());
    expect(take(shard, 1)).toEqual([]);
    const [question] = shard.questions.values();
    expect(question).toMatchObject({
      rule: "r",
      key: { user: "u" },
      at: 1,
      slots: { double: 2 },
      settled: [{ value: true }],
    });
    if (question === undefined) throw new Error("it asks");
    const writer = new ByteWriter();
    encodeQuestion(question, writer);
    const bytes = writer.finish();
    expect(decodeQuestion(new ByteReader(bytes))).toEqual({ ...question, isStored: true });
    for (let cut = 0; cut < bytes.length; cut += 7)
      expect(() => decodeQuestion(new ByteReader(bytes.slice(0, cut)))).toThrow(CorruptBytesError);
  });

  test("end once: an answer leads to the alert of the evaluation, a second one to nothing", () => {
    const shard = new Shard(planOf(rule), settingsOf());
    take(shard, 1);
    const [id] = shard.questions.keys();
    const [alert] = answer(shard, id);
    expect(alert).toMatchObject({
      kind: "alert",
      draft: { alert: { id, time: 1, evidence: [1], facts: { double: 2 } } },
    });
    expect(answer(shard, id)).toEqual([]);
    expect(shard.logTime).toBe(1);
  });

  test("leave the state where they end, and are carried to rules that decide alike", () => {
    const shard = new Shard(planOf(rule), settingsOf());
    take(shard, 1);
    take(shard, 2);
    const entries = new Map<string, Uint8Array>();
    const writer = {
      put: (address: string, bytes: Uint8Array | undefined) =>
        bytes === undefined ? entries.delete(address) : entries.set(address, bytes),
    };
    snapshotChanges(shard, 0, writer);
    expect([...entries.keys()].filter(isQuestionAddress)).toHaveLength(2);
    const [first] = shard.questions.keys();
    answer(shard, first, false);
    snapshotChanges(shard, 0, writer);
    expect([...entries.keys()].filter(isQuestionAddress)).toHaveLength(1);

    const again = new Shard(shard.plan, settingsOf());
    restoreQuestions(again, entries);
    expect([...again.questions.keys()]).toEqual([...shard.questions.keys()]);
    const alike = activatePlan(shard, planOf({ ...rule, severity: "high" }));
    expect([...alike.questions.keys()]).toEqual([...shard.questions.keys()]);
    expect([...alike.questions.values()].map(({ isStored }) => isStored)).toEqual([false]);
    const [question] = alike.questions.values();
    expect(question && ruleOf(alike.plan.rules, question)?.program.id).toBe("r");
    const otherwise = activatePlan(shard, planOf({ ...rule, where: "n > 5" }));
    expect(otherwise.questions.size).toBe(0);
    const whole = new Map<string, Uint8Array>();
    snapshotWhole(otherwise, { put: (address, bytes) => bytes !== undefined && whole.set(address, bytes) });
    expect([...whole.keys()].filter(isQuestionAddress)).toEqual([]);
  });

  test("at the limit the tenth that waited longest is given up, with an alarm", () => {
    const shard = new Shard(planOf(rule), settingsOf());
    for (let sequence = 0; sequence < openQuestionCountMax; sequence += 1) take(shard, sequence);
    const [first] = shard.questions.keys();
    const outputs = take(shard, openQuestionCountMax);
    expect(outputs).toMatchObject([{ kind: "alarm", alarm: { code: "limit-reached" } }]);
    expect(shard.questions.size).toBe(openQuestionCountMax * 0.9 + 1);
    expect(shard.stats.questionsShed).toBe(openQuestionCountMax / 10);
    expect(shard.stats.errors.get("r")?.count).toBe(openQuestionCountMax / 10);
    expect(answer(shard, first)).toEqual([]);
  });
});
