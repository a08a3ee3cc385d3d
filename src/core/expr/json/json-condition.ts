import { pointerTo } from "../../base/fault.ts";
import { isJsonObject, type JsonObject } from "../../base/json.ts";
import { didYouMean } from "../../base/text-distance.ts";
import type { Expr } from "../ast.ts";
import { compileCelCondition } from "../cel/cel-expression.ts";
import {
  addFault,
  addWarning,
  nested,
  unknownCondition,
  useNamedCondition,
  type CompileState,
} from "../compile-state.ts";
import { compileLeaf, leafKeys } from "./json-leaf.ts";
import { sortIntoSets, readPriority, type Prioritized } from "./priority.ts";

/*
 * json-rules-engine 7's conditions. Its semantics, each corner of them, are in the design page json-rules-semantics; the
 * differential test in test/core/expr runs the real engine beside this.
 */

/**
 * In the order in which a node that has several of them is read: the root of a rule's conditions otherwise than what stands
 * below it, and than a named condition's root, which json-rules-engine lays over the reference and then reads as a node below.
 */
export const rootForms = ["any", "all", "not", "condition"] as const;
export const nestedForms = ["condition", "any", "all", "not"] as const;
const commonKeys = ["priority", "name"];

/** Compiles a whole JSON condition. */
export function compileJsonCondition(state: CompileState, document: unknown, pointer: string, forms: Forms): Expr {
  return compileNode(state, document, pointer, forms);
}

type Forms = typeof rootForms | typeof nestedForms;

function compileNode(state: CompileState, node: unknown, pointer: string, forms: Forms): Expr {
  return nested(state, { pointer }, () => {
    if (typeof node === "string") return compileCelCondition(state, node, pointer);
    if (!isJsonObject(node)) {
      return addFault(
        state,
        { pointer },
        "wrong-type",
        "expected a condition: an object with all, any, not, condition or fact, or a CEL string",
      );
    }
    const form = formOf(node, forms);
    if (form === undefined) return compileLeafOrRefuse(state, node, pointer);
    warnOfUnknownKeys(state, node, pointer, [form, ...commonKeys]);
    const below = pointerTo(pointer, form);
    switch (form) {
      case "any":
      case "all":
        return compileList(state, form, node[form], below);
      case "not":
        return compileNegation(state, node[form], below);
      case "condition":
        return compileReference(state, node[form], below);
    }
  });
}

/** Which of the forms a node has; undefined: it is one about a fact. */
export function formOf(node: JsonObject, forms: Forms): Forms[number] | undefined {
  return forms.find((key) => Object.hasOwn(node, key));
}

function compileLeafOrRefuse(state: CompileState, node: JsonObject, pointer: string): Expr {
  if (["fact", "operator", "value"].some((key) => Object.hasOwn(node, key))) {
    warnOfUnknownKeys(state, node, pointer, leafKeys);
    return compileLeaf(state, node, pointer);
  }
  warnOfUnknownKeys(state, node, pointer, [...rootForms, ...leafKeys]);
  return addFault(
    state,
    { pointer },
    "missing-key",
    "a condition needs one of all, any, not, condition, or fact with operator and value",
  );
}

/** Warnings only: json-rules-engine accepts any key and ignores it. */
function warnOfUnknownKeys(state: CompileState, node: JsonObject, pointer: string, known: readonly string[]): void {
  for (const key of Object.keys(node)) {
    if (known.includes(key)) continue;
    const isElsewhereKnown = [...rootForms, ...leafKeys].includes(key);
    const message = isElsewhereKnown
      ? `"${key}" is ignored beside "${known[0] ?? ""}"`
      : `unknown key "${key}" is ignored${didYouMean(key, known)}`;
    addWarning(state, { pointer: pointerTo(pointer, key), atKey: true }, "unknown-key", message);
  }
}

function compileList(state: CompileState, form: "any" | "all", children: unknown, pointer: string): Expr {
  if (!Array.isArray(children))
    return addFault(state, { pointer }, "wrong-type", `"${form}" needs a list of conditions`);
  const items: readonly unknown[] = children;
  const prioritized = items.map((child, index): Prioritized => {
    const below = pointerTo(pointer, index);
    return { expr: compileNode(state, child, below, nestedForms), priority: priorityOf(state, child, below) };
  });
  return { kind: form === "all" ? "all-of" : "any-of", sets: sortIntoSets(prioritized) };
}

/** json-rules-engine takes an integer out of a boolean node's priority, and a leaf's or a reference's as it is. */
export function priorityOf(state: CompileState, node: unknown, pointer: string): number {
  if (!isJsonObject(node)) return 1;
  const form = nestedForms.find((key) => Object.hasOwn(node, key));
  const { fact } = node;
  const ofFact =
    form === undefined && typeof fact === "string" ? state.context.extensions?.facts.get(fact)?.priority : undefined;
  const written = node["priority"] || ofFact;
  const priority = readPriority(written, form === "condition" || form === undefined ? "as-written" : "integer");
  if (priority !== undefined) return priority;
  addFault(state, { pointer: pointerTo(pointer, "priority") }, "wrong-type", "priority needs a number");
  return 1;
}

function compileNegation(state: CompileState, child: unknown, pointer: string): Expr {
  if (Array.isArray(child)) {
    return addFault(
      state,
      { pointer },
      "wrong-type",
      '"not" needs one condition, not a list; write {"not": {"any": […]}}',
    );
  }
  return { kind: "none-of", of: compileNode(state, child, pointer, nestedForms) };
}

function compileReference(state: CompileState, name: unknown, pointer: string): Expr {
  if (typeof name !== "string")
    return addFault(state, { pointer }, "wrong-type", '"condition" needs the name of a condition');
  const expr = useNamedCondition(state, name, { pointer });
  if (expr !== undefined) return expr;
  if (state.context.allowUndefinedConditions) return { kind: "literal", value: false };
  return unknownCondition(state, name, { pointer });
}
