import { assert } from "../base/assert.ts";
import type { Gate } from "../expr/generate/compile-gates.ts";
import { NodeNumbers } from "../expr/generate/node-numbers.ts";
import type { Scope } from "../expr/scope.ts";
import { SharedValues } from "../expr/generate/shared-values.ts";
import { GateTreeBuilder } from "./build-gate-tree.ts";
import { gateOf } from "./gate-of.ts";
import { tryTree, type GateTree } from "./gate-tree.ts";
import type { EventIndex, Intake, LonePattern, RuleNode, Taker } from "./plan.ts";
import { TypeGroups } from "./type-groups.ts";

/**
 * Leads from an event to the rules and lone patterns that may take it: all that would, and few others. What is left out
 * has a part that is false, or in error, whatever the rest is; an error that decides so is not counted.
 */
export class RuleIndex implements EventIndex {
  readonly takers: readonly Taker[];
  readonly hits: Int32Array;
  private readonly gates: readonly Gate[];
  private readonly types = new TypeGroups();
  private readonly shared: SharedValues;
  private readonly builder: GateTreeBuilder;
  /** Of each group, built when the first event of its types comes. */
  private readonly trees: (GateTree | undefined)[] = [];

  constructor(rules: readonly RuleNode[], lonePatterns: readonly LonePattern[]) {
    this.takers = [
      ...rules.map((rule) => ({ rule, lone: undefined })),
      ...lonePatterns.map((lone) => ({ rule: undefined, lone })),
    ];
    this.hits = new Int32Array(this.takers.length);
    this.gates = this.takers.map(gateOf);
    const numbers = new NodeNumbers();
    for (const { parts } of this.gates) for (const part of parts) numbers.use(part);
    this.shared = new SharedValues(numbers);
    this.builder = new GateTreeBuilder(numbers, this.shared);
    for (const [ordinal, taker] of this.takers.entries()) {
      this.types.add(ordinal, filterOf(taker).types, isOrdered(taker) ? "released" : "arrival");
    }
  }

  match(scope: Scope, intake: Intake): number {
    const { event } = scope;
    assert(event !== undefined, "rules are matched at an event");
    this.shared.epoch += 1;
    const { arrival, released } = this.types.of(event.type);
    let count = 0;
    if (arrival.length > 0 && intake !== "released") count = this.tryGroups(arrival, scope, count);
    if (released.length > 0 && intake !== "arrival") count = this.tryGroups(released, scope, count);
    if (count > 1) sortFirst(this.hits, count);
    return count;
  }

  hasTakers(type: string): boolean {
    const { arrival, released } = this.types.of(type);
    return arrival.length > 0 || released.length > 0;
  }

  hasOrdered(type: string): boolean {
    return this.types.of(type).released.length > 0;
  }

  private tryGroups(groups: readonly number[], scope: Scope, count: number): number {
    let next = count;
    for (let index = 0; index < groups.length; index += 1) {
      const group = groups[index] ?? 0;
      next = tryTree(this.trees[group] ?? this.treeOf(group), scope, this.hits, next);
    }
    return next;
  }

  private treeOf(group: number): GateTree {
    const members = this.types.groups[group] ?? [];
    const tree = this.builder.build(members.flatMap((ordinal) => this.gates[ordinal] ?? []));
    this.trees[group] = tree;
    return tree;
  }
}

/** Few at a time stand nearly in order. */
const insertedCountMax = 32;

function sortFirst(ordinals: Int32Array, count: number): void {
  if (count > insertedCountMax) {
    ordinals.subarray(0, count).sort();
    return;
  }
  for (let index = 1; index < count; index += 1) {
    const ordinal = ordinals[index] ?? 0;
    let at = index;
    for (; at > 0; at -= 1) {
      const before = ordinals[at - 1] ?? 0;
      if (before <= ordinal) break;
      ordinals[at] = before;
    }
    ordinals[at] = ordinal;
  }
}

function isOrdered({ rule }: Taker): boolean {
  return rule === undefined || rule.program.isOrdered;
}

function filterOf(taker: Taker) {
  return taker.rule === undefined ? taker.lone.filter : taker.rule.program.filter;
}
