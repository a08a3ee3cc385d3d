import { assert } from "../../base/assert.ts";
import type { Decorator, Expr } from "../ast.ts";
import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { metaMember, readName } from "./compile-name.ts";
import { decorateCustom } from "../custom-operator.ts";
import { ExprError } from "../expr-error.ts";
import type { CustomDecorator } from "../extensions.ts";
import { operatorOf, type JsonOperator, type OperatorOptions } from "../json/json-operator.ts";
import { compilePath } from "../json-path.ts";
import { isList } from "./property.ts";
import type { Scope } from "../scope.ts";
import type { TestBody } from "./test-body.ts";

/** A fact with its path. Absent: an error, or `undefined` and its path is not looked at. */
export function compileFact({ ref, name, path, isOptional }: ExprOf<"fact">): Evaluate {
  const absent = isOptional ? undefined : new ExprError("undefined-fact", `Undefined fact: ${name}`);
  const [member, ...more] = path?.kind === "walk" ? path.steps : [];
  const readMeta = ref.kind === "meta" && member !== undefined && more.length === 0 ? metaMember(member) : undefined;
  if (readMeta !== undefined) return (scope) => (scope.event === undefined ? absent : readMeta(scope));
  const read = readName(ref);
  if (path === undefined) {
    return (scope) => {
      const value = read(scope);
      return value === undefined ? absent : value;
    };
  }
  const find = compilePath(path);
  return (scope) => {
    const value = read(scope);
    if (value === undefined) return absent;
    return value instanceof ExprError ? value : find(value);
  };
}

/** A leaf: both sides are always evaluated. */
export function compileTest({ compile }: Assembly, expr: ExprOf<"test" | "custom-test">): Evaluate {
  const factOf = compile(expr.fact);
  const test = expr.kind === "test" ? compileBody(expr) : expr.body;
  if (expr.value.kind === "literal") {
    const { value: literal } = expr.value;
    return (scope) => {
      const fact = factOf(scope);
      return fact instanceof ExprError ? fact : test(fact, literal, scope);
    };
  }
  const valueOf = compile(expr.value);
  return (scope) => {
    const fact = factOf(scope);
    if (fact instanceof ExprError) return fact;
    const value = valueOf(scope);
    return value instanceof ExprError ? value : test(fact, value, scope);
  };
}

/** All of a leaf's operator, decorators included. */
export function compileBody({ operator, decorators, value }: ExprOf<"test">): TestBody {
  const entry = operatorOf(operator);
  assert(entry !== undefined, "a test names an operator of the table");
  return composeTest(operator, entry, decorators, value);
}

/** An operator with its decorators around it, for a value that is written in the document or not. */
export function composeTest(
  operator: string,
  entry: JsonOperator,
  decorators: readonly (Decorator | CustomDecorator)[],
  value: Expr,
): TestBody {
  const options: OperatorOptions = {
    ignoreCase: decorators.includes("ignoreCase"),
    literals: literalsOf(value, decorators),
  };
  const isPlugIn = entry !== operatorOf(operator);
  const foldsCase = isPlugIn || (operator !== "matches" && operator !== "inCidr");
  return decorators.reduceRight(
    (next, decorator) =>
      typeof decorator === "string"
        ? decorate(decorator, next, foldsCase ? options.literals : undefined)
        : decorateCustom(decorator, next),
    entry.compile(options),
  );
}

/** Values that the operator may be given out of the document: the literal, and its items where a decorator goes through them. */
function literalsOf(value: Expr, decorators: readonly (Decorator | CustomDecorator)[]): readonly unknown[] {
  if (value.kind !== "literal") return [];
  const isSpread = decorators.includes("someValue") || decorators.includes("everyValue");
  return isSpread && isList(value.value) ? [value.value, ...value.value] : [value.value];
}

const needsValueList = new ExprError("operator", "someValue and everyValue take a list as the value");

/** @param folded the literals that `ignoreCase` folds ahead; undefined where it leaves the values alone. */
function decorate(decorator: Decorator, next: TestBody, folded: readonly unknown[] | undefined): TestBody {
  switch (decorator) {
    case "someFact":
      return (fact, value, scope) => isList(fact) && overItems(fact, true, (item) => next(item, value, scope));
    case "everyFact":
      return (fact, value, scope) => isList(fact) && overItems(fact, false, (item) => next(item, value, scope));
    case "someValue":
      return (fact, value, scope) =>
        isList(value) ? overItems(value, true, (item) => next(fact, item, scope)) : needsValueList;
    case "everyValue":
      return (fact, value, scope) =>
        isList(value) ? overItems(value, false, (item) => next(fact, item, scope)) : needsValueList;
    case "swap":
      return (fact, value, scope) => next(value, fact, scope);
    case "not":
      return (fact, value, scope) => {
        const result = next(fact, value, scope);
        return result instanceof ExprError ? result : !result;
      };
    case "ignoreCase":
      return folded === undefined ? next : ignoringCase(next, folded);
  }
}

/** `some` (deciding true) and `every` (deciding false): the first item that decides, or errs, ends it. */
function overItems(
  items: readonly unknown[],
  deciding: boolean,
  test: (item: unknown) => boolean | ExprError,
): boolean | ExprError {
  for (const item of items) {
    const result = test(item);
    if (result === deciding || result instanceof ExprError) return result;
  }
  return !deciding;
}

/** Both sides in lower case, strings and strings in lists. `matches` has a flag of its own, and addresses have no case. */
function ignoringCase(next: TestBody, literals: readonly unknown[]): TestBody {
  const known = new Map(literals.map((literal) => [literal, lowerCased(literal)]));
  return (fact, value, scope) => next(lowerCased(fact), known.get(value) ?? lowerCased(value), scope);
}

function lowerCased(value: unknown): unknown {
  if (typeof value === "string") return value.toLowerCase();
  return isList(value) ? value.map(lowerCased) : value;
}

/**
 * `all` (deciding false) and `any` (deciding true) over sets of equal priority. Inside a set every member is evaluated and
 * an error of any is the result; a set that decides leaves the lower ones unevaluated.
 */
export function compileSets({ compile }: Assembly, sets: readonly (readonly Expr[])[], deciding: boolean): Evaluate {
  const compiled = sets.map((set) => set.map(compile));
  const [first = []] = compiled;
  const [only] = first;
  if (only === undefined) return () => true;
  if (compiled.length > 1) return compileOrderedSets(compiled, deciding);
  return first.length === 1 ? only : (scope) => evaluateSet(first, deciding, scope);
}

function compileOrderedSets(sets: readonly (readonly Evaluate[])[], deciding: boolean): Evaluate {
  return (scope) => {
    for (const set of sets) {
      const result = evaluateSet(set, deciding, scope);
      if (result !== !deciding) return result;
    }
    return !deciding;
  };
}

function evaluateSet(members: readonly Evaluate[], deciding: boolean, scope: Scope): boolean | ExprError {
  let isDecided = false;
  for (const member of members) {
    const result = member(scope);
    if (result instanceof ExprError) return result;
    if (result === deciding) isDecided = true;
  }
  return isDecided ? deciding : !deciding;
}

export function compileNoneOf({ compile }: Assembly, expr: ExprOf<"none-of">): Evaluate {
  const of = compile(expr.of);
  return (scope) => {
    const result = of(scope);
    return result instanceof ExprError ? result : result !== true;
  };
}
