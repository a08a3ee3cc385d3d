import type { ConditionDocument } from "../../spec/value.ts";
import type { Fault, FaultCode } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import { measureExpr, type Expr, type ExprMeasure } from "./ast.ts";
import type { ExprContext } from "./context.ts";
import type { NameRef } from "./scope.ts";

/** Deepest nesting of one condition's own text, and of what it comes to with the named conditions in it. */
const textDepthMax = 250;
const heightMax = 500;
/** Most nodes that one evaluation may visit: named conditions used twice, again and again, double what they cost. */
const nodeCountMax = 100_000;

const namedPrefix = "in the condition";

/** Stands where a fault was found; a program with an error fault is never run. */
export const brokenExpr: Expr = { kind: "literal", value: null };

type NamedCondition = { readonly kind: "open" } | { readonly kind: "done"; readonly expr: Expr };

/** What the compilation of one document part carries along. */
export interface CompileState {
  readonly context: ExprContext;
  readonly faults: Fault[];
  /** Names in order of first use. */
  readonly reads: Set<string>;
  readonly named: Map<string, NamedCondition>;
  readonly measures: Map<Expr, ExprMeasure>;
  readonly counters: { localCount: number };
  readonly conditionOf: ConditionCompiler;
  /** Where parts stand, for static checks; undefined where none are made, and within a named condition. */
  readonly places: Map<Expr, Place> | undefined;
  depth: number;
}

/** Compiles either form; handed in, for the two forms refer to each other through named conditions. */
export type ConditionCompiler = (
  state: CompileState,
  document: ConditionDocument,
  pointer: string,
  options: { readonly isNamed: boolean },
) => Expr;

export function startCompiling(context: ExprContext, conditionOf: ConditionCompiler): CompileState {
  return {
    context,
    faults: [],
    reads: new Set(),
    named: new Map(),
    measures: new Map(),
    counters: { localCount: 0 },
    conditionOf,
    places: context.inspect === undefined ? undefined : new Map(),
    depth: 0,
  };
}

/** Where a fault stands. */
export interface Place {
  readonly pointer: string;
  readonly at?: number;
  readonly atKey?: boolean;
}

export function addFault(state: CompileState, place: Place, code: FaultCode, message: string): Expr {
  state.faults.push({ ...place, severity: "error", code, message });
  return brokenExpr;
}

export function addWarning(state: CompileState, place: Place, code: FaultCode, message: string): void {
  state.faults.push({ ...place, severity: "warning", code, message });
}

export function hasErrors(state: CompileState): boolean {
  return state.faults.some(({ severity }) => severity === "error");
}

/** Runs `compile` one level deeper, or refuses where that is too deep. */
export function nested(state: CompileState, place: Place, compile: () => Expr): Expr {
  if (state.depth >= textDepthMax) {
    return addFault(
      state,
      place,
      "unsupported",
      `nested deeper than ${textDepthMax} levels; give a part of it a name with \`define\``,
    );
  }
  state.depth += 1;
  const expr = compile();
  state.places?.set(expr, place);
  state.depth -= 1;
  return expr;
}

/** Finds a name, or faults and gives undefined. */
export function useName(state: CompileState, name: string, place: Place): NameRef | undefined {
  const { names } = state.context;
  const ref = names.resolve(name);
  if (ref !== undefined) {
    state.reads.add(name);
    return ref;
  }
  const refusal = names.refusalOf?.(name);
  if (refusal === undefined)
    addFault(state, place, "unknown-name", `unknown name "${name}"${didYouMean(name, names.declared)}`);
  else addFault(state, place, "unsupported", refusal);
  return undefined;
}

/** Faults where a declared name is known to have no such member. */
export function checkMember(state: CompileState, name: string, member: string, place: Place): void {
  const members = state.context.names.membersOf?.(name);
  if (members === undefined || members.includes(member)) return;
  const hint = didYouMean(member, members) || `; it has ${members.join(", ")}`;
  addFault(state, place, "unknown-name", `"${name}" has no member "${member}"${hint}`);
}

/**
 * A named condition as an expression, compiled once. Undefined where there is none of that name. Its faults are told at
 * its first use, for the document that holds it is compiled against no names of its own.
 */
export function useNamedCondition(state: CompileState, name: string, place: Place): Expr | undefined {
  const known = state.named.get(name);
  if (known?.kind === "open") {
    const chain = [...state.named].filter(([, { kind }]) => kind === "open").map(([open]) => open);
    const cycle = [...chain.slice(chain.indexOf(name)), name].join(" → ");
    return addFault(state, place, "cycle", `the condition "${name}" refers to itself: ${cycle}; break the circle`);
  }
  if (known !== undefined) return known.expr;
  const document = state.context.named.get(name);
  if (document === undefined) return undefined;
  state.named.set(name, { kind: "open" });
  const inner: CompileState = { ...state, faults: [], places: undefined };
  const expr = state.conditionOf(inner, document, "", { isNamed: true });
  checkMeasure(inner, expr, { pointer: "" });
  state.named.set(name, { kind: "done", expr });
  for (const fault of inner.faults) state.faults.push(movedFault(fault, name, place));
  return expr;
}

/** Tells a fault of a named condition at the reference to it; one that came from another name inside it says that one. */
function movedFault({ severity, code, message, pointer }: Fault, name: string, place: Place): Fault {
  if (message.startsWith(namedPrefix)) return { ...place, severity, code, message };
  const where = pointer === "" ? "" : `, at ${pointer}`;
  return { ...place, severity, code, message: `${namedPrefix} "${name}"${where}: ${message}` };
}

export function unknownCondition(state: CompileState, name: string, place: Place): Expr {
  const hint = didYouMean(name, state.context.named.keys());
  return addFault(state, place, "unknown-name", `no condition "${name}" is defined${hint}`);
}

/** Adds what static checks find in an expression that is in order so far. */
export function inspectExpr(state: CompileState, expr: Expr, kind: "condition" | "expression", pointer: string): void {
  const { inspect, names } = state.context;
  if (inspect === undefined || state.places === undefined || hasErrors(state)) return;
  const named = new Set([...state.named.values()].flatMap((known) => (known.kind === "done" ? [known.expr] : [])));
  state.faults.push(...inspect(expr, { kind, pointer, names, places: state.places, named }));
}

/** Faults where an expression is too much for one evaluation. */
export function checkMeasure(state: CompileState, expr: Expr, place: Place): void {
  if (hasErrors(state)) return;
  const { nodeCount, height } = measureExpr(expr, state.measures);
  if (nodeCount > nodeCountMax) {
    addFault(
      state,
      place,
      "unsupported",
      `comes to more than ${nodeCountMax} parts with the named conditions in it; use fewer of them`,
    );
  } else if (height > heightMax) {
    addFault(
      state,
      place,
      "unsupported",
      `nested deeper than ${heightMax} levels with the named conditions in it; flatten it`,
    );
  }
}
