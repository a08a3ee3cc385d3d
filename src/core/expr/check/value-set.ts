import { allNumbers, intersectNumbers, numbersOf, pointOf, type Intervals } from "./interval.ts";

/**
 * What a value of a program may be, at most: a set that holds every value which some condition allows, and perhaps more.
 * So a set that is empty proves that no value is left; one that is not proves nothing.
 */
export interface ValueSet {
  /** Absent or null: the two are not told apart. */
  readonly hasNothing: boolean;
  readonly hasTrue: boolean;
  readonly hasFalse: boolean;
  readonly hasNaN: boolean;
  readonly numbers: Intervals;
  /** Undefined: no text. */
  readonly texts: TextSet | undefined;
  readonly hasList: boolean;
  readonly hasMap: boolean;
  /** What `Number` makes of a text or a list, where a comparison asked that; undefined: anything. */
  readonly coerced: Intervals | undefined;
}

export interface TextSet {
  /** Undefined: any text but those that the rest rules out. */
  readonly only: ReadonlySet<string> | undefined;
  readonly except: ReadonlySet<string>;
  /** Tests that every text of `only` passes. */
  readonly tests: readonly ((text: string) => boolean)[];
  readonly prefix: string;
  readonly suffix: string;
  readonly low: TextBound | undefined;
  readonly high: TextBound | undefined;
}

export interface TextBound {
  readonly text: string;
  readonly isOpen: boolean;
}

export const anyText: TextSet = {
  only: undefined,
  except: new Set(),
  tests: [],
  prefix: "",
  suffix: "",
  low: undefined,
  high: undefined,
};

export const anyValue: ValueSet = {
  hasNothing: true,
  hasTrue: true,
  hasFalse: true,
  hasNaN: true,
  numbers: allNumbers,
  texts: anyText,
  hasList: true,
  hasMap: true,
  coerced: undefined,
};

export const noValue: ValueSet = {
  hasNothing: false,
  hasTrue: false,
  hasFalse: false,
  hasNaN: false,
  numbers: [],
  texts: undefined,
  hasList: false,
  hasMap: false,
  coerced: undefined,
};

export function isNoValue(set: ValueSet): boolean {
  const { hasNothing, hasTrue, hasFalse, hasNaN, numbers, texts, hasList, hasMap } = set;
  return !(hasNothing || hasTrue || hasFalse || hasNaN || hasList || hasMap) && numbers.length === 0 && !texts;
}

/** Values in both. */
export function intersectValues(a: ValueSet, b: ValueSet): ValueSet {
  const coerced = a.coerced === undefined ? b.coerced : b.coerced && intersectNumbers(a.coerced, b.coerced);
  const all = coerced ?? a.coerced;
  const isCoercible = all === undefined || all.length > 0;
  const texts =
    isCoercible && a.texts !== undefined && b.texts !== undefined ? intersectTexts(a.texts, b.texts) : undefined;
  return {
    hasNothing: a.hasNothing && b.hasNothing,
    hasTrue: a.hasTrue && b.hasTrue,
    hasFalse: a.hasFalse && b.hasFalse,
    hasNaN: a.hasNaN && b.hasNaN,
    numbers: intersectNumbers(a.numbers, b.numbers),
    texts,
    hasList: isCoercible && a.hasList && b.hasList,
    hasMap: a.hasMap && b.hasMap,
    coerced: all,
  };
}

/** Only numbers that are no single points, or pass. */
export function numbersPassing(numbers: Intervals, passes: (value: number) => boolean): Intervals {
  return numbers.filter((interval) => {
    const point = pointOf(interval);
    return point === undefined || passes(point);
  });
}

/** The set of the values given; of lists and maps only their kind. */
export function valuesOf(values: readonly unknown[]): ValueSet {
  const texts = values.filter((value) => typeof value === "string");
  return {
    ...noValue,
    hasNothing: values.some((value) => value === null || value === undefined),
    hasTrue: values.includes(true),
    hasFalse: values.includes(false),
    hasNaN: values.some((value) => Number.isNaN(value)),
    numbers: numbersOf(values.filter((value) => typeof value === "number")),
    texts: texts.length > 0 ? { ...anyText, only: new Set(texts) } : undefined,
    hasList: values.some((value) => Array.isArray(value)),
    hasMap: values.some((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
  };
}

/** Undefined where no text is left. */
function intersectTexts(a: TextSet, b: TextSet): TextSet | undefined {
  const prefix = longerOf(a.prefix, b.prefix, (long, short) => long.startsWith(short));
  const suffix = longerOf(a.suffix, b.suffix, (long, short) => long.endsWith(short));
  const both: TextSet = {
    only:
      a.only === undefined
        ? b.only
        : b.only === undefined
          ? a.only
          : new Set([...a.only].filter((text) => b.only?.has(text))),
    except: new Set([...a.except, ...b.except]),
    tests: [...a.tests, ...b.tests],
    prefix: prefix ?? "",
    suffix: suffix ?? "",
    low: tighterBound(a.low, b.low, (text, other) => text > other),
    high: tighterBound(a.high, b.high, (text, other) => text < other),
  };
  if (prefix === undefined || suffix === undefined || areCrossed(both)) return undefined;
  const narrowed = both.only === undefined ? pointText(both) : both;
  if (narrowed.only === undefined) return narrowed;
  const only = new Set([...narrowed.only].filter((text) => isTextIn(text, narrowed)));
  return only.size === 0 ? undefined : { ...narrowed, only };
}

function isTextIn(text: string, { except, tests, prefix, suffix, low, high }: TextSet): boolean {
  if (except.has(text) || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  if (low !== undefined && (text < low.text || (low.isOpen && text === low.text))) return false;
  if (high !== undefined && (text > high.text || (high.isOpen && text === high.text))) return false;
  return tests.every((test) => test(text));
}

function areCrossed({ low, high }: TextSet): boolean {
  if (low === undefined || high === undefined) return false;
  return low.text > high.text || (low.text === high.text && (low.isOpen || high.isOpen));
}

/** Bounds that meet leave one text. */
function pointText(set: TextSet): TextSet {
  const { low, high } = set;
  return low !== undefined && low.text === high?.text ? { ...set, only: new Set([low.text]) } : set;
}

/** Undefined where neither contains the other. */
function longerOf(a: string, b: string, contains: (long: string, short: string) => boolean): string | undefined {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return contains(long, short) ? long : undefined;
}

function tighterBound(
  a: TextBound | undefined,
  b: TextBound | undefined,
  isTighter: (text: string, other: string) => boolean,
): TextBound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.text === b.text) return { text: a.text, isOpen: a.isOpen || b.isOpen };
  return isTighter(a.text, b.text) ? a : b;
}
