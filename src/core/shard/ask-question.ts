import { effectIdOf } from "../alert/alert-identity.ts";
import { toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { keyGroupOf } from "../event/key.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { AsynchronousProgram } from "../rule/asynchronous-program.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { eventTimeMs } from "../time/instant.ts";
import type { Evaluation } from "./evaluation.ts";
import { alertIdFor } from "./evaluation-cause.ts";
import { gatherEvidence } from "./evidence.ts";
import type { Output } from "./output.ts";
import { questionAddress } from "./question.ts";
import type { Question, Settled } from "./question.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";

/**
 * Most evaluations of a shard that wait for asynchronous facts. The engine takes no more input long before; where one slice
 * of it asks for more all the same, the tenth that has waited longest is given up: they don't hold, each is counted as an
 * error of its rule, and an alarm says so.
 */
export const openQuestionCountMax = 10_000;

/**
 * Leaves an evaluation open until its asynchronous facts are there, unless the rest of its conditions decides already. The
 * scope stands at the evaluation, with its declared names. False where it is decided: it does not hold.
 */
export function askQuestion(
  shard: Shard,
  evaluation: Evaluation,
  asynchronous: AsynchronousProgram,
  outputs: Output[],
): boolean {
  const { rule, place, at, event, history } = evaluation;
  const { program } = rule;
  if (!isOpen(shard, evaluation, asynchronous)) return false;
  const { scope } = shard;
  const id = alertIdFor(evaluation);
  if (shard.questions.has(id)) return true;
  if (shard.questions.size >= openQuestionCountMax) shedQuestions(shard, outputs);
  const question: Question = {
    id,
    order: shard.questionsAsked,
    rule: program.id,
    decision: program.decision,
    keyString: place.keyString,
    values: place.values,
    key: place.key,
    group: keyGroupOf(place.keyString),
    at,
    event,
    prev: history.prev,
    keySince: history.since === undefined ? undefined : eventTimeMs(history.since),
    slots: slotsOf(shard, program),
    settled: asynchronous.settled.map((evaluate) => settledAs(evaluate(scope))),
    evidence: gatherEvidence(shard, evaluation),
    isStored: false,
  };
  shard.questionsAsked += 1;
  shard.questions.set(id, question);
  return true;
}

/** False where the evaluation is decided without the asynchronous facts: it does not hold. */
function isOpen(shard: Shard, { rule, because }: Evaluation, { conditions, mayHold }: AsynchronousProgram): boolean {
  const { program } = rule;
  if (program.conditions === undefined) return !(because.kind === "match" && because.match.timedOut);
  // Of conditions that wait, an error of what is known does not decide: json-rules-engine may never come to it.
  if (conditions !== undefined) return mayHold(shard.scope) !== false;
  const outcome = program.conditions.holds(shard.scope);
  if (outcome instanceof ExprError) countError(shard.stats, program.id, outcome);
  return outcome === true;
}

function slotsOf(
  { scope }: Shard,
  { lookups, windows, patterns, lets }: RuleProgram,
): Readonly<Record<string, JsonValue>> {
  const declared = [...lookups, ...windows, ...patterns, ...lets].map(({ name, slot }) => {
    const value = scope.slots[slot];
    return [name, value instanceof ExprError ? null : toJson(value)] as const;
  });
  return Object.fromEntries(declared);
}

function settledAs(value: unknown): Settled {
  if (value instanceof ExprError) return { error: value.message };
  return value === undefined ? {} : { value: toJson(value) };
}

function shedQuestions(shard: Shard, outputs: Output[]): void {
  const shed = [...shard.questions.values()].slice(0, Math.ceil(shard.questions.size / 10));
  const error = new ExprError("plug-in", `given up: ${openQuestionCountMax} evaluations wait for asynchronous facts`);
  for (const question of shed) {
    closeQuestion(shard, question);
    countError(shard.stats, question.rule, error);
  }
  shard.stats.questionsShed += shed.length;
  const message = `${openQuestionCountMax} evaluations wait for asynchronous facts, the limit: the ${shed.length} that waited longest were given up and do not hold`;
  outputs.push({
    kind: "alarm",
    id: effectIdOf(["alarm", "questions", shard.ordinal, shed[0]?.id]),
    alarm: { code: "limit-reached", message },
  });
}

/** Lets a question go; the next snapshot says so where one has it. */
export function closeQuestion(shard: Shard, question: Question): void {
  shard.questions.delete(question.id);
  if (question.isStored) shard.gone.add(questionAddress(question.id));
}
