import type { JsonValue } from "../base/json.ts";
import { factAddress } from "../expr/dynamic-fact.ts";
import { ExprError } from "../expr/expr-error.ts";
import { FactMemo } from "../expr/fact-memo.ts";
import type { RuleNode } from "../plan/plan.ts";
import { closeQuestion } from "./ask-question.ts";
import { giveResults } from "./evaluate-rule.ts";
import type { Evaluation } from "./evaluation.ts";
import { startExplaining, tellExplanation } from "./explain-evaluation.ts";
import type { Answer } from "./journal.ts";
import { settleListChanges } from "./list-changes.ts";
import type { Output } from "./output.ts";
import type { Question } from "./question.ts";
import { letGoIfEmpty } from "./records.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";

/** Finishes an evaluation that waited. An answer to a question that was given up changes nothing. */
export function answerQuestion(shard: Shard, answer: Answer, outputs: Output[]): void {
  const question = shard.questions.get(answer.question);
  if (question === undefined) return;
  closeQuestion(shard, question);
  const rule = ruleOf(shard.plan.rules, question);
  if (rule === undefined) return;
  if (answer.error !== undefined) countError(shard.stats, question.rule, new ExprError("plug-in", answer.error));
  if (!answer.holds && shard.settings.observing.explain !== question.rule) return;
  const { keyString, values, key, at, event, prev, keySince } = question;
  const place = { dimension: rule.dimension, keyString, values, key };
  const history = { prev, since: keySince };
  const evaluation: Evaluation = { rule, place, at, event, history, because: { kind: "answer", question } };
  enterQuestion(shard, rule, question, answer);
  const explaining = startExplaining(shard, evaluation);
  if (answer.holds) giveResults(shard, evaluation, outputs);
  tellExplanation(shard, explaining, answer.holds, outputs);
  shard.scope.facts = undefined;
  settleListChanges(shard, outputs);
  const record = shard.records[rule.dimension]?.get(keyString);
  if (record !== undefined) letGoIfEmpty(shard, record);
}

/** The rule that asked, where it still decides alike. */
export function ruleOf(rules: readonly RuleNode[], { rule, decision }: Question): RuleNode | undefined {
  return rules.find(({ program }) => program.id === rule && program.decision === decision);
}

/** Points the scope at what the evaluation read, with the asynchronous facts' values. */
function enterQuestion({ scope }: Shard, { program }: RuleNode, question: Question, { values, error }: Answer): void {
  scope.event = question.event;
  scope.key = question.key;
  scope.now = question.at;
  scope.prev = question.prev;
  scope.keySince = question.keySince;
  for (const { name, slot } of [...program.lookups, ...program.windows, ...program.patterns, ...program.lets])
    scope.slots[slot] = question.slots[name];
  const memo = new FactMemo();
  memo.event = question.event;
  memo.key = question.key;
  memo.now = question.at;
  memo.answers = new Map<string, JsonValue | undefined>(
    values.map(({ fact, params, value }) => [factAddress(fact, params), value]),
  );
  memo.unanswered = error;
  scope.facts = memo;
}
