import { isWaiting, type EvaluatedTree } from "./evaluated-tree.ts";

/** How many leaves have to come out otherwise for each of the two; Infinity: no change of leaves does it. */
interface Cost {
  readonly whenTrue: number;
  readonly whenFalse: number;
}

/** Leaves that a smallest change is told with; of more only the number is. */
const changedLeafCountMax = 100;

/** The fewest leaves of which each would have to come out otherwise (an error: without one) for the whole to hold. */
export interface SmallestChange {
  /** How many; Infinity where nothing helps, such as for `{not: {any: []}}`. A condition named twice counts twice. */
  readonly count: number;
  /** In document order, each once, at most `changedLeafCountMax`. */
  readonly leaves: readonly EvaluatedTree[];
}

/**
 * Exact on trees. Of equally small ones that of the member which stands first in the document is taken. Leaves are counted
 * as if each could be changed alone: two conditions on one fact may in truth exclude each other.
 */
export function smallestChange(root: EvaluatedTree): SmallestChange {
  const costs = new Map<EvaluatedTree, Cost>();
  const count = costOf(costs, root).whenTrue;
  const leaves = new Set<EvaluatedTree>();
  if (count > 0 && count < Number.POSITIVE_INFINITY) collect(costs, root, true, leaves);
  return { count, leaves: [...leaves] };
}

function costOf(costs: Map<EvaluatedTree, Cost>, node: EvaluatedTree): Cost {
  const known = costs.get(node);
  if (known !== undefined) return known;
  const cost = { whenTrue: targetCost(costs, node, true), whenFalse: targetCost(costs, node, false) };
  costs.set(node, cost);
  return cost;
}

function costFor(costs: Map<EvaluatedTree, Cost>, node: EvaluatedTree, target: boolean): number {
  const { whenTrue, whenFalse } = costOf(costs, node);
  return target ? whenTrue : whenFalse;
}

function targetCost(costs: Map<EvaluatedTree, Cost>, node: EvaluatedTree, target: boolean): number {
  const { tree, members, outcome } = node;
  switch (tree.kind) {
    case "all":
    case "any":
      if (members.length === 0) return target ? 0 : Number.POSITIVE_INFINITY;
      return target === (tree.kind === "any") ? decision(costs, node, target).cost : sum(costs, members, target);
    case "and":
    case "or":
      return target === (tree.kind === "or")
        ? Math.min(...members.map((member) => costFor(costs, member, target)))
        : sum(costs, members, target);
    case "none":
    case "not":
      return sum(costs, members, !target);
    case "choose":
      return branch(costs, node, target).cost;
    case "condition":
      if (members.length > 0) return sum(costs, members, target);
      return outcome === target ? 0 : 1;
    case "fact":
    case "expression":
      // What is not known yet stands in nobody's way.
      return outcome === target || isWaiting(outcome) ? 0 : 1;
  }
}

function sum(costs: Map<EvaluatedTree, Cost>, members: readonly EvaluatedTree[], target: boolean): number {
  return members.reduce((total, member) => total + costFor(costs, member, target), 0);
}

/** The cheaper of a member's two results; errors alone make it dear. */
function freeCost(costs: Map<EvaluatedTree, Cost>, member: EvaluatedTree): number {
  const { whenTrue, whenFalse } = costOf(costs, member);
  return Math.min(whenTrue, whenFalse);
}

interface Decision {
  readonly cost: number;
  readonly setIndex: number;
  readonly member: number;
}

/**
 * The cheapest way to let one member decide `all` or `any`: sets of higher priority must not decide and must have no error,
 * the others of its own set have no error, and the sets below are not reached.
 */
function decision(costs: Map<EvaluatedTree, Cost>, node: EvaluatedTree, deciding: boolean): Decision {
  const { tree, members } = node;
  let best: Decision = { cost: Number.POSITIVE_INFINITY, setIndex: 0, member: 0 };
  if (tree.kind !== "all" && tree.kind !== "any") return best;
  let before = 0;
  for (const [setIndex, set] of tree.sets.entries()) {
    const inSet = membersOf(members, set);
    const free = inSet.reduce((total, member) => total + freeCost(costs, member), 0);
    for (const at of set) {
      const member = members[at];
      if (member === undefined) continue;
      const cost = before + free - freeCost(costs, member) + costFor(costs, member, deciding);
      if (cost < best.cost || (cost === best.cost && at < best.member)) best = { cost, setIndex, member: at };
    }
    before += sum(costs, inSet, !deciding);
  }
  return best;
}

function membersOf(members: readonly EvaluatedTree[], set: readonly number[]): readonly EvaluatedTree[] {
  return set.flatMap((at) => members[at] ?? []);
}

/** `test ? a : b`: the cheaper of the two ways. */
function branch(costs: Map<EvaluatedTree, Cost>, { members }: EvaluatedTree, target: boolean) {
  const [test, whenTrue, whenFalse] = members;
  const way = (outcome: boolean, then: EvaluatedTree | undefined) =>
    test === undefined || then === undefined
      ? { cost: Number.POSITIVE_INFINITY, outcome, then }
      : { cost: costFor(costs, test, outcome) + costFor(costs, then, target), outcome, then };
  const first = way(true, whenTrue);
  const second = way(false, whenFalse);
  return second.cost < first.cost ? second : first;
}

/** Adds the leaves of the change that `targetCost` counted. */
function collect(
  costs: Map<EvaluatedTree, Cost>,
  node: EvaluatedTree,
  target: boolean,
  leaves: Set<EvaluatedTree>,
): void {
  if (leaves.size >= changedLeafCountMax || costFor(costs, node, target) === 0) return;
  const { tree, members } = node;
  const each = (of: readonly EvaluatedTree[], wanted: boolean) => {
    for (const member of of) collect(costs, member, wanted, leaves);
  };
  switch (tree.kind) {
    case "all":
    case "any":
      if (target === (tree.kind === "any")) collectDecision(costs, node, target, leaves);
      else each(members, target);
      return;
    case "and":
    case "or": {
      if (target !== (tree.kind === "or")) return each(members, target);
      const least = costFor(costs, node, target);
      return each(members.filter((member) => costFor(costs, member, target) === least).slice(0, 1), target);
    }
    case "none":
    case "not":
      return each(members, !target);
    case "choose": {
      const { outcome, then } = branch(costs, node, target);
      each(members.slice(0, 1), outcome);
      if (then !== undefined) collect(costs, then, target, leaves);
      return;
    }
    case "condition":
      if (members.length > 0) each(members, target);
      else leaves.add(node);
      return;
    case "fact":
    case "expression":
      leaves.add(node);
  }
}

function collectDecision(
  costs: Map<EvaluatedTree, Cost>,
  node: EvaluatedTree,
  deciding: boolean,
  leaves: Set<EvaluatedTree>,
): void {
  const { tree, members } = node;
  if (tree.kind !== "all" && tree.kind !== "any") return;
  const { setIndex, member: chosen } = decision(costs, node, deciding);
  const rankOf = new Map(tree.sets.flatMap((set, index) => set.map((at) => [at, index] as const)));
  for (const [at, member] of members.entries()) {
    const rank = rankOf.get(at) ?? 0;
    if (rank > setIndex) continue;
    const { whenTrue, whenFalse } = costOf(costs, member);
    if (rank < setIndex) collect(costs, member, !deciding, leaves);
    else if (at === chosen) collect(costs, member, deciding, leaves);
    else collect(costs, member, whenTrue <= whenFalse, leaves);
  }
}
