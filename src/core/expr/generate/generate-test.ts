import type { Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import { compileBody } from "../closure/compile-test.ts";
import { ExprError } from "../expr-error.ts";
import { emitFallible, fieldOf, named, type Emitted, type Fail, type Generation } from "./generation.ts";
import { compilePath } from "../json-path.ts";
import { isList } from "../closure/property.ts";

type Emit = (generation: Generation, expr: Expr, fail: Fail) => Emitted;

/** A fact with its path; of the event's fields without a call. */
export function emitFact(generation: Generation, expr: ExprOf<"fact">, fail: Fail): Emitted {
  const { writer, closureOf } = generation;
  const { ref, path, name, isOptional } = expr;
  if (ref.kind !== "field") return emitFallible(generation, `${writer.constant(closureOf(expr))}(scope)`, fail);
  const value = fieldOf(generation, ref.name);
  if (!isOptional) {
    const absent = writer.constant(new ExprError("undefined-fact", `Undefined fact: ${name}`));
    writer.line(`if(${value.text}===undefined)${fail(absent)}`);
  }
  if (path === undefined || (path.kind === "walk" && path.steps.length === 0)) return value;
  const find = `${value.text}===undefined?undefined:${writer.constant(compilePath(path))}(${value.text})`;
  return path.kind === "walk" ? { text: `(${find})`, isBoolean: false } : emitFallible(generation, find, fail);
}

/** json-rules-engine's leaf. */
export function emitTest(
  generation: Generation,
  emit: Emit,
  expr: ExprOf<"test" | "custom-test">,
  fail: Fail,
): Emitted {
  const { writer } = generation;
  const fact = emit(generation, expr.fact, fail);
  if (expr.kind === "test" && expr.decorators.length === 0) {
    const plain = emitPlainTest(generation, expr, fact, emit, fail);
    if (plain !== undefined) return plain;
  }
  const a = named(generation, fact);
  const b = named(generation, emit(generation, expr.value, fail));
  const body = writer.constant(expr.kind === "test" ? compileBody(expr) : expr.body);
  return emitFallible(generation, `${body}(${a},${b},scope)`, fail);
}

/** Longest list that is compared one by one. */
const comparedCountMax = 3;

/** An operator that needs no call, or none for numbers and texts; undefined for any other. */
function emitPlainTest(
  generation: Generation,
  expr: ExprOf<"test">,
  fact: Emitted,
  emit: Emit,
  fail: Fail,
): Emitted | undefined {
  const { writer } = generation;
  if (expr.operator === "equal" || expr.operator === "notEqual") {
    const a = fact.text;
    const b = emit(generation, expr.value, fail).text;
    return { text: `(${a}${expr.operator === "equal" ? "===" : "!=="}${b})`, isBoolean: true };
  }
  if (expr.value.kind !== "literal") return undefined;
  const { value } = expr.value;
  if ((expr.operator === "in" || expr.operator === "notIn") && isList(value)) {
    const isIn = emitMembership(generation, fact, value);
    return { text: expr.operator === "in" ? isIn : `!${isIn}`, isBoolean: true };
  }
  const relation = relations.get(expr.operator);
  const isBetween = expr.operator === "between" && isNumberPair(value);
  if (!isBetween && (relation === undefined || typeof value !== "number")) return undefined;
  const a = named(generation, fact);
  const b = writer.constant(value);
  const compared = isBetween ? `${a}>=${b}[0]&&${a}<=${b}[1]` : `${a}${relation ?? ""}${b}`;
  const body = `${writer.constant(compileBody(expr))}(${a},${b},scope)`;
  return { ...emitFallible(generation, `typeof ${a}==="number"?${compared}:${body}`, fail), isBoolean: true };
}

function isNumberPair(value: unknown): boolean {
  return isList(value) && value.length === 2 && value.every((bound) => typeof bound === "number");
}

const relations: ReadonlyMap<string, string> = new Map([
  ["lessThan", "<"],
  ["lessThanInclusive", "<="],
  ["greaterThan", ">"],
  ["greaterThanInclusive", ">="],
]);

/** By `===`, as `indexOf` compares: a set differs in NaN alone, which no JSON list holds. Its objects equal nothing that comes with an event. */
function emitMembership(generation: Generation, fact: Emitted, list: readonly unknown[]): string {
  const { writer } = generation;
  const members = list.filter((member) => typeof member !== "object" || member === null);
  if (members.length > comparedCountMax) return `${writer.constant(new Set(members))}.has(${fact.text})`;
  const a = named(generation, fact);
  return members.length === 0
    ? "false"
    : `(${members.map((member) => `${a}===${writer.constant(member)}`).join("||")})`;
}

/**
 * `all` (deciding false) and `any` (deciding true): inside a set every member is evaluated, and its first error is the
 * result; a set that decides leaves the lower ones unevaluated.
 */
export function emitSets(
  generation: Generation,
  emit: Emit,
  sets: readonly (readonly Expr[])[],
  deciding: boolean,
  fail: Fail,
): Emitted {
  const { writer } = generation;
  const [first = [], ...lower] = sets;
  const [only] = first;
  if (only === undefined) return { text: "true", isBoolean: true };
  if (lower.length === 0 && first.length === 1) return emit(generation, only, fail);
  if (lower.length === 0) return { text: emitSet(generation, emit, first, deciding, fail), isBoolean: true };
  const [result, label] = [writer.fresh(), writer.fresh()];
  writer.line(`let ${result}=${String(deciding)};${label}:{`);
  for (const set of sets) {
    const isGood = emitSet(generation, emit, set, deciding, fail);
    writer.line(`if(${deciding ? isGood : `!${isGood}`})break ${label};`);
  }
  writer.line(`${result}=${String(!deciding)};}`);
  return { text: result, isBoolean: true };
}

function emitSet(generation: Generation, emit: Emit, members: readonly Expr[], deciding: boolean, fail: Fail): string {
  const texts = members.map((member) => {
    const value = emit(generation, member, fail);
    if (value.isBoolean) return value.text;
    return `(${value.text}${deciding ? "===true" : "!==false"})`;
  });
  return `(${texts.join(deciding ? "||" : "&&")})`;
}

export function emitNoneOf(generation: Generation, emit: Emit, expr: ExprOf<"none-of">, fail: Fail): Emitted {
  const value = emit(generation, expr.of, fail);
  return { text: value.isBoolean ? `!${value.text}` : `(${value.text}!==true)`, isBoolean: true };
}
