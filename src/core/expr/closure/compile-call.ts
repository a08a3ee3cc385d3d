import { assert } from "../../base/assert.ts";
import { literalsOf, type Expr } from "../ast.ts";
import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { ExprError } from "../expr-error.ts";
import { overTexts, wrongType, type FunctionBody } from "../function/function-entry.ts";
import { functionOf } from "../function/function-table.ts";
import { compileCidrs, parseIpAddress } from "../function/ip-address.ts";
import { isListTest } from "../json/list-name.ts";
import type { ListTestName } from "../json/list-name.ts";
import { PatternCache } from "../function/regular-expression.ts";

/** Patterns that one call keeps compiled: its literal, or the last of those that came with events. */
const patternCountMax = 256;

export function compileCall({ compile }: Assembly, expr: ExprOf<"call">): Evaluate {
  const parts = expr.args.map(compile);
  if (expr.name === "exists") return compileExists(parts[0]);
  if (isListTest(expr.name)) return compileListTest(expr.name, parts[0], expr.args[1]);
  return applying(parts, argumentsBody(expr));
}

/** What a call makes of its arguments, none of which is an error. */
export function argumentsBody({ name, args }: ExprOf<"call">): FunctionBody {
  if (name === "matches") return matchesBody();
  const blocks = name === "inCidr" && args[1] !== undefined ? literalBlocks(args[1]) : undefined;
  if (blocks !== undefined) return blocks;
  const entry = functionOf(name);
  assert(entry !== undefined, "a call names a function of the table");
  return entry.call;
}

function matchesBody(): FunctionBody {
  const cache = new PatternCache(patternCountMax, { ignoreCase: false });
  return overTexts("matches", (text, pattern) => {
    const test = cache.get(pattern);
    return test instanceof ExprError ? test : test(text);
  });
}

/** Blocks that stand in the document are parsed once. */
function literalBlocks(expr: Expr): FunctionBody | undefined {
  const literals = literalsOf(expr);
  if (literals === undefined) return undefined;
  const test = compileCidrs(literals);
  if (test instanceof ExprError) return () => test;
  return (value) => {
    if (typeof value !== "string") return wrongType("inCidr", "an IP address as a string", value);
    const address = parseIpAddress(value);
    return address !== undefined && test(address);
  };
}

/** Null is no answer: where the field is absent neither is known. What no list can hold is in none. */
function compileListTest(name: ListTestName, of: Evaluate | undefined, list: Expr | undefined): Evaluate {
  const id = list?.kind === "literal" ? list.value : undefined;
  assert(of !== undefined && typeof id === "string", "a list is asked by its id, which is written down");
  const wanted = name === "inList";
  return (scope) => {
    const value = of(scope);
    if (value instanceof ExprError) return value;
    if (value === null || value === undefined) return wrongType(name, "a value", value);
    return scope.lists.contains(id, value) === wanted;
  };
}

/** A path that leads through a value without members leads to nothing that exists. */
function compileExists(of: Evaluate | undefined): Evaluate {
  assert(of !== undefined, "exists has an argument");
  return (scope) => {
    const value = of(scope);
    if (value instanceof ExprError) return value.code === "no-such-key" ? false : value;
    return value !== null && value !== undefined;
  };
}

/** Arguments from left to right; the first error is the call's. */
function applying(parts: readonly Evaluate[], body: FunctionBody): Evaluate {
  const [first, second] = parts;
  if (first !== undefined && parts.length === 1) {
    return (scope) => {
      const a = first(scope);
      return a instanceof ExprError ? a : body(a, undefined, undefined, undefined);
    };
  }
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (scope) => {
      const a = first(scope);
      if (a instanceof ExprError) return a;
      const b = second(scope);
      return b instanceof ExprError ? b : body(a, b, undefined, undefined);
    };
  }
  return (scope) => {
    const values: unknown[] = [];
    for (const part of parts) {
      const value = part(scope);
      if (value instanceof ExprError) return value;
      values.push(value);
    }
    return body(values[0], values[1], values[2], values[3]);
  };
}
