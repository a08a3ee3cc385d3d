import type { Expr } from "../ast.ts";
import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { compileBinary } from "./compile-binary.ts";
import { compileCall } from "./compile-call.ts";
import { compileLoop } from "./compile-loop.ts";
import { compileHas, compileIndex, compileMember } from "./compile-member.ts";
import { compileName, hasName } from "./compile-name.ts";
import { compileFact, compileNoneOf, compileSets, compileTest } from "./compile-test.ts";
import { compileDynamicFact } from "../dynamic-fact.ts";
import { ExprError } from "../expr-error.ts";
import { wrongType } from "../function/function-entry.ts";
import { compilePath } from "../json-path.ts";

/** Turns an expression into a closure. */
export function assemble(expr: Expr): Evaluate {
  return startAssembly(() => undefined).compile(expr);
}

/**
 * Closures of one program. Every node that has several parents is compiled once.
 *
 * @param readerOf reads a node's value where that is kept elsewhere; the node's own closure is then not asked for.
 */
export function startAssembly(readerOf: (expr: Expr) => Evaluate | undefined): Assembly {
  const known = new Map<Expr, Evaluate>();
  const assembly: Assembly = {
    frame: [],
    compile: (node) => {
      const before = known.get(node);
      if (before !== undefined) return before;
      const evaluate = readerOf(node) ?? compileNode(assembly, node);
      known.set(node, evaluate);
      return evaluate;
    },
  };
  return assembly;
}

/** The closure of a node itself; those below it as the assembly has them. */
export function compileNode(assembly: Assembly, expr: Expr): Evaluate {
  switch (expr.kind) {
    case "literal": {
      const { value } = expr;
      return () => value;
    }
    case "name":
      return compileName(expr.ref);
    case "local": {
      const { frame } = assembly;
      const { index } = expr;
      return () => frame[index];
    }
    case "member":
      return compileMember(assembly, expr);
    case "index":
      return compileIndex(assembly, expr);
    case "has-name":
      return hasName(expr.ref);
    case "has":
      return compileHas(assembly, expr);
    case "list":
      return compileList(assembly, expr);
    case "map":
      return compileMap(assembly, expr);
    case "not":
      return compileNot(assembly, expr);
    case "negate":
      return compileNegate(assembly, expr);
    case "binary":
      return compileBinary(assembly, expr);
    case "and":
      return compileChain(assembly, expr.operands, false);
    case "or":
      return compileChain(assembly, expr.operands, true);
    case "choose":
      return compileChoose(assembly, expr);
    case "call":
      return compileCall(assembly, expr);
    case "loop":
      return compileLoop(assembly, expr);
    case "bind":
      return compileBind(assembly, expr);
    case "path":
      return compilePathOver(assembly, expr);
    case "boolean":
      return compileBoolean(assembly, expr);
    case "fact":
      return compileFact(expr);
    case "dynamic-fact":
      return compileDynamicFact(expr);
    case "test":
    case "custom-test":
      return compileTest(assembly, expr);
    case "all-of":
      return compileSets(assembly, expr.sets, false);
    case "any-of":
      return compileSets(assembly, expr.sets, true);
    case "none-of":
      return compileNoneOf(assembly, expr);
  }
}

function compileList({ compile }: Assembly, { items }: ExprOf<"list">): Evaluate {
  const parts = items.map(compile);
  return (scope) => {
    const list: unknown[] = [];
    for (const part of parts) {
      const value = part(scope);
      if (value instanceof ExprError) return value;
      list.push(value);
    }
    return list;
  };
}

function compileMap({ compile }: Assembly, { entries }: ExprOf<"map">): Evaluate {
  const parts = entries.map(({ key, value }) => ({ key: compile(key), value: compile(value) }));
  return (scope) => {
    const members: [string, unknown][] = [];
    for (const part of parts) {
      const key = part.key(scope);
      if (key instanceof ExprError) return key;
      if (typeof key !== "string") return wrongType("a map", "strings as keys", key);
      const value = part.value(scope);
      if (value instanceof ExprError) return value;
      members.push([key, value]);
    }
    return Object.fromEntries(members);
  };
}

function compileNot({ compile }: Assembly, expr: ExprOf<"not">): Evaluate {
  const of = compile(expr.of);
  return (scope) => {
    const value = of(scope);
    if (typeof value === "boolean") return !value;
    return value instanceof ExprError ? value : wrongType("!", "a boolean", value);
  };
}

function compileNegate({ compile }: Assembly, expr: ExprOf<"negate">): Evaluate {
  const of = compile(expr.of);
  return (scope) => {
    const value = of(scope);
    if (typeof value === "number") return -value;
    return value instanceof ExprError ? value : wrongType("-", "a number", value);
  };
}

/** CEL's `&&` (deciding false) and `||` (deciding true): an operand that decides wins over any error before or behind it. */
function compileChain({ compile }: Assembly, operands: readonly Expr[], deciding: boolean): Evaluate {
  const parts = operands.map(compile);
  const name = deciding ? "||" : "&&";
  return (scope) => {
    let error: ExprError | undefined;
    for (const part of parts) {
      const value = part(scope);
      if (value === deciding) return deciding;
      if (value === !deciding) continue;
      error ??= value instanceof ExprError ? value : wrongType(name, "booleans", value);
    }
    return error ?? !deciding;
  };
}

function compileChoose({ compile }: Assembly, expr: ExprOf<"choose">): Evaluate {
  const test = compile(expr.test);
  const whenTrue = compile(expr.whenTrue);
  const whenFalse = compile(expr.whenFalse);
  return (scope) => {
    const value = test(scope);
    if (value === true) return whenTrue(scope);
    if (value === false) return whenFalse(scope);
    return value instanceof ExprError ? value : wrongType("?:", "a boolean before the ?", value);
  };
}

function compileBind({ compile, frame }: Assembly, { local, ...expr }: ExprOf<"bind">): Evaluate {
  const value = compile(expr.value);
  const body = compile(expr.body);
  return (scope) => {
    const bound = value(scope);
    if (bound instanceof ExprError) return bound;
    frame[local] = bound;
    const result = body(scope);
    frame[local] = undefined;
    return result;
  };
}

function compilePathOver({ compile }: Assembly, expr: ExprOf<"path">): Evaluate {
  const of = compile(expr.of);
  const find = compilePath(expr.path);
  return (scope) => {
    const value = of(scope);
    return value instanceof ExprError ? value : (find(value) ?? null);
  };
}

function compileBoolean({ compile }: Assembly, expr: ExprOf<"boolean">): Evaluate {
  const of = compile(expr.of);
  return (scope) => {
    const value = of(scope);
    return typeof value === "boolean" || value instanceof ExprError
      ? value
      : wrongType("a condition", "a boolean as its value", value);
  };
}
