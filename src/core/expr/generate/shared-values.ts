import type { Expr } from "../ast.ts";
import type { Evaluate } from "../closure/closure.ts";
import type { NodeNumbers } from "./node-numbers.ts";
import type { Scope } from "../scope.ts";

/**
 * Values of nodes that several rules read, each worked out at most once an event, and only where it is asked for. An
 * event begins a new epoch; a value is of this event where its stamp is the epoch.
 */
export class SharedValues {
  epoch = 0;
  readonly stamps: number[] = [];
  readonly values: unknown[] = [];
  private readonly numbers: NodeNumbers;
  private readonly slots = new Map<number, number>();
  private readonly evaluators: Evaluate[] = [];

  /** @param numbers of all rules, counted: a node is shared where it has more than one user. */
  constructor(numbers: NodeNumbers) {
    this.numbers = numbers;
  }

  /** Where the node's value is kept; undefined for a node that is not shared, or costs no more than asking for it. */
  slotOf(expr: Expr): number | undefined {
    if (isCheap(expr) || !this.numbers.isShared(expr)) return undefined;
    const number = this.numbers.numberOf(expr);
    const known = this.slots.get(number);
    if (known !== undefined) return known;
    const slot = this.stamps.push(-1) - 1;
    this.values.push(undefined);
    this.slots.set(number, slot);
    return slot;
  }

  /** Reads the value of a slot, worked out by `make`'s program at its first reader. */
  readerOf(slot: number, make: () => Evaluate): Evaluate {
    const known = this.evaluators[slot];
    if (known !== undefined) return known;
    const { stamps, values } = this;
    let evaluate: Evaluate | undefined;
    const reader = (scope: Scope) => {
      if (stamps[slot] === this.epoch) return values[slot];
      evaluate ??= make();
      const value = evaluate(scope);
      stamps[slot] = this.epoch;
      values[slot] = value;
      return value;
    };
    this.evaluators[slot] = reader;
    return reader;
  }
}

/** True for what costs no more than asking for a kept value: a comparison of a field with a literal, for one. */
function isCheap(expr: Expr): boolean {
  switch (expr.kind) {
    case "literal":
    case "name":
    case "has-name":
    case "local":
    case "list":
      return true;
    case "fact":
      return expr.path?.kind !== "query";
    case "not":
    case "boolean":
      return isCheap(expr.of);
    case "test":
      return cheapOperators.includes(expr.operator) && expr.decorators.length === 0 && areCheap(expr.fact, expr.value);
    case "binary":
      return cheapOperators.includes(expr.operator) && areCheap(expr.left, expr.right);
    case "member":
    case "index":
    case "has":
    case "map":
    case "negate":
    case "and":
    case "or":
    case "choose":
    case "call":
    case "loop":
    case "bind":
    case "path":
    case "custom-test":
    case "dynamic-fact":
    case "all-of":
    case "any-of":
    case "none-of":
      return false;
  }
}

const cheapOperators: readonly string[] = [
  ...["equal", "notEqual", "lessThan", "lessThanInclusive", "greaterThan", "greaterThanInclusive"],
  ...["==", "!=", "<", "<=", ">", ">="],
];

function areCheap(left: Expr, right: Expr): boolean {
  return isCheap(left) && right.kind === "literal" && (typeof right.value !== "object" || right.value === null);
}
