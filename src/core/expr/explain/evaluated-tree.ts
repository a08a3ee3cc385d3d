import type { ConditionTree } from "./condition-tree.ts";
import { ExprError } from "../expr-error.ts";
import { wrongType } from "../function/function-entry.ts";
import type { Scope } from "../scope.ts";

export type Outcome = boolean | ExprError;

/** One node of a tree under one scope. */
export interface EvaluatedTree {
  readonly tree: ConditionTree;
  /** As if it were reached: what a decided set or the other branch left out is worked out too, for what-if questions. */
  readonly outcome: Outcome;
  /** Of a leaf about a fact: its value and the compared one. Of another leaf: those of its sides, then of its names. */
  readonly values: readonly unknown[];
  /** In document order. */
  readonly members: readonly EvaluatedTree[];
  /** How many of the sets, from the highest priority on, were evaluated; for other nodes 0. */
  readonly reachedSetCount: number;
}

/** Evaluates each node of a tree. A named condition that stands in several places is one result. */
export function evaluateTree(root: ConditionTree, scope: Scope): EvaluatedTree {
  const known = new Map<ConditionTree, EvaluatedTree>();
  const evaluate = (tree: ConditionTree): EvaluatedTree => {
    const before = known.get(tree);
    if (before !== undefined) return before;
    const evaluated = evaluateNode(tree, scope, evaluate);
    known.set(tree, evaluated);
    return evaluated;
  };
  return evaluate(root);
}

function evaluateNode(
  tree: ConditionTree,
  scope: Scope,
  evaluate: (tree: ConditionTree) => EvaluatedTree,
): EvaluatedTree {
  const node = { tree, values: [], reachedSetCount: 0 };
  switch (tree.kind) {
    case "all":
    case "any": {
      const members = tree.members.map(evaluate);
      return { tree, values: [], members, ...decideSets(tree.sets, members, tree.kind === "any") };
    }
    case "none": {
      const of = evaluate(tree.of);
      return { ...node, members: [of], outcome: of.outcome instanceof ExprError ? of.outcome : !of.outcome };
    }
    case "condition": {
      if (tree.of === undefined) return { ...node, members: [], outcome: false };
      const of = evaluate(tree.of);
      return { ...node, members: [of], outcome: of.outcome };
    }
    case "fact": {
      const values = [tree.fact(scope), tree.value(scope)];
      const result = tree.test(scope);
      return { ...node, values, members: [], outcome: result instanceof ExprError ? result : result === true };
    }
    case "and":
    case "or": {
      const members = tree.operands.map(evaluate);
      return { ...node, members, outcome: absorb(members, tree.kind === "or") };
    }
    case "not": {
      const of = evaluate(tree.of);
      return { ...node, members: [of], outcome: of.outcome instanceof ExprError ? of.outcome : !of.outcome };
    }
    case "choose": {
      const members = [tree.test, tree.whenTrue, tree.whenFalse].map(evaluate);
      const [test, whenTrue, whenFalse] = members;
      const chosen = test?.outcome === true ? whenTrue : test?.outcome === false ? whenFalse : test;
      return { ...node, members, outcome: chosen?.outcome ?? false };
    }
    case "expression": {
      const value = tree.evaluate(scope);
      const isOutcome = typeof value === "boolean" || value instanceof ExprError;
      const outcome = isOutcome ? value : wrongType("a condition", "a boolean as its value", value);
      return {
        ...node,
        values: [...tree.sides, ...tree.reads].map((part) => part.evaluate(scope)),
        members: [],
        outcome,
      };
    }
  }
}

/** True of what an asynchronous fact decides that was not asked for: it may come out either way. */
export function isWaiting(outcome: unknown): boolean {
  return outcome instanceof ExprError && outcome.code === "waiting";
}

/**
 * json-rules-engine's `all` and `any`: within a set all are evaluated and an error of any counts; a set that decides ends it,
 * also where a member of it, or of one before, is not known yet.
 */
function decideSets(
  sets: readonly (readonly number[])[],
  members: readonly EvaluatedTree[],
  deciding: boolean,
): Pick<EvaluatedTree, "outcome" | "reachedSetCount"> {
  if (members.length === 0) return { outcome: true, reachedSetCount: 0 };
  let waiting: Outcome | undefined;
  for (const [index, set] of sets.entries()) {
    const outcomes = set.map((at) => members[at]?.outcome);
    const error = outcomes.find((outcome) => outcome instanceof ExprError && !isWaiting(outcome));
    if (error instanceof ExprError) return { outcome: error, reachedSetCount: index + 1 };
    if (outcomes.includes(deciding)) return { outcome: deciding, reachedSetCount: index + 1 };
    waiting ??= outcomes.find((outcome) => outcome instanceof ExprError);
  }
  return { outcome: waiting ?? !deciding, reachedSetCount: sets.length };
}

/** CEL's `&&` and `||`: an operand that decides wins over any error. */
function absorb(members: readonly EvaluatedTree[], deciding: boolean): Outcome {
  if (members.some(({ outcome }) => outcome === deciding)) return deciding;
  return members.find(({ outcome }) => outcome instanceof ExprError)?.outcome ?? !deciding;
}
