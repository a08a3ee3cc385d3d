import { decoratorNames, type Decorator } from "../ast.ts";
import { compareLoosely, isNumberLike, textOf, type Relation } from "./coercion.ts";
import { ExprError } from "../expr-error.ts";
import { compileCidrs, parseIpAddress } from "../function/ip-address.ts";
import { isList } from "../closure/property.ts";
import { compilePattern, PatternCache } from "../function/regular-expression.ts";
import type { TestBody } from "../closure/test-body.ts";

export interface OperatorOptions {
  readonly ignoreCase: boolean;
  /** What the condition's value may be, where that is written in the document: compiled ahead. */
  readonly literals: readonly unknown[];
}

export interface JsonOperator {
  readonly compile: (options: OperatorOptions) => TestBody;
  /** Why a literal value can never work: json-rules-engine would throw at every evaluation, or it is no pattern or block. */
  readonly refusalOf: (value: unknown, options: { readonly ignoreCase: boolean }) => string | undefined;
  /** True for ours: what their value may be is checked under every decorator. */
  readonly isExtra: boolean;
}

const inNeedsList = new ExprError("operator", "in and notIn take a list (or a string) as the value");
const needsText = new ExprError("operator", "startsWith, endsWith and containsText take a string as the value");
const needsPattern = new ExprError("operator", "matches takes a regular expression as the value");
const needsBounds = new ExprError("operator", "between takes [low, high] as the value");
const needsListId = new ExprError("operator", "inList and notInList take the id of a list as the value");
const needsBoolean = new ExprError("operator", "exists takes true or false as the value");

/** Patterns out of events that one program keeps compiled. */
const patternCountMax = 256;

function ofEngine(body: TestBody, refusalOf: (value: unknown) => string | undefined = () => undefined): JsonOperator {
  return { compile: () => body, refusalOf, isExtra: false };
}

function extra(body: TestBody, refusalOf: (value: unknown) => string | undefined): JsonOperator {
  return { compile: () => body, refusalOf, isExtra: true };
}

function relation(operator: Relation): JsonOperator {
  return ofEngine((fact, value) => {
    const isComparable = isNumberLike(fact);
    return isComparable === true ? compareLoosely(operator, fact, value) : isComparable;
  });
}

/** Position of the fact in a list, by `===`, or of its text in a string. */
function indexIn(fact: unknown, value: unknown): number | ExprError {
  if (isList(value)) return value.indexOf(fact);
  if (typeof value !== "string") return inNeedsList;
  const text = textOf(fact);
  return text instanceof ExprError ? text : value.indexOf(text);
}

function listRefusal(value: unknown): string | undefined {
  return isList(value) || typeof value === "string"
    ? undefined
    : "in and notIn need a list as the value, such as [1, 2]";
}

function textTest(name: string, body: (text: string, value: string) => boolean): JsonOperator {
  return extra(
    (fact, value) => {
      if (typeof value !== "string") return needsText;
      return typeof fact === "string" && body(fact, value);
    },
    (value) => (typeof value === "string" ? undefined : `${name} needs a string as the value`),
  );
}

const between = extra(
  (fact, value) => {
    if (!isList(value) || value.length !== 2) return needsBounds;
    const isComparable = isNumberLike(fact);
    if (isComparable !== true) return isComparable;
    const isAbove = compareLoosely(">=", fact, value[0]);
    return isAbove === true ? compareLoosely("<=", fact, value[1]) : isAbove;
  },
  (value) => {
    const isBounds =
      isList(value) &&
      value.length === 2 &&
      value.every((bound) => typeof bound === "number" || typeof bound === "string");
    return isBounds ? undefined : "between needs [low, high] as the value";
  },
);

const exists = extra(
  (fact, value) => {
    const isThere = fact !== undefined && fact !== null;
    return typeof value === "boolean" ? isThere === value : needsBoolean;
  },
  (value) => (typeof value === "boolean" ? undefined : "exists needs true or false as the value"),
);

const matches: JsonOperator = {
  isExtra: true,
  compile: ({ ignoreCase, literals }) => {
    const literal = literals.length === 1 ? literals[0] : undefined;
    const literalTest = typeof literal === "string" ? compilePattern(literal, { ignoreCase }) : undefined;
    const cache = new PatternCache(patternCountMax, { ignoreCase });
    return (fact, value) => {
      if (typeof value !== "string") return needsPattern;
      const test = literalTest !== undefined && value === literal ? literalTest : cache.get(value);
      return test instanceof ExprError ? test : typeof fact === "string" && test(fact);
    };
  },
  refusalOf: (value, options) => {
    if (typeof value !== "string") return "matches needs a regular expression as the value";
    const test = compilePattern(value, options);
    return test instanceof ExprError ? `${test.message}; matches takes RE2 syntax` : undefined;
  },
};

const inCidr: JsonOperator = {
  isExtra: true,
  compile: ({ literals }) => {
    const literalTests = new Map(literals.map((literal) => [literal, compileCidrs(literal)]));
    return (fact, value) => {
      const test = literalTests.get(value) ?? compileCidrs(value);
      if (test instanceof ExprError) return test;
      const address = typeof fact === "string" ? parseIpAddress(fact) : undefined;
      return address !== undefined && test(address);
    };
  },
  refusalOf: (value) => {
    const test = compileCidrs(value);
    return test instanceof ExprError ? test.message : undefined;
  },
};

/** The value is the list's id. Null, and what no list can hold, is in none. */
function listTest(wanted: boolean): JsonOperator {
  return extra(
    (fact, value, scope) => (typeof value === "string" ? scope.lists.contains(value, fact) === wanted : needsListId),
    (value) =>
      typeof value === "string" ? undefined : "inList and notInList need the id of a list as the value, in quotes",
  );
}

const operators: ReadonlyMap<string, JsonOperator> = new Map([
  ["equal", ofEngine((fact, value) => fact === value)],
  ["notEqual", ofEngine((fact, value) => fact !== value)],
  [
    "in",
    ofEngine((fact, value) => {
      const index = indexIn(fact, value);
      return index instanceof ExprError ? index : index > -1;
    }, listRefusal),
  ],
  [
    "notIn",
    ofEngine((fact, value) => {
      const index = indexIn(fact, value);
      return index instanceof ExprError ? index : index === -1;
    }, listRefusal),
  ],
  ["contains", ofEngine((fact, value) => isList(fact) && fact.indexOf(value) > -1)],
  ["doesNotContain", ofEngine((fact, value) => isList(fact) && fact.indexOf(value) === -1)],
  ["lessThan", relation("<")],
  ["lessThanInclusive", relation("<=")],
  ["greaterThan", relation(">")],
  ["greaterThanInclusive", relation(">=")],
  ["startsWith", textTest("startsWith", (text, value) => text.startsWith(value))],
  ["endsWith", textTest("endsWith", (text, value) => text.endsWith(value))],
  ["containsText", textTest("containsText", (text, value) => text.includes(value))],
  ["between", between],
  ["exists", exists],
  ["matches", matches],
  ["inCidr", inCidr],
  ["inList", listTest(true)],
  ["notInList", listTest(false)],
]);

export const operatorNames: readonly string[] = [...operators.keys()];

export function operatorOf(name: string): JsonOperator | undefined {
  return operators.get(name);
}

export function decoratorOf(name: string): Decorator | undefined {
  return decoratorNames.find((decorator) => decorator === name);
}
