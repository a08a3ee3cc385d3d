import type { Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import { argumentsBody } from "../closure/compile-call.ts";
import { memberBody, indexBody } from "../closure/compile-member.ts";
import type { ExprError } from "../expr-error.ts";
import { wrongType } from "../function/function-entry.ts";
import { emitBinary } from "./generate-binary.ts";
import { emitFact, emitNoneOf, emitSets, emitTest } from "./generate-test.ts";
import { emitFallible, fieldOf, named, type Emitted, type Fail, type Generation } from "./generation.ts";
import { isOnPrototype } from "../closure/property.ts";
import { isListTest } from "../json/list-name.ts";

/**
 * Writes what a node's closure does, and gives the text of its value. Where that is an error, `fail` leaves the node with
 * it; so a value is never an error, and its reader need not ask.
 */
export function emit(generation: Generation, expr: Expr, fail: Fail): Emitted {
  const slot = generation.shared?.slotOf(expr);
  return slot === undefined ? emitNode(generation, expr, fail) : emitShared(generation, expr, slot, fail);
}

/** As `emit`, for a node whose own value is not kept. */
export function emitNode(generation: Generation, expr: Expr, fail: Fail): Emitted {
  switch (expr.kind) {
    case "literal":
      return emitLiteral(generation, expr);
    case "name":
      return emitName(generation, expr, fail);
    case "member":
      return emitMember(generation, expr, fail);
    case "index":
      return emitIndex(generation, expr, fail);
    case "not":
      return emitNot(generation, expr, fail);
    case "binary":
      return emitBinary(generation, emit, expr, fail);
    case "and":
      return emitChain(generation, expr.operands, false, fail);
    case "or":
      return emitChain(generation, expr.operands, true, fail);
    case "choose":
      return emitChoose(generation, expr, fail);
    case "call":
      return emitCall(generation, expr, fail);
    case "boolean":
      return emitBoolean(generation, expr, fail);
    case "fact":
      return emitFact(generation, expr, fail);
    case "test":
    case "custom-test":
      return emitTest(generation, emit, expr, fail);
    case "all-of":
      return emitSets(generation, emit, expr.sets, false, fail);
    case "any-of":
      return emitSets(generation, emit, expr.sets, true, fail);
    case "none-of":
      return emitNoneOf(generation, emit, expr, fail);
    case "local":
    case "has-name":
    case "has":
    case "list":
    case "map":
    case "negate":
    case "loop":
    case "bind":
    case "path":
    case "dynamic-fact":
      return emitClosure(generation, expr, fail);
  }
}

function emitClosure(generation: Generation, expr: Expr, fail: Fail): Emitted {
  return emitFallible(generation, `${generation.writer.constant(generation.closureOf(expr))}(scope)`, fail);
}

/** A kept value is read in place; only the first reader of an event makes a call. */
function emitShared(generation: Generation, expr: Expr, slot: number, fail: Fail): Emitted {
  const { writer, shared } = generation;
  if (shared === undefined) return emitNode(generation, expr, fail);
  const [keeper, stamps, values] = [shared, shared.stamps, shared.values].map((each) => writer.constant(each));
  const read = writer.constant(shared.readerOf(slot, () => generation.sharedEvaluate(expr)));
  return emitFallible(generation, `${stamps}[${slot}]===${keeper}.epoch?${values}[${slot}]:${read}(scope)`, fail);
}

function emitLiteral({ writer }: Generation, { value }: ExprOf<"literal">): Emitted {
  if (typeof value === "boolean") return { text: String(value), isBoolean: true };
  return { text: writer.constant(value), isBoolean: false };
}

function emitName(generation: Generation, expr: ExprOf<"name">, fail: Fail): Emitted {
  const { ref } = expr;
  if (ref.kind === "now") return { text: "scope.now", isBoolean: false };
  if (ref.kind === "slot") return emitFallible(generation, `scope.slots[${ref.index}]??null`, fail);
  if (ref.kind !== "field") return emitClosure(generation, expr, fail);
  return { text: `(${fieldOf(generation, ref.name).text}??null)`, isBoolean: false };
}

function emitMember(generation: Generation, expr: ExprOf<"member">, fail: Fail): Emitted {
  const { writer } = generation;
  if (expr.of.kind === "name" && expr.of.ref.kind === "meta") return emitClosure(generation, expr, fail);
  const holder = named(generation, emit(generation, expr.of, fail));
  const read = `${writer.constant(memberBody(expr.name))}(${holder})`;
  if (isOnPrototype(expr.name)) return emitFallible(generation, read, fail);
  const isMap = `typeof ${holder}==="object"&&!${writer.constant(Array.isArray)}(${holder})`;
  const direct = `${holder}===null?null:${isMap}?(${holder}[${writer.constant(expr.name)}]??null)`;
  return emitFallible(generation, `${direct}:${read}`, fail);
}

function emitIndex(generation: Generation, expr: ExprOf<"index">, fail: Fail): Emitted {
  const holder = named(generation, emit(generation, expr.of, fail));
  const at = named(generation, emit(generation, expr.at, fail));
  return emitFallible(generation, `${generation.writer.constant(indexBody)}(${holder},${at})`, fail);
}

function emitNot(generation: Generation, expr: ExprOf<"not">, fail: Fail): Emitted {
  const { text } = emitTypedBoolean(generation, expr.of, notABoolean, fail);
  return { text: `!${text}`, isBoolean: true };
}

const notABoolean = (value: unknown) => wrongType("!", "a boolean", value);
const noCondition = (value: unknown) => wrongType("a condition", "a boolean as its value", value);
const noChoice = (value: unknown) => wrongType("?:", "a boolean before the ?", value);
const noOperand = {
  "&&": (value: unknown) => wrongType("&&", "booleans", value),
  "||": (value: unknown) => wrongType("||", "booleans", value),
};

function emitBoolean(generation: Generation, expr: ExprOf<"boolean">, fail: Fail): Emitted {
  return emitTypedBoolean(generation, expr.of, noCondition, fail);
}

/** @param refuse the error for a value that is no boolean. */
function emitTypedBoolean(
  generation: Generation,
  expr: Expr,
  refuse: (value: unknown) => ExprError,
  fail: Fail,
): Emitted {
  const { writer } = generation;
  const value = emit(generation, expr, fail);
  if (value.isBoolean) return value;
  const text = named(generation, value);
  writer.line(`if(typeof ${text}!=="boolean")${fail(`${writer.constant(refuse)}(${text})`)}`);
  return { text, isBoolean: true };
}

/** `&&` (deciding false) and `||` (deciding true): an operand that decides wins over any error before or behind it. */
function emitChain(generation: Generation, operands: readonly Expr[], deciding: boolean, fail: Fail): Emitted {
  const { writer } = generation;
  const [result, error, chain] = [writer.fresh(), writer.fresh(), writer.fresh()];
  const refuse = writer.constant(deciding ? noOperand["||"] : noOperand["&&"]);
  writer.line(`let ${result}=${String(!deciding)},${error};${chain}:{`);
  for (const operand of operands) {
    const label = writer.fresh();
    const miss: Fail = (failure) => `{${error}??=${failure};break ${label};}`;
    writer.line(`${label}:{`);
    const value = emit(generation, operand, miss);
    const text = value.isBoolean ? value.text : named(generation, value);
    const decides = deciding ? text : `${text}===false`;
    writer.line(
      `if(${value.isBoolean ? decides : `${text}===${String(deciding)}`}){${result}=${String(deciding)};${error}=undefined;break ${chain};}`,
    );
    if (!value.isBoolean) writer.line(`if(${text}!==${String(!deciding)})${error}??=${refuse}(${text});`);
    writer.line("}");
  }
  writer.line(`}if(${error}!==undefined)${fail(error)}`);
  return { text: result, isBoolean: true };
}

function emitChoose(generation: Generation, expr: ExprOf<"choose">, fail: Fail): Emitted {
  const { writer } = generation;
  const test = emitTypedBoolean(generation, expr.test, noChoice, fail);
  const result = writer.fresh();
  writer.line(`let ${result};if(${test.text}){`);
  writer.line(`${result}=${emit(generation, expr.whenTrue, fail).text};}else{`);
  writer.line(`${result}=${emit(generation, expr.whenFalse, fail).text};}`);
  return { text: result, isBoolean: false };
}

/** `exists` alone takes an error for an answer, and what asks a list takes the scope. */
function emitCall(generation: Generation, expr: ExprOf<"call">, fail: Fail): Emitted {
  if (expr.name === "exists" || isListTest(expr.name) || expr.args.length > 4)
    return emitClosure(generation, expr, fail);
  const args = expr.args.map((arg) => named(generation, emit(generation, arg, fail)));
  return emitFallible(generation, `${generation.writer.constant(argumentsBody(expr))}(${args.join(",")})`, fail);
}
