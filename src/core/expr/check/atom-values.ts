import type { Decorator, Expr } from "../ast.ts";
import { literalsOf } from "../ast.ts";
import type { Evaluate, ExprOf } from "../closure/closure.ts";
import type { Relation } from "../json/coercion.ts";
import { assemble } from "../closure/compile-closures.ts";
import {
  allNumbers,
  intersectNumbers,
  numbersExcept,
  numbersOf,
  numbersThatAre,
  uniteNumbers,
  type Intervals,
} from "./interval.ts";
import { isList } from "../closure/property.ts";
import { emptyScope } from "../scope.ts";
import { anyText, anyValue, noValue, numbersPassing, type TextSet, type ValueSet } from "./value-set.ts";

/** What a test of one value against literals asks of that value. */
export interface Atom {
  readonly term: Expr;
  readonly values: ValueSet;
}

/** Tries a test on one value; true where it yields what is wanted. */
type Passes = (value: unknown) => boolean;

const relations: ReadonlyMap<string, Relation> = new Map([
  ["lessThan", "<"],
  ["lessThanInclusive", "<="],
  ["greaterThan", ">"],
  ["greaterThanInclusive", ">="],
]);
const opposites: Readonly<Record<Relation, Relation>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };
const mirrored: Readonly<Record<Relation, Relation>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const ofTextsAlone = new Set(["startsWith", "endsWith", "containsText", "contains", "matches", "inCidr"]);

/**
 * The values of the fact with which a JSON leaf yields `wanted`, and perhaps more. Undefined where the value is no
 * literal, or the operator is not one that rests on its two values alone.
 */
export function atomOfTest(test: ExprOf<"test">, wanted: boolean): Atom | undefined {
  if (test.value.kind !== "literal") return undefined;
  const { value: literal } = test.value;
  let run: Evaluate | undefined;
  const passes: Passes = (value) => {
    run ??= assemble({ ...test, fact: probedFact });
    return run({ ...emptyScope(), key: value === undefined ? {} : { [probedName]: toProbe(value) } }) === wanted;
  };
  const { decorators, isWanted } = withoutNegations(test.decorators, wanted);
  const [outermost] = decorators;
  const isPlain = outermost === undefined || (outermost === "ignoreCase" && decorators.length === 1);
  const narrowed = isPlain
    ? narrowedByOperator(test.operator, literal, { isWanted, ignoresCase: outermost === "ignoreCase" })
    : undefined;
  if (narrowed?.isWhole === true)
    return {
      term: test.fact,
      values: { ...anyValue, ...narrowed, texts: narrowed.texts && { ...narrowed.texts, tests: [passes] } },
    };
  const scalars = scalarsPassing(passes);
  if (outermost === "someFact" || outermost === "everyFact")
    return { term: test.fact, values: isWanted ? { ...noValue, hasList: true } : scalars };
  if (!isPlain) return { term: test.fact, values: scalars };
  if (narrowed === undefined) return undefined;
  const numbers = numbersPassing(narrowed.numbers, passes);
  const texts = narrowed.texts && { ...narrowed.texts, tests: [passes] };
  return { term: test.fact, values: { ...scalars, ...narrowed, numbers, texts } };
}

const probedName = "probe";
const probedFact: Expr = {
  kind: "fact",
  ref: { kind: "field", name: probedName },
  name: probedName,
  path: undefined,
  isOptional: true,
};

/** What is tried on a test: plain values only. */
function toProbe(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function withoutNegations(
  decorators: readonly Decorator[],
  wanted: boolean,
): { readonly decorators: readonly Decorator[]; readonly isWanted: boolean } {
  let count = 0;
  while (decorators[count] === "not") count += 1;
  return { decorators: decorators.slice(count), isWanted: count % 2 === 0 ? wanted : !wanted };
}

/** Tried out where there are few values of a kind; of the others all, texts to be tried once they are few. */
function scalarsPassing(passes: Passes): ValueSet {
  return {
    ...anyValue,
    hasNothing: passes(null) || passes(undefined),
    hasTrue: passes(true),
    hasFalse: passes(false),
    hasNaN: passes(Number.NaN),
    texts: { ...anyText, tests: [passes] },
  };
}

interface Narrowed extends Partial<ValueSet> {
  /** True where it is known of every kind of value, so that none has to be tried. */
  readonly isWhole?: boolean;
  readonly numbers: Intervals;
  readonly texts: TextSet | undefined;
}

/** Undefined for an operator that is not known here. */
function narrowedByOperator(
  operator: string,
  literal: unknown,
  { isWanted, ignoresCase }: { readonly isWanted: boolean; readonly ignoresCase: boolean },
): Narrowed | undefined {
  const relation = relations.get(operator);
  if (relation !== undefined) return narrowedByRelation(relation, literal, { isWanted, ignoresCase });
  switch (operator) {
    case "equal":
    case "notEqual":
      return narrowedByMembers([literal], { isIn: (operator === "equal") === isWanted, ignoresCase });
    case "in":
    case "notIn":
      if (!isList(literal)) return { numbers: allNumbers, texts: anyText };
      return narrowedByMembers(literal, { isIn: (operator === "in") === isWanted, ignoresCase });
    case "contains":
    case "doesNotContain":
      return isWanted ? { ...noValue, hasList: true } : { numbers: allNumbers, texts: anyText };
    case "between":
      return narrowedByBounds(literal, { isWanted, ignoresCase });
    case "exists":
      return literal === isWanted ? { ...anyValue, hasNothing: false } : { ...noValue, hasNothing: true };
    case "startsWith":
    case "endsWith":
    case "containsText":
    case "matches":
    case "inCidr":
      return isWanted
        ? { ...noValue, texts: ignoresCase ? anyText : textsOf(operator, literal) }
        : { numbers: allNumbers, texts: anyText };
    default:
      return undefined;
  }
}

function textsOf(operator: string, literal: unknown): TextSet {
  if (operator === "startsWith") return { ...anyText, prefix: String(literal) };
  return operator === "endsWith" ? { ...anyText, suffix: String(literal) } : anyText;
}

/** By `===`: a list or an object of an event is none of a document. */
function narrowedByMembers(
  members: readonly unknown[],
  { isIn, ignoresCase }: { readonly isIn: boolean; readonly ignoresCase: boolean },
): Narrowed {
  const numbers = members.filter((member) => typeof member === "number");
  const texts = members.filter((member) => typeof member === "string");
  if (ignoresCase)
    return isIn
      ? { numbers: numbersOf(numbers), texts: texts.length > 0 ? anyText : undefined, hasMap: false }
      : { numbers: numbersExcept(numbers), texts: anyText };
  // Undefined is in no document, and so never equal; null may be.
  const scalars = {
    isWhole: true,
    hasNothing: !isIn || members.includes(null),
    hasTrue: members.includes(true) === isIn,
    hasFalse: members.includes(false) === isIn,
    hasNaN: !isIn,
  };
  if (!isIn) return { ...scalars, numbers: numbersExcept(numbers), texts: { ...anyText, except: new Set(texts) } };
  const only = texts.length > 0 ? { ...anyText, only: new Set(texts) } : undefined;
  return { ...scalars, numbers: numbersOf(numbers), texts: only, hasList: false, hasMap: false };
}

/** Two texts are compared as texts, everything else as numbers; a list counts as its text. */
function narrowedByRelation(
  relation: Relation,
  literal: unknown,
  { isWanted, ignoresCase }: { readonly isWanted: boolean; readonly ignoresCase: boolean },
): Narrowed {
  const isText = typeof literal === "string" || (typeof literal === "object" && literal !== null);
  if (isText && (ignoresCase || typeof literal !== "string"))
    return { numbers: allNumbers, texts: anyText, ...(isWanted ? { hasMap: false } : {}) };
  const bound = Number(literal);
  if (!isWanted) {
    const numbers = Number.isNaN(bound) ? allNumbers : numbersThatAre(opposites[relation], bound);
    return { isWhole: true, numbers, texts: anyText };
  }
  const numbers = numbersThatAre(relation, bound);
  const others = { isWhole: true, hasNothing: false, hasTrue: false, hasFalse: false, hasNaN: false, hasMap: false };
  if (typeof literal === "string") return { ...others, numbers, texts: textsThatAre(relation, literal) };
  return { ...others, numbers, texts: anyText, coerced: numbers };
}

function narrowedByBounds(
  literal: unknown,
  { isWanted, ignoresCase }: { readonly isWanted: boolean; readonly ignoresCase: boolean },
): Narrowed | undefined {
  if (!isList(literal) || literal.length !== 2) return undefined;
  const low = narrowedByRelation(">=", literal[0], { isWanted, ignoresCase });
  const high = narrowedByRelation("<=", literal[1], { isWanted, ignoresCase });
  if (!isWanted) return { numbers: uniteNumbers(low.numbers, high.numbers), texts: anyText };
  const coerced =
    low.coerced && high.coerced ? intersectNumbers(low.coerced, high.coerced) : (low.coerced ?? high.coerced);
  const texts = low.texts && high.texts && { ...anyText, low: low.texts.low, high: high.texts.high };
  return { numbers: intersectNumbers(low.numbers, high.numbers), texts, hasMap: false, coerced };
}

function textsThatAre(relation: Relation, text: string): TextSet {
  const bound = { text, isOpen: relation === "<" || relation === ">" };
  return relation === "<" || relation === "<=" ? { ...anyText, high: bound } : { ...anyText, low: bound };
}

/** The same of a CEL comparison or call with one operand that is no literal. */
export function atomOfCel(expr: Expr, wanted: boolean): Atom | undefined {
  if (expr.kind === "binary") return atomOfBinary(expr, wanted);
  if (expr.kind === "call") return atomOfCall(expr, wanted);
  const values = wanted ? anyValue : { ...noValue, hasNothing: true };
  if (expr.kind === "has-name") return { term: { kind: "name", ref: expr.ref }, values };
  return expr.kind === "has" ? { term: { kind: "index", of: expr.of, at: expr.at }, values } : undefined;
}

function atomOfBinary({ operator, left, right }: ExprOf<"binary">, wanted: boolean): Atom | undefined {
  switch (operator) {
    case "==":
    case "!=": {
      const [term, literal] = left.kind === "literal" ? [right, left] : [left, right];
      if (literal.kind !== "literal") return undefined;
      return { term, values: equalValues(literal.value, (operator === "==") === wanted) };
    }
    case "<":
    case "<=":
    case ">":
    case ">=": {
      if (right.kind === "literal") return { term: left, values: comparedValues(operator, right.value, wanted) };
      if (left.kind !== "literal") return undefined;
      return { term: right, values: comparedValues(mirrored[operator], left.value, wanted) };
    }
    case "in": {
      const members = right.kind === "list" ? literalsOf(right) : undefined;
      return isList(members) ? { term: left, values: memberValues(members, wanted) } : undefined;
    }
    default:
      return undefined;
  }
}

function equalValues(literal: unknown, isEqual: boolean): ValueSet {
  return memberValues([literal], isEqual);
}

/** CEL's equality never errs and never converts. */
function memberValues(members: readonly unknown[], isIn: boolean): ValueSet {
  const numbers = members.filter((member) => typeof member === "number");
  const texts = members.filter((member) => typeof member === "string");
  const has = (value: unknown) => members.includes(value);
  if (!isIn) {
    return {
      ...anyValue,
      hasNothing: !has(null),
      hasTrue: !has(true),
      hasFalse: !has(false),
      numbers: numbersExcept(numbers),
      texts: { ...anyText, except: new Set(texts) },
    };
  }
  return {
    ...noValue,
    hasNothing: has(null),
    hasTrue: has(true),
    hasFalse: has(false),
    numbers: numbersOf(numbers),
    texts: texts.length > 0 ? { ...anyText, only: new Set(texts) } : undefined,
    hasList: members.some(isList),
    hasMap: members.some((member) => typeof member === "object" && member !== null && !isList(member)),
  };
}

/** CEL compares numbers with numbers and texts with texts; all else is an error, whatever is wanted. */
function comparedValues(relation: Relation, literal: unknown, wanted: boolean): ValueSet {
  const asked = wanted ? relation : opposites[relation];
  if (typeof literal === "number") return { ...noValue, numbers: numbersThatAre(asked, literal), hasNaN: !wanted };
  if (typeof literal === "string") return { ...noValue, texts: textsThatAre(asked, literal) };
  return typeof literal === "boolean" ? { ...noValue, hasTrue: true, hasFalse: true } : noValue;
}

function atomOfCall(call: ExprOf<"call">, wanted: boolean): Atom | undefined {
  const [term, ...more] = call.args;
  if (term === undefined || term.kind === "literal" || term.kind === "list") return undefined;
  if (call.name === "exists")
    return { term, values: wanted ? { ...anyValue, hasNothing: false } : { ...noValue, hasNothing: true } };
  const literals = more.map(literalsOf);
  if (literals.includes(undefined)) return undefined;
  let run: Evaluate | undefined;
  const passes: Passes = (value) => {
    run ??= assemble({ ...call, args: [{ kind: "name", ref: { kind: "slot", index: 0 } }, ...more] });
    return run({ ...emptyScope(), slots: [value] }) === wanted;
  };
  if (ofTextsAlone.has(call.name)) {
    const texts = wanted && call.name !== "contains" ? textsOf(call.name, literals[0]) : anyText;
    return { term, values: { ...noValue, texts: { ...texts, tests: [passes] } } };
  }
  return call.name === "between" ? { term, values: betweenValues(literals, wanted, passes) } : undefined;
}

function betweenValues(literals: readonly unknown[], wanted: boolean, passes: Passes): ValueSet {
  const [first] = literals;
  const [low, high] = literals.length === 1 && isList(first) ? first : literals;
  if (typeof low === "string" && typeof high === "string") {
    const texts = wanted
      ? { ...anyText, low: { text: low, isOpen: false }, high: { text: high, isOpen: false } }
      : anyText;
    return { ...noValue, texts: { ...texts, tests: [passes] } };
  }
  if (typeof low !== "number" || typeof high !== "number") return noValue;
  const inside = intersectNumbers(numbersThatAre(">=", low), numbersThatAre("<=", high));
  const outside = uniteNumbers(numbersThatAre("<", low), numbersThatAre(">", high));
  return { ...noValue, numbers: wanted ? inside : outside, hasNaN: !wanted };
}
