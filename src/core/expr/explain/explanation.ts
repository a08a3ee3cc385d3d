import type { JsonValue } from "../../base/json.ts";
import type { CompiledCondition, CompiledExpression } from "../compiled.ts";
import { assemble } from "../closure/compile-closures.ts";
import type { ConditionTree, TreePart } from "./condition-tree.ts";
import { evaluateTree, isWaiting, type EvaluatedTree, type Outcome } from "./evaluated-tree.ts";
import { ExprError } from "../expr-error.ts";
import type { ExprContext } from "../context.ts";
import { conditionTree } from "./json-tree.ts";
import { writtenText } from "./leaf-text.ts";
import { readPathsIn } from "./read-path.ts";
import type { Scope } from "../scope.ts";
import { shownText, shownValue } from "./shown-value.ts";
import { smallestChange } from "./smallest-change.ts";

/** A value with what it is the value of; `error` instead where there is none. */
export interface ExplainedValue {
  readonly text: string;
  readonly value?: JsonValue;
  readonly error?: string;
}

/** One condition of an explanation. Plain data; keys that do not apply are left out. */
export interface ExplainedNode {
  readonly kind: "all" | "any" | "not" | "condition" | "fact" | "and" | "or" | "choose" | "expression";
  /** The leaf on one line, as `amount > 100`; the operator of a node that joins others. */
  readonly text: string;
  /** `notEvaluated`: a set of higher `priority` had decided, the other branch was taken, or it waits for an asynchronous fact. */
  readonly result: boolean | "error" | "notEvaluated";
  readonly error?: string;
  /** RFC 6901, into the document, or into the named condition `within`. */
  readonly pointer: string;
  readonly within?: string;
  /** Of a part of a CEL text: its offsets there. */
  readonly span?: readonly [number, number];
  /** json-rules-engine's name of a condition, and its priority where members have different ones. */
  readonly name?: JsonValue;
  readonly priority?: number;
  /** Of a leaf about a fact. `factValue` and `value` are what was compared; absent: there is no such fact or member. */
  readonly fact?: string;
  readonly path?: string;
  readonly operator?: string;
  readonly factValue?: JsonValue;
  readonly value?: JsonValue;
  /** Of a CEL leaf: what it compares, and the other names that it reads. */
  readonly values?: readonly ExplainedValue[];
  readonly of?: readonly ExplainedNode[];
  /** How many conditions below it are left out, for the whole would be too long. */
  readonly omitted?: number;
}

/** A condition under one scope, as data. */
export interface ExplainedCondition {
  readonly result: boolean | "error" | "notEvaluated";
  readonly error?: string;
  readonly condition: ExplainedNode;
  /**
   * Where it does not hold: the fewest leaves that stand in the way, in document order. Absent where it holds, or waits for
   * asynchronous facts; empty where no change of its leaves would let it.
   */
  readonly inTheWay?: readonly ExplainedNode[];
}

/** Trees by condition: made at the first explanation, for most rules never. */
const trees = new WeakMap<CompiledCondition, ConditionTree>();

export function treeOf(condition: CompiledCondition): ConditionTree {
  const known = trees.get(condition);
  if (known !== undefined) return known;
  const tree = conditionTree(condition.source);
  trees.set(condition, tree);
  return tree;
}

/**
 * Why a condition holds or does not: each part with its values. It is evaluated anew, as it was written; so it costs some
 * twenty times as much as the condition itself, and is for the events that somebody asks about.
 *
 * @param nodeCountMax conditions that are told, from the first on; the rest is counted.
 */
export function explainCondition(
  condition: CompiledCondition,
  scope: Scope,
  { nodeCountMax }: { readonly nodeCountMax: number },
): ExplainedCondition {
  const evaluated = evaluateTree(treeOf(condition), scope);
  const { outcome } = evaluated;
  const telling = { left: nodeCountMax };
  const told = { ...resultOf(outcome, true), condition: nodeOf(evaluated, true, telling) };
  if (outcome === true || isWaiting(outcome)) return told;
  const { leaves } = smallestChange(evaluated);
  return { ...told, inTheWay: leaves.map((leaf) => nodeOf(leaf, true, { left: 1 })) };
}

function resultOf(outcome: Outcome, isReached: boolean): Pick<ExplainedNode, "result" | "error"> {
  if (!isReached || isWaiting(outcome)) return { result: "notEvaluated" };
  return outcome instanceof ExprError ? { result: "error", error: outcome.message } : { result: outcome };
}

/** How many nodes may still be told. */
interface Telling {
  left: number;
}

function nodeOf(evaluated: EvaluatedTree, isReached: boolean, telling: Telling, priority?: number): ExplainedNode {
  telling.left -= 1;
  const { tree, outcome } = evaluated;
  const { within, span } = tree;
  const name = "document" in tree ? tree.document?.["name"] : undefined;
  return {
    kind: tree.kind === "none" ? "not" : tree.kind,
    text: tree.text,
    ...resultOf(outcome, isReached),
    pointer: tree.pointer,
    ...(within === undefined ? {} : { within }),
    ...(span === undefined ? {} : { span }),
    ...(name === undefined ? {} : { name: shownValue(name) }),
    ...(priority === undefined ? {} : { priority }),
    ...leafOf(evaluated, isReached),
    ...membersOf(evaluated, isReached, telling),
  };
}

function leafOf({ tree, values }: EvaluatedTree, isReached: boolean) {
  if (tree.kind === "expression") return isReached ? valuesOf([...tree.sides, ...tree.reads], values) : {};
  if (tree.kind !== "fact") return {};
  const { fact, path, operator } = tree.document;
  const [factValue, value] = values;
  return {
    fact: writtenText(fact),
    ...(typeof path === "string" && path !== "" ? { path } : {}),
    operator: writtenText(operator),
    ...(isReached ? { ...shownIf("factValue", factValue), ...shownIf("value", value) } : {}),
  };
}

function shownIf(name: string, value: unknown): Readonly<Record<string, JsonValue>> {
  return value === undefined || value instanceof ExprError ? {} : { [name]: shownValue(value) };
}

/** Literals are left out: they say nothing that the text does not. */
function valuesOf(parts: readonly TreePart[], values: readonly unknown[]) {
  const told = parts
    .map(({ text }, index) => explainedValue(text, values[index]))
    .filter(
      ({ text, value }) => text !== JSON.stringify(value) && !(typeof value === "string" && text === `'${value}'`),
    );
  return told.length === 0 ? {} : { values: told };
}

function explainedValue(text: string, value: unknown): ExplainedValue {
  return value instanceof ExprError ? { text, error: value.message } : { text, value: shownValue(value) };
}

function membersOf(evaluated: EvaluatedTree, isReached: boolean, telling: Telling) {
  const { members } = evaluated;
  if (members.length === 0) return {};
  const of: ExplainedNode[] = [];
  for (const [index, member] of members.entries()) {
    if (telling.left <= 0) break;
    of.push(nodeOf(member, isReached && isMemberReached(evaluated, index), telling, priorityOf(evaluated.tree, index)));
  }
  return { of, ...(of.length < members.length ? { omitted: members.length - of.length } : {}) };
}

function isMemberReached({ tree, reachedSetCount, members }: EvaluatedTree, index: number): boolean {
  switch (tree.kind) {
    case "all":
    case "any":
      return tree.sets.findIndex((set) => set.includes(index)) < reachedSetCount;
    case "choose": {
      const test = members[0]?.outcome;
      return index === 0 || (index === 1 ? test === true : test === false);
    }
    case "none":
    case "condition":
    case "fact":
    case "and":
    case "or":
    case "not":
    case "expression":
      return true;
  }
}

function priorityOf(tree: ConditionTree, index: number): number | undefined {
  return (tree.kind === "all" || tree.kind === "any") && tree.sets.length > 1 ? tree.priorities[index] : undefined;
}

/** An expression's value, and those of the names that it reads. */
export interface ExplainedExpression extends ExplainedValue {
  readonly values?: readonly ExplainedValue[];
}

export function explainExpression(
  { text, expr, evaluate }: CompiledExpression,
  scope: Scope,
  { names }: Pick<ExprContext, "names">,
): ExplainedExpression {
  const parts = readPathsIn(expr, names).filter((path) => path.text !== text);
  const values = parts.map((part) => explainedValue(shownText(part.text), assemble(part.expr)(scope)));
  return { ...explainedValue(shownText(text), evaluate(scope)), ...(values.length === 0 ? {} : { values }) };
}
