import { Engine } from "json-rules-engine";
import type { Almanac, TopLevelCondition } from "json-rules-engine";
import { isJsonObject } from "../core/base/json.ts";
import type { JsonObject, JsonValue } from "../core/base/json.ts";
import { wholeOf } from "../core/event/event.ts";
import { factAddress, plainJson, plainValue, readSynchronousFact } from "../core/expr/dynamic-fact.ts";
import { ExprError } from "../core/expr/expr-error.ts";
import type { CustomFact } from "../core/expr/extensions.ts";
import { isPlainFieldName } from "../core/expr/field-path.ts";
import { emptyScope } from "../core/expr/scope.ts";
import type { Scope } from "../core/expr/scope.ts";
import { settledName } from "../core/rule/asynchronous-program.ts";
import type { AsynchronousProgram } from "../core/rule/asynchronous-program.ts";
import type { RuleProgram } from "../core/rule/rule-program.ts";
import type { Answer } from "../core/shard/journal.ts";
import type { Question } from "../core/shard/question.ts";

/** Largest answer, as JSON: it stands in the journal. A larger one is an error of the rule. */
const answerSizeMax = 1024 * 1024;

type AnswerValue = Answer["values"][number];

/**
 * Puts an evaluation that waits to json-rules-engine: an engine of its own, for runs that overlap on one would disturb each
 * other. Never rejects: what goes wrong is the answer's error, and the evaluation does not hold.
 *
 * @param keepsValues the answer has the facts' values also where it does not hold, for an explanation.
 */
export async function askRulesEngine(
  question: Question,
  program: RuleProgram,
  { keepsValues }: { readonly keepsValues: boolean } = { keepsValues: false },
): Promise<Answer> {
  const { asynchronous } = program;
  const refused = (error: string, values: Answer["values"] = []): Answer => ({
    question: question.id,
    holds: false,
    values,
    error,
  });
  if (asynchronous === undefined) return refused("the rule waits for nothing");
  const recorded = new Map<string, AnswerValue>();
  try {
    const { holds, error } = await decide(question, program, asynchronous, recorded);
    const values = holds || keepsValues ? [...recorded.values()] : [];
    const answer: Answer = { question: question.id, holds, values, ...(error === undefined ? {} : { error }) };
    if (JSON.stringify(answer).length <= answerSizeMax) return answer;
    return refused("the asynchronous facts give more than 1 MiB together");
  } catch (error) {
    return refused(reasonOf(error), keepsValues ? [...recorded.values()] : []);
  }
}

async function decide(
  question: Question,
  { replacesFacts }: RuleProgram,
  asynchronous: AsynchronousProgram,
  recorded: Map<string, AnswerValue>,
): Promise<{ readonly holds: boolean; readonly error?: string }> {
  const engine = engineFor(question, asynchronous, recorded);
  const { events, almanac } = await engine.run(fieldsOf(question));
  if (events.length === 0) return { holds: false };
  let error: string | undefined;
  for (const { fact, params } of asynchronous.parameters) {
    try {
      await almanac.factValue(fact, params);
    } catch (cause) {
      // With facts replaced json-rules-engine rejects the run; else the parameter is null for the summary.
      if (replacesFacts) throw cause;
      error = reasonOf(cause);
    }
  }
  return { holds: true, ...(error === undefined ? {} : { error }) };
}

/** What was thrown may be anything, also something that can't be made a text. */
function reasonOf(cause: unknown): string {
  try {
    return cause instanceof Error ? String(cause.message) : String(cause);
  } catch {
    return "something that is no error was thrown";
  }
}

function engineFor(question: Question, asynchronous: AsynchronousProgram, recorded: Map<string, AnswerValue>): Engine {
  const { conditions, named, operators, facts, allowUndefinedFacts, allowUndefinedConditions } = asynchronous;
  const engine = new Engine([], { allowUndefinedFacts, allowUndefinedConditions });
  const scope = scopeOf(question);
  addScopeNames(engine, question);
  for (const fact of facts.values()) {
    const { isCached: cache, priority } = fact;
    const calculate = fact.isAsync
      ? (params: unknown, almanac: Almanac) => record(fact, paramsOf(params), almanac, recorded)
      : (params: unknown) => readHere(scope, asynchronous, fact.name, paramsOf(params));
    engine.addFact(fact.name, calculate, { cache, priority });
  }
  for (const [index, { value, error }] of question.settled.entries())
    engine.addFact(settledName(index), () => {
      if (error !== undefined) throw new Error(error);
      return value;
    });
  for (const [name, test] of operators)
    engine.addOperator(name, (fact: unknown, value: unknown) => {
      const result = test(fact, value, scope);
      if (result instanceof ExprError) throw new Error(result.message);
      return result;
    });
  for (const [name, condition] of named) engine.setCondition(name, topLevel(condition));
  engine.addRule({ conditions: topLevel(conditions ?? { all: [] }), event: { type: "holds" } });
  return engine;
}

/** json-rules-engine changes what it is given, so it gets a copy. */
function topLevel(conditions: JsonObject): TopLevelCondition {
  const copy: unknown = structuredClone(conditions);
  if (isTopLevel(copy)) return copy;
  throw new Error("the conditions have none of all, any, not and condition");
}

function isTopLevel(value: unknown): value is TopLevelCondition {
  return isJsonObject(value) && ["all", "any", "not", "condition"].some((key) => Object.hasOwn(value, key));
}

function paramsOf(params: unknown): JsonObject {
  const plain = plainJson(params);
  return isJsonObject(plain) ? plain : {};
}

/** Calls an asynchronous fact, and keeps what it gives: an answer holds all that replay has to see again. */
async function record(
  fact: CustomFact,
  params: JsonObject,
  almanac: Almanac,
  recorded: Map<string, AnswerValue>,
): Promise<unknown> {
  const given: unknown = await fact.calculate(params, {
    factValue: (name, more = {}, path = "") => almanac.factValue(name, more, path),
  });
  const plain = plainValue(`the fact ${fact.name}`, given);
  if (plain instanceof ExprError) throw new Error(plain.message);
  const value: JsonValue | undefined = plain === undefined ? undefined : plainJson(plain);
  const entry = { fact: fact.name, params, ...(value === undefined ? {} : { value }) };
  recorded.set(factAddress(fact.name, params), entry);
  return value;
}

function readHere(scope: Scope, asynchronous: AsynchronousProgram, name: string, params: JsonObject): unknown {
  const { facts, allowUndefinedFacts: allowsUndefined } = asynchronous;
  const value = readSynchronousFact(scope, facts, { name, params, allowsUndefined });
  if (value instanceof ExprError) throw new Error(value.message);
  return value;
}

function scopeOf({ event, key, at }: Question): Scope {
  return { ...emptyScope(), event, key, now: at };
}

/** Names of the scope, which an event field of the same name hides. */
function addScopeNames(engine: Engine, { event, at }: Question): void {
  engine.addFact("now", at);
  if (event === undefined) return;
  const { id, type, time, source, position } = event;
  engine.addFact("meta", { id, type, time, source, sequence: position.sequence });
  engine.addFact("input", copyOf(wholeOf(event)));
}

/** The event's fields; without an event the parts of the key that are field names, as everywhere. */
function fieldsOf({ event, key }: Question): Record<string, unknown> {
  if (event !== undefined) return { ...copyOf(wholeOf(event)) };
  return Object.fromEntries(Object.entries(key).filter(([name]) => isPlainFieldName(name)));
}

/** State of the shard is nothing that a plug-in may change. */
function copyOf(fields: unknown): JsonObject {
  const copy = plainJson(fields);
  return isJsonObject(copy) ? copy : {};
}
