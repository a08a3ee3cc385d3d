import type { ExplainedNode, ExplainedValue } from "./explanation.ts";

/** A line of a tree of conditions. */
export interface ExplanationLine {
  readonly depth: number;
  readonly result: ExplainedNode["result"];
  /** The condition, and with its values what it came to. */
  readonly text: string;
}

/** The tree from the top, one condition a line. */
export function explanationLines(node: ExplainedNode, depth = 0): readonly ExplanationLine[] {
  const below = (node.of ?? []).flatMap((member) => explanationLines(member, depth + 1));
  const left =
    node.omitted === undefined
      ? []
      : [{ depth: depth + 1, result: "notEvaluated" as const, text: `… ${node.omitted} more` }];
  return [{ depth, result: node.result, text: nodeText(node) }, ...below, ...left];
}

/** The conditions that join no others, in document order; without those that were not evaluated. */
export function leavesOf(node: ExplainedNode): readonly ExplainedNode[] {
  if (node.of !== undefined) return node.of.flatMap(leavesOf);
  return node.result === "notEvaluated" ? [] : [node];
}

/** A condition on one line, with the values behind it: `amount > 100 (is 50)`. */
export function nodeText(node: ExplainedNode): string {
  const priority = node.priority === undefined ? "" : `, priority ${node.priority}`;
  const called =
    node.name === undefined ? "" : `${typeof node.name === "string" ? node.name : JSON.stringify(node.name)}: `;
  const detail = detailOf(node);
  return `${called}${node.text}${priority}${detail === "" ? "" : ` (${detail})`}`;
}

/** What a condition that stood in the way should have come to. */
export function wantedText({ result, error }: ExplainedNode): string {
  if (result === "error") return `error: ${error ?? ""}`;
  return result === true ? "is true, and should be false" : "is false, and should be true";
}

function detailOf({ result, error, kind, factValue, value, text, values }: ExplainedNode): string {
  if (result === "error" && (kind === "fact" || kind === "expression")) return `error: ${error ?? ""}`;
  if (result === "notEvaluated") return kind === "fact" || kind === "expression" ? "not evaluated" : "";
  if (kind === "fact") {
    const fact = factValue === undefined ? "absent" : `is ${JSON.stringify(factValue)}`;
    const isWritten = value === undefined || text.endsWith(JSON.stringify(value)) || text.includes("… (");
    return isWritten ? fact : `${fact}; the value is ${JSON.stringify(value)}`;
  }
  return valuesText(values ?? []);
}

/** `country is "CN", amount is 50`. */
export function valuesText(values: readonly ExplainedValue[]): string {
  return values
    .map(({ text, value, error }) =>
      error === undefined ? `${text} is ${JSON.stringify(value)}` : `${text}: ${error}`,
    )
    .join(", ");
}
