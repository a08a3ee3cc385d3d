import { pointerTo } from "../../base/fault.ts";
import { isJsonObject, type JsonObject } from "../../base/json.ts";
import type { ConditionDocument } from "../../../spec/value.ts";
import { celTree } from "./cel-tree.ts";
import type { Evaluate } from "../closure/closure.ts";
import type { ConditionTree, TreeMaking } from "./condition-tree.ts";
import { assemble } from "../closure/compile-closures.ts";
import { conditionOf } from "../compile-condition.ts";
import { startCompiling, type CompileState } from "../compile-state.ts";
import type { ConditionSource } from "../compiled.ts";
import { formOf, nestedForms, priorityOf, rootForms } from "../json/json-condition.ts";
import { compileLeaf } from "../json/json-leaf.ts";
import { leafText, writtenText } from "./leaf-text.ts";
import { setsByPriority } from "../json/priority.ts";
import { isList } from "../closure/property.ts";

/** The tree of a condition that compiled without an error. Each named condition is one tree, however often it is named. */
export function conditionTree({ document, pointer, context }: ConditionSource): ConditionTree {
  const making: TreeMaking = { state: startCompiling(context, conditionOf), named: new Map(), within: undefined };
  return rootTree(making, document, pointer);
}

function rootTree(making: TreeMaking, document: ConditionDocument, pointer: string): ConditionTree {
  return typeof document === "string"
    ? celTree(making, document, pointer, namedTree)
    : jsonTree(making, document, pointer, making.within === undefined ? rootForms : nestedForms);
}

/** The tree of a named condition; undefined where there is none of that name. */
export function namedTree(making: TreeMaking, name: string): ConditionTree | undefined {
  if (making.named.has(name)) return making.named.get(name);
  const document = making.state.context.named.get(name);
  const tree = document === undefined ? undefined : rootTree({ ...making, within: name }, document, "");
  making.named.set(name, tree);
  return tree;
}

function jsonTree(
  making: TreeMaking,
  node: unknown,
  pointer: string,
  forms: typeof rootForms | typeof nestedForms,
): ConditionTree {
  if (typeof node === "string") return celTree(making, node, pointer, namedTree);
  const document = isJsonObject(node) ? node : {};
  const form = formOf(document, forms);
  const at = { pointer, within: making.within, span: undefined };
  switch (form) {
    case "any":
    case "all":
      return {
        ...at,
        kind: form,
        text: form,
        document,
        ...membersOf(making, document[form], pointerTo(pointer, form)),
      };
    case "not":
      return {
        ...at,
        kind: "none",
        text: "not",
        document,
        of: jsonTree(making, document["not"], pointerTo(pointer, "not"), nestedForms),
      };
    case "condition": {
      const refersTo = writtenText(document["condition"]);
      const text = `condition ${JSON.stringify(refersTo)}`;
      return { ...at, kind: "condition", text, document, refersTo, of: namedTree(making, refersTo) };
    }
    case undefined:
      return { ...at, kind: "fact", text: leafText(document), document, ...leafParts(making.state, document, pointer) };
  }
}

function membersOf(making: TreeMaking, children: unknown, pointer: string) {
  const items = isList(children) ? children : [];
  const members = items.map((child, index) => jsonTree(making, child, pointerTo(pointer, index), nestedForms));
  const priorities = items.map((child, index) => priorityOf(making.state, child, pointerTo(pointer, index)));
  const sets = setsByPriority(priorities.map((priority, index) => ({ priority, index })));
  return { members, priorities, sets: sets.map((set) => set.map(({ index }) => index)) };
}

function leafParts(state: CompileState, document: JsonObject, pointer: string) {
  const expr = compileLeaf(state, document, pointer);
  const test = assemble(expr);
  if (expr.kind !== "test" && expr.kind !== "custom-test") return { fact: nothing, value: nothing, test };
  return { fact: assemble(expr.fact), value: assemble(expr.value), test };
}

const nothing: Evaluate = () => undefined;
