import type { Severity } from "../alert/effect.ts";
import { severityOf } from "../alert/severity.ts";
import { admitAlert, ThrottleState } from "../alert/throttle.ts";
import { canonicalJson, toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { wholeOf } from "../event/event.ts";
import { ExprError } from "../expr/expr-error.ts";
import { matchFact } from "../pattern/match-fact.ts";
import { keyFieldsOf } from "../rule/key-program.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { askQuestion } from "./ask-question.ts";
import { emitAlertEvent, emitEvent } from "./derived-events.ts";
import { firedWith } from "./evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import { alertIdFor } from "./evaluation-cause.ts";
import { decideFiring, tryResolve } from "./firing-operator.ts";
import { gatherEvidence } from "./evidence.ts";
import { startExplaining, tellExplanation, whyOf } from "./explain-evaluation.ts";
import { fillLookups } from "./fill-lookups.ts";
import { noteListActions } from "./list-changes.ts";
import type { AlertDraft, Output } from "./output.ts";
import { recordAt, settleOperator, stateAt } from "./records.ts";
import type { Shard } from "./shard.ts";
import { countError } from "./shard-stats.ts";
import { windowFactAt } from "./window-operator.ts";

/** Decides one rule for one key, and gives its results. A user's mistake is counted, never thrown. */
export function evaluateRule(shard: Shard, evaluation: Evaluation, outputs: Output[]): void {
  const { rule, because } = evaluation;
  const { program } = rule;
  const { scope } = shard;
  if (because.kind === "resolve") {
    tryToResolve(shard, evaluation, outputs);
    return;
  }
  enterEvaluation(shard, evaluation);
  const explaining = startExplaining(shard, evaluation);
  if (program.asynchronous !== undefined) {
    const isAsked = askQuestion(shard, evaluation, program.asynchronous, outputs);
    tellExplanation(shard, explaining, isAsked ? "waiting" : false, outputs);
    return;
  }
  const outcome =
    program.conditions === undefined
      ? !(because.kind === "match" && because.match.timedOut)
      : program.conditions.holds(scope);
  if (outcome instanceof ExprError) countError(shard.stats, program.id, outcome);
  if (rule.firing !== undefined) {
    const give = (alerts: boolean) => giveResults(shard, evaluation, outputs, alerts);
    decideFiring(shard, evaluation, rule.firing, outcome === true, outputs, give);
  } else if (outcome === true) {
    giveResults(shard, evaluation, outputs);
  }
  tellExplanation(shard, explaining, outcome === true, outputs);
}

/** Points the scope at an evaluation. */
function enterEvaluation(shard: Shard, evaluation: Evaluation): void {
  const { scope } = shard;
  scope.event = evaluation.event;
  scope.key = evaluation.place.key;
  scope.now = evaluation.at;
  scope.prev = evaluation.history.prev;
  scope.keySince = evaluation.history.since;
  fillSlots(shard, evaluation);
}

/** An alert that stands may end by the rule's own condition, at any event of its key. */
function tryToResolve(shard: Shard, evaluation: Evaluation, outputs: Output[]): void {
  const { firing, program } = evaluation.rule;
  const condition = firing?.firing.resolve;
  if (firing === undefined || condition === undefined) return;
  const isMet = () => {
    enterEvaluation(shard, evaluation);
    const outcome = condition.holds(shard.scope);
    if (outcome instanceof ExprError) countError(shard.stats, program.id, outcome);
    return outcome === true;
  };
  tryResolve(shard, evaluation, firing, isMet, outputs);
}

/** What an evaluation that holds leads to: the alert, and the events derived; nothing outside the rule's active times. */
export function giveResults(
  shard: Shard,
  evaluation: Evaluation,
  outputs: Output[],
  alerts = true,
): AlertDraft["alert"] | undefined {
  const { program } = evaluation.rule;
  if (program.activeTimes?.isActiveAt(evaluation.at) === false) {
    shard.stats.resultsInactive += 1;
    return undefined;
  }
  const event = eventOf(shard, program);
  if (event === undefined) return undefined;
  const alert = alerts ? giveAlert(shard, evaluation, event, outputs) : undefined;
  noteListActions(shard, program);
  emitEvent(shard, evaluation, outputs);
  if (alert !== undefined) emitAlertEvent(shard, evaluation, alert, outputs);
  return alert;
}

/** Gives every declared name its value, in the order of evaluation. */
function fillSlots(shard: Shard, evaluation: Evaluation): void {
  const { scope } = shard;
  const { program, windows } = evaluation.rule;
  const { because } = evaluation;
  fillLookups(shard, program.lookups, (error) => countError(shard.stats, program.id, error));
  for (const window of windows) {
    const fired = firedWith(evaluation, window);
    scope.slots[window.declared.slot] = fired?.fact ?? windowFactAt(shard, window, evaluation.place, evaluation.at);
  }
  for (const { name, slot, program: pattern } of program.patterns) {
    scope.slots[slot] =
      because.kind === "match" && because.name === name ? matchFact(pattern, because.match) : undefined;
  }
  for (const { slot, expression } of program.lets) {
    const value = expression.evaluate(scope);
    if (value instanceof ExprError) countError(shard.stats, program.id, value);
    scope.slots[slot] = value;
  }
}

/** json-rules-engine's event with its facts in place; undefined where one of them is in error, which ends the run there. */
function eventOf(
  shard: Shard,
  program: RuleProgram,
): { readonly written: RuleProgram["event"]; readonly replaced: RuleProgram["event"] } | undefined {
  const { event, eventParameters } = program;
  if (event.params === undefined || eventParameters.length === 0) return { written: event, replaced: event };
  const params: Record<string, JsonValue> = { ...event.params };
  for (const { name, value } of eventParameters) {
    const replacement = value.evaluate(shard.scope);
    if (replacement instanceof ExprError) {
      countError(shard.stats, program.id, replacement);
      if (program.replacesFacts) return undefined;
      params[name] = null;
    } else {
      params[name] = toJson(replacement);
    }
  }
  const replaced = { type: event.type, params };
  return { written: program.replacesFacts ? replaced : event, replaced };
}

/** Undefined where there is none: the rule gives none, or its throttle holds it. */
function giveAlert(
  shard: Shard,
  evaluation: Evaluation,
  event: NonNullable<ReturnType<typeof eventOf>>,
  outputs: Output[],
): AlertDraft["alert"] | undefined {
  const { rule, place, at } = evaluation;
  const { program } = rule;
  const alert = program.alert;
  if (alert === undefined) return undefined;
  const fingerprint = fingerprintOf(shard, evaluation);
  const severity = severityNow(shard, program);
  const heldCount = admit(shard, evaluation, { fingerprint, severity }, outputs);
  if (heldCount === undefined) {
    shard.stats.alertsHeld += 1;
    return undefined;
  }
  shard.stats[program.isShadow ? "alertsShadow" : "alerts"] += 1;
  const { slots } = shard.scope;
  const facts = Object.fromEntries(program.factNames.map(({ name, slot }) => [name, factOf(slots[slot])]));
  const evidence = gatherEvidence(shard, evaluation);
  const given: AlertDraft["alert"] = {
    id: alertIdFor(evaluation),
    rule: program.id,
    severity,
    key: place.key,
    time: at,
    event:
      event.written.params === undefined
        ? { type: event.written.type }
        : { type: event.written.type, params: event.written.params },
    ...evidence,
    facts,
    fingerprint,
    labels: alert.labels,
    tags: program.tags,
    channels: alert.channels,
    ...(heldCount > 0 ? { held: heldCount } : {}),
    ...(program.isShadow ? { mode: "shadow" } : {}),
    ...(shard.settings.observing.why ? { why: whyOf(shard, evaluation) } : {}),
  };
  const variables = variablesOf(shard, evaluation, { severity, facts, event: event.replaced, ...evidence });
  outputs.push({ kind: "alert", draft: { title: program.title, template: alert.summary, variables, alert: given } });
  return given;
}

function factOf(value: unknown): JsonValue {
  return value instanceof ExprError ? null : toJson(value);
}

/** How many alerts were held before this one, or undefined where this one is held too. */
function admit(
  shard: Shard,
  { rule, place, at }: Evaluation,
  { fingerprint, severity }: { readonly fingerprint: string; readonly severity: Severity },
  outputs: Output[],
): number | undefined {
  const node = rule.throttle;
  if (node === undefined) return 0;
  const record = recordAt(shard, place, outputs);
  const state = stateAt(
    record,
    node,
    (known) => known instanceof ThrottleState,
    () => new ThrottleState(),
  );
  const admitted = admitAlert(state, { fingerprint, at, severity, throttleMs: node.throttleMs });
  settleOperator(shard, record, node);
  if (admitted.kind === "held") return undefined;
  shard.stats.throttlePeriodsShed += admitted.shedCount;
  return admitted.heldCount;
}

function fingerprintOf(shard: Shard, { rule, place }: Evaluation): string {
  const expressions = rule.program.alert?.fingerprint;
  if (expressions === undefined) return canonicalJson(place.values);
  const values = expressions.map(({ evaluate }) => {
    const value = evaluate(shard.scope);
    if (value instanceof ExprError) countError(shard.stats, rule.program.id, value);
    return factOf(value);
  });
  return canonicalJson(values);
}

function severityNow(shard: Shard, program: RuleProgram): Severity {
  if (program.severity.kind === "fixed") return program.severity.severity;
  const value = program.severity.expression.evaluate(shard.scope);
  const severity = severityOf(value);
  if (severity !== undefined) return severity;
  const error =
    value instanceof ExprError
      ? value
      : new ExprError("type", `severity is ${canonicalJson(toJson(value))}, none of the five; taken as medium`);
  countError(shard.stats, program.id, error);
  return "medium";
}

/**
 * What a summary template sees: the event's fields, or without an event the key's parts that are field names, as conditions
 * do; hidden by the declared names, hidden by the alert's own.
 */
function variablesOf(
  shard: Shard,
  { rule, place, at, event }: Evaluation,
  alert: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const whole = event === undefined ? undefined : wholeOf(event);
  const fields = whole ?? keyFieldsOf(rule.program.key, place.values);
  const variables: Record<string, unknown> = { ...fields, input: whole, now: at, time: at };
  const { lookups, windows, patterns, lets } = rule.program;
  for (const { name, slot } of [...lookups, ...windows, ...patterns, ...lets])
    variables[name] = factOf(shard.scope.slots[slot]);
  return { ...variables, ...alert, rule: rule.program.id, key: place.key };
}
