import { isJsonObject, type JsonValue } from "../core/base/json.ts";
import type { ExplainedName } from "../core/alert/why.ts";
import type { ExplainedCondition, ExplainedNode, ExplainedValue } from "../core/expr/explain/explanation.ts";
import { explanationLines, nodeText, valuesText, wantedText } from "../core/expr/explain/explanation-text.ts";
import type { EventAccount } from "../core/explain/event-account.ts";
import { becauseText } from "../core/notify/why-text.ts";
import type { RuleProgram } from "../core/rule/rule-program.ts";
import type {
  EvaluationExplanation,
  Fate,
  ReachExplanation,
  VisitedPattern,
  VisitExplanation,
} from "../core/shard/rule-explanation.ts";
import { formatDuration } from "../core/time/duration.ts";
import { durationMs, eventTimeMs } from "../core/time/instant.ts";
import { formatInstant, instantMsMax } from "../core/time/iso-instant.ts";
import { printable } from "./printable.ts";

/** Lines of one account: what stands before them, how deep they are, and whether they are met. */
class Page {
  readonly hasColour: boolean;
  text = "";

  constructor(hasColour: boolean) {
    this.hasColour = hasColour;
  }

  line(text: string, depth = 0, result?: ExplainedNode["result"]): void {
    this.text += `${"  ".repeat(depth)}${result === undefined ? "" : `${this.mark(result)} `}${printable(text)}\n`;
  }

  private mark(result: ExplainedNode["result"]): string {
    const [sign, colour] =
      result === true ? ["✓", 32] : result === false ? ["✗", 31] : result === "error" ? ["!", 33] : ["·", 2];
    return this.hasColour ? `\u001b[${colour}m${sign}\u001b[0m` : String(sign);
  }
}

/** An event's way to a rule and what the rule decided, for people. Nothing of an event can steer the terminal. */
export function accountText(program: RuleProgram, account: EventAccount, hasColour: boolean): string {
  const page = new Page(hasColour);
  const { reach, visits, evaluations, isLater } = account;
  page.line(titleOf(program));
  page.line(`event ${JSON.stringify(reach.event)}, ${reach.type}, ${timeText(reach.time)}`);
  page.line("");
  if (!tellReach(page, reach)) return page.text;
  for (const visit of visits) tellVisit(page, visit, visits.length > 1);
  if (evaluations.length === 0) {
    page.line(notEvaluatedText(program, reach), 0, false);
    return page.text;
  }
  if (isLater) page.line("The event itself had the rule decide nothing; this is the next decision under its key:");
  for (const evaluation of evaluations) tellEvaluation(page, program, evaluation);
  return page.text;
}

/** One evaluation, for people. */
export function evaluationText(program: RuleProgram, evaluation: EvaluationExplanation, hasColour: boolean): string {
  const page = new Page(hasColour);
  const keys = Object.keys(evaluation.key).length === 0 ? "" : `, ${JSON.stringify(evaluation.key)}`;
  page.line(`${becauseText(evaluation.because)}${keys}`);
  tellEvaluation(page, program, evaluation);
  page.line("");
  return page.text;
}

function titleOf({ id, title }: RuleProgram): string {
  return title === id ? `rule ${id}` : `rule ${id}: ${title}`;
}

/** False where the event does not reach the rule: nothing is to be told behind that. */
function tellReach(page: Page, reach: ReachExplanation): boolean {
  const { fitsType, on, type, where, key } = reach;
  page.line(`on: ${type} ${fitsType ? "fits" : "does not fit"} ${on.join(", ")}`, 0, fitsType);
  if (!fitsType) return false;
  if (where !== undefined) {
    page.line("where", 0, where.result);
    tellCondition(page, where, 1);
    tellWay(page, where);
    if (where.result !== true) return false;
  }
  if (key === undefined) return true;
  const parts = key.parts.map(keyPartText).join(", ");
  if (key.parts.length > 0) page.line(`key: ${parts}`, 0, key.count > 0);
  return key.count > 0;
}

function keyPartText({ name, text, value, error }: { readonly name: string } & ExplainedValue): string {
  const called = name === text ? text : `${name} = ${text}`;
  if (error !== undefined) return `${called}: ${error}`;
  return value === null || value === undefined ? `${called} is absent` : `${called} is ${JSON.stringify(value)}`;
}

function tellVisit(page: Page, { key, windows, patterns }: VisitExplanation, isOneOfMany: boolean): void {
  if (isOneOfMany) page.line(`under ${JSON.stringify(key)}`);
  for (const { name, type, sizeMs, outcome, value } of windows) {
    const isIn = outcome === "added" || outcome === "shed" || outcome === "fired";
    page.line(
      `window ${name} (${type}${lengthOf(sizeMs)}): ${windowOutcomes[outcome]}; ${JSON.stringify(value)}`,
      0,
      isIn,
    );
  }
  for (const pattern of patterns) tellPattern(page, pattern);
}

const windowOutcomes = {
  added: "the event is in it",
  shed: "the event is in it, and older ones had to leave at its limit",
  fired: "the event is in it, and had it fire at once",
  filtered: "its where leaves the event out",
  late: "the event is too late for it",
  refused: "it is full, and did not take the event",
} as const;

function tellPattern(page: Page, { name, isSeen, matchCount, partialMatchCount, furthest }: VisitedPattern): void {
  if (!isSeen) return page.line(`pattern ${name}: its on or where leaves the event out, or it is late`, 0, false);
  const matches =
    matchCount === 0 ? "no match ends here" : `${matchCount === 1 ? "a match ends" : `${matchCount} matches end`} here`;
  page.line(`pattern ${name}: ${matches}; ${partialMatchCount} under way`, 0, matchCount > 0);
  if (furthest === undefined) return;
  const taken = Object.entries(furthest.taken).map(([step, count]) => `${step}: ${count}`);
  page.line(`furthest: ${taken.join(", ")}; waits for ${furthest.waitingFor.join(" or ")}`, 1);
}

function notEvaluatedText({ evaluate, knowsLateness }: RuleProgram, { isLate }: ReachExplanation): string {
  if (isLate && knowsLateness) return "not evaluated: the event is late, behind the watermark";
  const asked = [
    ...[...evaluate.patterns].map((name) => `a match of ${name}`),
    ...[...evaluate.windows].map((name) => `a firing of ${name}`),
  ];
  return `not evaluated: the rule decides at ${asked.join(" or ") || "events that reach it"}, and none came`;
}

function tellEvaluation(page: Page, program: RuleProgram, evaluation: EvaluationExplanation): void {
  const { because, at, conditions, names, fate } = evaluation;
  const cause = because.kind === "event" ? "" : `${becauseText(because)}; `;
  page.line(
    `${cause}${fateText(fate, program)}, at ${timeText(at)}`,
    0,
    fate === "waiting" ? "notEvaluated" : fate !== "no",
  );
  if (conditions !== undefined) tellCondition(page, conditions, 1);
  for (const [name, explained] of Object.entries(names)) page.line(nameLine(name, explained), 1);
  if (conditions !== undefined) tellWay(page, conditions);
}

function fateText(fate: Fate, { alert }: RuleProgram): string {
  switch (fate) {
    case "given":
      return alert === undefined ? "holds" : "holds, and an alert is given";
    case "held":
      return "holds, and its throttle holds the alert back";
    case "inactive":
      return "holds outside its active times, so nothing comes of it";
    case "no":
      return "does not hold";
    case "waiting":
      return "asks for asynchronous facts first";
  }
}

function tellCondition(page: Page, { condition }: ExplainedCondition, depth: number): void {
  for (const line of explanationLines(condition)) page.line(line.text, depth + line.depth, line.result);
}

/** What stood in the way; not where that is the whole condition, which stands right above. */
function tellWay(page: Page, { condition, inTheWay }: ExplainedCondition): void {
  if (inTheWay === undefined || condition.of === undefined) return;
  const { length } = inTheWay;
  if (length === 0) return page.line("No change of its parts would let it hold.", 1);
  page.line(
    length === 1 ? "In the way, this one alone:" : `In the way, the fewest that would have to be otherwise, ${length}:`,
    1,
  );
  for (const leaf of inTheWay) {
    const within = leaf.within === undefined ? "" : ` in condition ${leaf.within}`;
    page.line(`${leaf.result === "error" ? leaf.text : nodeText(leaf)}${within}: ${wantedText(leaf)}`, 2);
  }
}

function nameLine(name: string, explained: ExplainedName): string {
  switch (explained.kind) {
    case "let": {
      const { text, value, error, values = [] } = explained;
      const from = values.length === 0 ? "" : `, where ${valuesText(values)}`;
      return `${name} = ${text} = ${error ?? JSON.stringify(value)}${from}`;
    }
    case "window": {
      const { type, sizeMs, eventCount, value } = explained;
      const count = eventCount === undefined ? "" : `, ${eventCount} event${eventCount === 1 ? "" : "s"}`;
      return `${name}: window (${type}${lengthOf(sizeMs)}${count}) ${JSON.stringify(value)}`;
    }
    case "pattern":
      return explained.value === null
        ? `${name}: pattern ${explained.pattern}, no match`
        : `${name}: pattern ${explained.pattern} took ${JSON.stringify(explained.steps ?? {})}`;
    case "lookup": {
      const { table, key, value } = explained;
      const member = key.error ?? JSON.stringify(key.value);
      const text = key.text === member ? member : `${key.text} = ${member}`;
      return `${name}: look-up in ${table}, ${text}: ${value === null ? "not in the table" : memberText(value)}`;
    }
  }
}

/** A member's fields, and when it came and goes. */
function memberText(value: JsonValue): string {
  if (!isJsonObject(value)) return JSON.stringify(value);
  const { since, expires, ...fields } = value;
  const times = [
    ...(typeof since === "number" ? [`since ${timeText(since)}`] : []),
    ...(typeof expires === "number" ? [`expires ${timeText(expires)}`] : []),
  ];
  return [JSON.stringify(fields), ...times].join(", ");
}

function timeText(at: number): string {
  return Math.abs(at) <= instantMsMax ? formatInstant(eventTimeMs(at)) : String(at);
}

function lengthOf(sizeMs: number | undefined): string {
  return sizeMs === undefined ? "" : `, ${formatDuration(durationMs(sizeMs))}`;
}
