import type { ExplainedName, Why } from "../alert/why.ts";
import { leavesOf, nodeText, valuesText } from "../expr/explain/explanation-text.ts";

/** Conditions that a notification tells; all of them are in the alert's `why`. */
const leafCountShown = 8;

/** Why an alert was given, for people: the conditions that were met with their values, then how the names came about. */
export function whyLines({ because, conditions, names = {} }: Why): readonly string[] {
  const leaves = conditions === undefined ? [] : leavesOf(conditions);
  const more = leaves.length > leafCountShown ? [`… ${leaves.length - leafCountShown} more conditions`] : [];
  const met = leaves.slice(0, leafCountShown).map((leaf) => `${leaf.result === true ? "" : "not "}${nodeText(leaf)}`);
  const cause = because.kind === "event" ? [] : [becauseText(because)];
  return [...cause, ...met, ...more, ...Object.entries(names).flatMap(nameLine)];
}

/** What had the rule evaluated, on one line. */
export function becauseText(because: Why["because"]): string {
  switch (because.kind) {
    case "event":
      return `event ${JSON.stringify(because.event)}`;
    case "window":
      return `window ${because.window} [${because.start}, ${because.end}) fired${because.firing === "onTime" ? "" : ` (${because.firing})`}`;
    case "tick":
      return "a tick";
    case "answer":
      return "its asynchronous facts were answered";
    case "pattern":
      return because.timedOut ? `pattern ${because.pattern} timed out` : `pattern ${because.pattern} matched`;
  }
}

/** Values of windows stand beside the conditions that read them; here is what they do not say. */
function nameLine([name, explained]: readonly [string, ExplainedName]): readonly string[] {
  const text = nameText(name, explained);
  return text === undefined ? [] : [text];
}

function nameText(name: string, explained: ExplainedName): string | undefined {
  switch (explained.kind) {
    case "let": {
      const { text, value, error, values = [] } = explained;
      const from = values.length === 0 ? "" : ` (${valuesText(values)})`;
      return `${name} = ${text}${from}${error === undefined ? ` = ${JSON.stringify(value)}` : `: ${error}`}`;
    }
    case "window":
      return explained.eventCount === undefined ? undefined : `${name} holds ${count(explained.eventCount, "event")}`;
    case "pattern": {
      const steps = Object.entries(explained.steps ?? {});
      if (steps.length === 0) return undefined;
      return `${name} took ${steps.map(([step, ids]) => `${step}: ${ids.map((id) => JSON.stringify(id)).join(" ")}`).join(", ")}`;
    }
    case "lookup": {
      const { table, key, value } = explained;
      const looked = `${name} = ${table}[${key.error ?? JSON.stringify(key.value)}]`;
      return value === null ? `${looked}: not in the table` : looked;
    }
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
