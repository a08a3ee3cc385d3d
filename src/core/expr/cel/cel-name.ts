import type { Expr } from "../ast.ts";
import { addFault, brokenExpr, useName, type CompileState, type Place } from "../compile-state.ts";
import { dynamicFactExpr, refusalOfFact, waitingNodes } from "../dynamic-fact.ts";

/** A name in CEL or a field path: a plug-in's synchronous fact, without parameters, where no event field has it. */
export function compileName(state: CompileState, name: string, place: Place): Expr {
  const ref = useName(state, name, place);
  if (ref === undefined) return brokenExpr;
  if (ref.kind !== "field") return { kind: "name", ref };
  return factNamed(state, name, place) ?? { kind: "name", ref };
}

/** `has(name)`: of a plug-in's fact, whether it gives anything but null. */
export function compileHasName(state: CompileState, name: string, place: Place): Expr {
  const ref = useName(state, name, place);
  if (ref === undefined) return brokenExpr;
  const fact = ref.kind === "field" ? factNamed(state, name, place) : undefined;
  if (fact === undefined || fact === brokenExpr) return { kind: "has-name", ref };
  return { kind: "binary", operator: "!=", left: fact, right: { kind: "literal", value: null } };
}

function factNamed(state: CompileState, name: string, place: Place): Expr | undefined {
  const { context } = state;
  const refusal = refusalOfFact({ ...context, mayWait: false }, name);
  if (refusal !== undefined) return addFault(state, place, "unsupported", refusal);
  const options = { params: {}, path: undefined, isOptional: true, whenAbsent: null };
  return dynamicFactExpr(context.extensions, name, options);
}

/** CEL is evaluated at once: a named condition in it can't wait for an asynchronous fact. */
export function refuseWaiting(state: CompileState, expr: Expr, place: Place): Expr {
  if (waitingNodes(expr).size === 0) return expr;
  const message =
    "this condition waits for an asynchronous fact, which CEL can't; refer to it from a JSON condition, as {condition: name}";
  return addFault(state, place, "unsupported", message);
}
