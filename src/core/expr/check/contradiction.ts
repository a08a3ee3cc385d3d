import type { Expr } from "../ast.ts";
import { childrenOf } from "../ast.ts";
import { atomOfCel, atomOfTest } from "./atom-values.ts";
import { assemble } from "../closure/compile-closures.ts";
import type { ExprTexts } from "./expr-text.ts";
import { emptyScope } from "../scope.ts";
import { intersectValues, isNoValue, noValue, type ValueSet } from "./value-set.ts";

/** An expression, and the boolean that it is to yield. */
export interface Goal {
  readonly expr: Expr;
  readonly wanted: boolean;
}

/** Steps of one search; conditions that need more are taken to be possible. */
const stepCountMax = 4000;

export interface ContradictionOptions {
  readonly texts: ExprTexts;
  /** What a part of the expression can be, before any condition. */
  valuesOf(term: Expr): ValueSet;
}

/**
 * True where no event, no state and no list lets all the expressions yield what is wanted of them at one evaluation.
 * A proof, never a guess: false says nothing. An expression that ends in an error yields no boolean.
 *
 * A tableau: conjunctions are taken apart, each alternative of a disjunction is followed, and what is asked of one
 * value is intersected until nothing is left of it.
 */
export function areContradictory(goals: readonly Goal[], options: ContradictionOptions): boolean {
  return new Search(options).isClosed(goals, new Map());
}

type Decomposed =
  | { readonly kind: "all"; readonly goals: readonly Goal[] }
  | { readonly kind: "any"; readonly options: readonly (readonly Goal[])[] }
  | { readonly kind: "values"; readonly term: Expr; readonly values: ValueSet };

const never: Decomposed = { kind: "any", options: [] };
const always: Decomposed = { kind: "all", goals: [] };

class Search {
  readonly options: ContradictionOptions;
  stepCount = 0;

  constructor(options: ContradictionOptions) {
    this.options = options;
  }

  /** @param known what is left of each value by its text; this branch's own. */
  isClosed(goals: readonly Goal[], known: Map<string, ValueSet>): boolean {
    const pending = [...goals];
    const choices: (readonly (readonly Goal[])[])[] = [];
    for (let goal = pending.pop(); goal !== undefined; goal = pending.pop()) {
      this.stepCount += 1;
      if (this.stepCount > stepCountMax) return false;
      const decomposed = decompose(goal, this.options.texts);
      switch (decomposed.kind) {
        case "all":
          pending.push(...decomposed.goals);
          break;
        case "any": {
          const [only, another] = decomposed.options;
          if (only === undefined) return true;
          if (another === undefined) pending.push(...only);
          else choices.push(decomposed.options);
          break;
        }
        case "values":
          if (this.isImpossible(decomposed.term, decomposed.values, known)) return true;
          break;
      }
    }
    return this.isEachClosed(choices, known);
  }

  private isEachClosed(choices: readonly (readonly (readonly Goal[])[])[], known: Map<string, ValueSet>): boolean {
    const [options, ...later] = choices;
    if (options === undefined) return false;
    // What a later choice asks is asked of each option of this one; it stands as one goal with alternatives.
    return options.every((option) => this.isBranchClosed(option, later, new Map(known)));
  }

  private isBranchClosed(
    goals: readonly Goal[],
    later: readonly (readonly (readonly Goal[])[])[],
    known: Map<string, ValueSet>,
  ): boolean {
    const before = new Map(known);
    if (this.isClosed(goals, known)) return true;
    if (later.length === 0 || this.stepCount > stepCountMax) return false;
    const [options = [], ...rest] = later;
    return options.every((option) => this.isBranchClosed([...goals, ...option], rest, new Map(before)));
  }

  private isImpossible(term: Expr, values: ValueSet, known: Map<string, ValueSet>): boolean {
    if (!isSteady(term)) return isNoValue(values);
    const text = this.options.texts.of(term);
    const before = known.get(text) ?? this.options.valuesOf(term);
    const left = intersectValues(isOfEvent(term) ? { ...before, hasNaN: false } : before, values);
    known.set(text, left);
    return isNoValue(left);
  }
}

function decompose({ expr, wanted }: Goal, texts: ExprTexts): Decomposed {
  const each = (exprs: readonly Expr[]): Decomposed => ({
    kind: "all",
    goals: exprs.map((child) => ({ expr: child, wanted })),
  });
  const some = (exprs: readonly Expr[]): Decomposed => ({
    kind: "any",
    options: exprs.map((child) => [{ expr: child, wanted }]),
  });
  switch (expr.kind) {
    case "literal":
      return expr.value === wanted ? always : never;
    case "not":
    case "none-of":
      return { kind: "all", goals: [{ expr: expr.of, wanted: !wanted }] };
    case "boolean":
      return { kind: "all", goals: [{ expr: expr.of, wanted }] };
    case "bind":
      return { kind: "all", goals: [{ expr: expr.body, wanted }] };
    case "and":
      return wanted ? each(expr.operands) : some(expr.operands);
    case "or":
      return wanted ? some(expr.operands) : each(expr.operands);
    case "all-of":
      return wanted ? each(expr.sets.flat()) : some(expr.sets.flat());
    case "any-of":
      if (expr.sets.flat().length === 0) return wanted ? always : never;
      return wanted ? some(expr.sets.flat()) : each(expr.sets.flat());
    case "choose":
      return {
        kind: "any",
        options: [
          [
            { expr: expr.test, wanted: true },
            { expr: expr.whenTrue, wanted },
          ],
          [
            { expr: expr.test, wanted: false },
            { expr: expr.whenFalse, wanted },
          ],
        ],
      };
    case "test":
      if (wanted && isStrictlyComparedWithItself(expr, texts)) return never;
      return { kind: "values", ...(atomOfTest(expr, wanted) ?? opaque(expr, wanted)) };
    case "name":
    case "local":
    case "member":
    case "index":
    case "has-name":
    case "has":
    case "list":
    case "map":
    case "negate":
    case "binary":
    case "call":
    case "loop":
    case "path":
    case "fact":
    case "custom-test":
    case "dynamic-fact":
      if (isConstant(expr)) return assemble(expr)(emptyScope()) === wanted ? always : never;
      if (wanted && isStrictlyComparedWithItself(expr, texts)) return never;
      return { kind: "values", ...(atomOfCel(expr, wanted) ?? opaque(expr, wanted)) };
  }
}

/** A boolean of which no more is known than that it is one. */
function opaque(expr: Expr, wanted: boolean): { readonly term: Expr; readonly values: ValueSet } {
  return { term: expr, values: { ...noValue, hasTrue: wanted, hasFalse: !wanted } };
}

/** `x < x`, and so on: nothing is less or greater than itself. */
function isStrictlyComparedWithItself(expr: Expr, texts: ExprTexts): boolean {
  if (expr.kind === "binary")
    return (
      (expr.operator === "<" || expr.operator === ">") &&
      isSteady(expr.left) &&
      texts.of(expr.left) === texts.of(expr.right)
    );
  if (expr.kind !== "test" || expr.decorators.length > 0) return false;
  if (expr.operator !== "lessThan" && expr.operator !== "greaterThan") return false;
  return isSteady(expr.fact) && texts.of(expr.fact) === texts.of(expr.value);
}

/** True for a value as it came in an event: JSON has no NaN. */
function isOfEvent(term: Expr): boolean {
  if (term.kind === "name") return term.ref.kind === "field" || term.ref.kind === "input" || term.ref.kind === "prev";
  if (term.kind === "member" || term.kind === "index") return isOfEvent(term.of);
  return term.kind === "fact" && term.ref.kind === "field" && term.path?.kind !== "query";
}

/** False where two looks at one evaluation may give different values: a plug-in's code is not ours to know. */
function isSteady(expr: Expr): boolean {
  if (expr.kind === "custom-test" || expr.kind === "dynamic-fact") return false;
  return childrenOf(expr).every(isSteady);
}

/** True for an expression over literals alone. */
function isConstant(expr: Expr): boolean {
  switch (expr.kind) {
    case "name":
    case "has-name":
    case "local":
    case "fact":
    case "test":
    case "custom-test":
    case "dynamic-fact":
      return false;
    case "call":
      return !readsLists(expr.name) && expr.args.every(isConstant);
    case "literal":
    case "member":
    case "index":
    case "has":
    case "list":
    case "map":
    case "not":
    case "negate":
    case "binary":
    case "and":
    case "or":
    case "choose":
    case "loop":
    case "bind":
    case "path":
    case "boolean":
    case "all-of":
    case "any-of":
    case "none-of":
      return childrenOf(expr).every(isConstant);
  }
}

function readsLists(name: string): boolean {
  return name === "inList" || name === "notInList";
}
