import type { BinaryOperator, Expr } from "../ast.ts";
import { compileCelCall, qualifiedName } from "./cel-call.ts";
import { celMacroOf, type CelCall, type CelMacro } from "./cel-macro.ts";
import { compileHasName, compileName, refuseWaiting } from "./cel-name.ts";
import { parseCel, type CelNode } from "./cel-parser.ts";
import {
  addFault,
  checkMember,
  nested,
  unknownCondition,
  useNamedCondition,
  type CompileState,
  type Place,
} from "../compile-state.ts";
import { isCalendarFunction } from "../function/time-functions.ts";

/** Variables of the macros around a node, innermost first. */
interface Locals {
  readonly name: string;
  readonly index: number;
  readonly outer: Locals | undefined;
}

/** One expression being compiled. */
interface CelText {
  readonly state: CompileState;
  readonly text: string;
  readonly pointer: string;
}

/** Compiles a CEL text. Faults stand at their offset in it. */
export function compileCel(state: CompileState, text: string, pointer: string): Expr {
  const parsing = parseCel(text);
  if (parsing.kind === "failed") return addFault(state, { pointer, at: parsing.at }, "syntax", parsing.message);
  return compileNode({ state, text, pointer }, parsing.node, undefined);
}

/** A CEL text that stands for a condition. */
export function compileCelCondition(state: CompileState, text: string, pointer: string): Expr {
  return { kind: "boolean", of: compileCel(state, text, pointer) };
}

function placeOf(cel: CelText, at: number): Place {
  return { pointer: cel.pointer, at };
}

function compileNode(cel: CelText, node: CelNode, locals: Locals | undefined): Expr {
  return nested(cel.state, placeOf(cel, node.start), () => compileLevel(cel, node, locals));
}

function compileLevel(cel: CelText, node: CelNode, locals: Locals | undefined): Expr {
  const compile = (child: CelNode): Expr => compileNode(cel, child, locals);
  switch (node.op) {
    case "value":
      return compileLiteral(cel, node.args, node.start);
    case "id":
      return compileIdentifier(cel, node.args, node.start, locals);
    case ".": {
      const [of, name] = node.args;
      checkMemberOf(cel, of, name, node.pos, locals);
      return { kind: "member", of: compile(of), name };
    }
    case "[]": {
      const [of, at] = node.args;
      if (at.op === "value" && typeof at.args === "string") checkMemberOf(cel, of, at.args, at.start, locals);
      return { kind: "index", of: compile(of), at: compile(at) };
    }
    // What is absent is null with or without the `?`.
    case ".?": {
      const [of, name] = node.args;
      return typeof name === "string"
        ? { kind: "member", of: compile(of), name }
        : { kind: "index", of: compile(of), at: compile(name) };
    }
    case "[?]": {
      const [of, at] = node.args;
      return { kind: "index", of: compile(of), at: compile(at) };
    }
    case "list":
      return { kind: "list", items: node.args.map(compile) };
    case "map":
      return { kind: "map", entries: node.args.map(([key, value]) => ({ key: compile(key), value: compile(value) })) };
    case "?:": {
      const [test, whenTrue, whenFalse] = node.args;
      return { kind: "choose", test: compile(test), whenTrue: compile(whenTrue), whenFalse: compile(whenFalse) };
    }
    case "&&":
      return { kind: "and", operands: chainOf("&&", node).map(compile) };
    case "||":
      return { kind: "or", operands: chainOf("||", node).map(compile) };
    case "!_":
      return { kind: "not", of: compile(node.args) };
    case "-_":
      return compileNegation(compile(node.args));
    case "call":
    case "rcall":
      return compileFunction(cel, node, locals);
    default:
      return compileBinary(node.op, node.args, compile);
  }
}

function compileBinary(
  operator: BinaryOperator,
  [left, right]: readonly [CelNode, CelNode],
  compile: (node: CelNode) => Expr,
): Expr {
  return { kind: "binary", operator, left: compile(left), right: compile(right) };
}

function compileNegation(of: Expr): Expr {
  if (of.kind === "literal" && typeof of.value === "number") return { kind: "literal", value: -of.value };
  return { kind: "negate", of };
}

/** Operands of `a && b && c`, however many: the parser nests them to the left, one level each. */
export function chainOf(op: "&&" | "||", node: CelNode): readonly CelNode[] {
  const operands: CelNode[] = [];
  let rest = node;
  while (rest.op === op) {
    const [left, right]: readonly [CelNode, CelNode] = rest.args;
    operands.push(right);
    rest = left;
  }
  operands.push(rest);
  return operands.reverse();
}

function compileLiteral(cel: CelText, value: unknown, at: number): Expr {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") {
    return { kind: "literal", value };
  }
  if (typeof value === "bigint") return { kind: "literal", value: Number(value) };
  if (value instanceof Uint8Array) {
    return addFault(
      cel.state,
      placeOf(cel, at),
      "unsupported",
      'bytes are not supported; write a string without the "b" before it',
    );
  }
  return { kind: "literal", value: Number(value) };
}

function compileIdentifier(cel: CelText, name: string, at: number, locals: Locals | undefined): Expr {
  const local = findLocal(name, locals);
  if (local !== undefined) return { kind: "local", index: local };
  return compileName(cel.state, name, placeOf(cel, at));
}

function findLocal(name: string, locals: Locals | undefined): number | undefined {
  for (let local = locals; local !== undefined; local = local.outer) if (local.name === name) return local.index;
  return undefined;
}

function checkMemberOf(cel: CelText, of: CelNode, member: string, at: number, locals: Locals | undefined): void {
  if (of.op !== "id" || findLocal(of.args, locals) !== undefined) return;
  checkMember(cel.state, of.args, member, placeOf(cel, at));
}

function compileFunction(cel: CelText, node: CelCall, locals: Locals | undefined): Expr {
  const isLocal = (name: string): boolean => findLocal(name, locals) !== undefined;
  const macro = celMacroOf(node, isLocal);
  if (macro !== undefined) return compileMacro(cel, macro, locals);
  const compile = (child: CelNode): Expr => compileNode(cel, child, locals);
  const [name] = node.args;
  const refusal = durationRefusal(name, node.op === "call" ? node.args[1][0] : node.args[1]);
  if (refusal !== undefined) return addFault(cel.state, placeOf(cel, node.start), "expression", refusal);
  if (node.op === "call") return compileCelCall(cel.state, name, node.args[1].map(compile), placeOf(cel, node.start));
  const [, receiver, args] = node.args;
  const qualified =
    receiver.op === "id" && !isLocal(receiver.args) ? qualifiedName(receiver.args, name, args.length) : undefined;
  if (qualified !== undefined)
    return compileCelCall(cel.state, qualified, args.map(compile), placeOf(cel, receiver.start));
  const at = Math.max(cel.text.indexOf(name, receiver.end), receiver.start);
  return compileCelCall(cel.state, name, [receiver, ...args].map(compile), placeOf(cel, at));
}

/** CEL divides a duration where `getHours()` is called on one; here durations are numbers, which would be taken for times. */
function durationRefusal(name: string, of: CelNode | undefined): string | undefined {
  if (!isCalendarFunction(name) || of?.op !== "call" || !["duration", "ms"].includes(of.args[0])) return undefined;
  return `${name} reads a time; divide a duration instead, as in ${of.args[0]}(…) / ms('1h')`;
}

function compileMacro(cel: CelText, macro: CelMacro, locals: Locals | undefined): Expr {
  const { state } = cel;
  const place = placeOf(cel, macro.at);
  switch (macro.kind) {
    case "refused":
      return addFault(state, place, "expression", macro.message);
    case "has-name": {
      if (findLocal(macro.name, locals) !== undefined) return { kind: "literal", value: true };
      return compileHasName(state, macro.name, place);
    }
    case "has": {
      if (typeof macro.member === "string") checkMemberOf(cel, macro.of, macro.member, macro.at, locals);
      const at: Expr =
        typeof macro.member === "string"
          ? { kind: "literal", value: macro.member }
          : compileNode(cel, macro.member, locals);
      return { kind: "has", of: compileNode(cel, macro.of, locals), at };
    }
    case "cond":
      return refuseWaiting(
        state,
        useNamedCondition(state, macro.name, place) ?? unknownCondition(state, macro.name, place),
        place,
      );
    case "loop": {
      const of = compileNode(cel, macro.of, locals);
      const local = newLocal(state);
      const inner: Locals = { name: macro.variable, index: local, outer: locals };
      const test = macro.test === undefined ? undefined : compileNode(cel, macro.test, inner);
      const give = macro.give === undefined ? undefined : compileNode(cel, macro.give, inner);
      return { kind: "loop", macro: macro.macro, of, local, test, give };
    }
    case "bind": {
      const value = compileNode(cel, macro.value, locals);
      const local = newLocal(state);
      const body = compileNode(cel, macro.body, { name: macro.variable, index: local, outer: locals });
      return { kind: "bind", local, value, body };
    }
    case "pair-loop":
      return compilePairLoop(cel, macro, locals);
    case "or-value":
    case "has-value":
    case "value":
    case "opt-map":
      return compileOptional(cel, macro, locals);
  }
}

/** A loop over pairs, whose halves are bound to the two variables. */
function compilePairLoop(
  cel: CelText,
  macro: Extract<CelMacro, { readonly kind: "pair-loop" }>,
  locals: Locals | undefined,
): Expr {
  const of: Expr = { kind: "call", name: "cel.entries", args: [compileNode(cel, macro.of, locals)] };
  const [local, key, value] = [newLocal(cel.state), newLocal(cel.state), newLocal(cel.state)];
  const half = (at: number): Expr => ({
    kind: "index",
    of: { kind: "local", index: local },
    at: { kind: "literal", value: at },
  });
  const [keyName, valueName] = macro.variables;
  const outer: Locals = { name: keyName, index: key, outer: locals };
  const inner: Locals = { name: valueName, index: value, outer };
  const withBoth = (node: CelNode | undefined): Expr | undefined =>
    node && {
      kind: "bind",
      local: key,
      value: half(0),
      body: { kind: "bind", local: value, value: half(1), body: compileNode(cel, node, inner) },
    };
  const test = withBoth(macro.test);
  const give = withBoth(macro.give);
  if (!macro.givesMap || give === undefined) return { kind: "loop", macro: macro.macro, of, local, test, give };
  const pair: Expr = { kind: "list", items: [half(0), give] };
  const pairs: Expr = { kind: "loop", macro: "map", of, local, test, give: pair };
  return { kind: "call", name: "cel.fromEntries", args: [pairs] };
}

function compileOptional(
  cel: CelText,
  macro: Extract<CelMacro, { readonly kind: "or-value" | "has-value" | "value" | "opt-map" }>,
  locals: Locals | undefined,
): Expr {
  if (macro.of === undefined) return { kind: "literal", value: null };
  const of = compileNode(cel, macro.of, locals);
  if (macro.kind === "value") return of;
  const local = newLocal(cel.state);
  const held: Expr = { kind: "local", index: local };
  const isThere: Expr = { kind: "call", name: "exists", args: [held] };
  switch (macro.kind) {
    case "has-value":
      return { kind: "bind", local, value: of, body: isThere };
    case "or-value": {
      const otherwise = compileNode(cel, macro.otherwise, locals);
      const body: Expr = { kind: "choose", test: isThere, whenTrue: held, whenFalse: otherwise };
      return { kind: "bind", local, value: of, body };
    }
    case "opt-map": {
      const given = compileNode(cel, macro.body, { name: macro.variable, index: local, outer: locals });
      const nothing: Expr = { kind: "literal", value: null };
      return {
        kind: "bind",
        local,
        value: of,
        body: { kind: "choose", test: isThere, whenTrue: given, whenFalse: nothing },
      };
    }
  }
}

function newLocal(state: CompileState): number {
  const index = state.counters.localCount;
  state.counters.localCount += 1;
  return index;
}
