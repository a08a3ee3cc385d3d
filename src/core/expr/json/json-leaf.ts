import { pointerTo } from "../../base/fault.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { didYouMean } from "../../base/text-distance.ts";
import type { Expr } from "../ast.ts";
import { composeTest } from "../closure/compile-test.ts";
import { addFault, addWarning, brokenExpr, checkMember, useName, type CompileState } from "../compile-state.ts";
import { dynamicFactExpr, refusalOfFact, waitingNodes } from "../dynamic-fact.ts";
import { parseJsonPath, type JsonPath } from "../json-path.ts";
import { isListTest, unknownListMessage, useList } from "./list-name.ts";
import { literalRefusal, parseOperatorName } from "./operator-name.ts";
import type { OperatorName } from "./operator-name.ts";
import { isList } from "../closure/property.ts";

export const leafKeys: readonly string[] = ["fact", "operator", "value", "path", "params", "priority", "name"];

const referenceKeys: readonly string[] = ["fact", "path", "params"];

/** `{fact, operator, value}`, with `path` and `params`. */
export function compileLeaf(state: CompileState, node: JsonObject, pointer: string): Expr {
  let isWhole = true;
  for (const key of ["fact", "operator", "value"]) {
    if (Object.hasOwn(node, key)) continue;
    addFault(
      state,
      { pointer },
      "missing-key",
      `a condition on a fact needs "${key}" beside the others: fact, operator and value`,
    );
    isWhole = false;
  }
  if (!isWhole) return brokenExpr;
  const operatorPlace = { pointer: pointerTo(pointer, "operator") };
  const operatorText = node["operator"];
  const parsed =
    typeof operatorText === "string" ? parseOperatorName(operatorText, state.context.extensions) : undefined;
  const asksForPresence = (parsed?.kind === "known" || parsed?.kind === "custom") && parsed.name === "exists";
  const isOptional = state.context.allowUndefinedFacts || asksForPresence;
  const fact = compileFact(state, node, pointer, isOptional);
  const value = compileValue(state, node["value"], pointerTo(pointer, "value"), isOptional);
  if (parsed === undefined || typeof operatorText !== "string")
    return addFault(state, operatorPlace, "wrong-type", "operator needs an operator's name, such as equal");
  if (parsed.kind === "unknown") return addFault(state, operatorPlace, "unknown-name", parsed.message);
  if (isListTest(parsed.name) && !checkListTest(state, parsed, { fact, value }, pointer)) return brokenExpr;
  if (parsed.kind === "custom") {
    const body = composeTest(parsed.name, parsed.operator, parsed.decorators, value);
    return { kind: "custom-test", name: operatorText, body, fact, value };
  }
  if (value.kind === "literal" && value !== brokenExpr) {
    const refusal = literalRefusal(parsed, value.value);
    if (refusal !== undefined) return addFault(state, { pointer: pointerTo(pointer, "value") }, "wrong-type", refusal);
  }
  return { kind: "test", operator: parsed.name, decorators: parsed.decorators, fact, value };
}

/** Which list is asked stands in the document: see `compileListCall`. False where a fault was found. */
function checkListTest(
  state: CompileState,
  { name, decorators }: Exclude<OperatorName, { readonly kind: "unknown" }>,
  { fact, value }: { readonly fact: Expr; readonly value: Expr },
  pointer: string,
): boolean {
  if (waitingNodes(fact).size > 0) {
    const message = `${name} can't ask for an asynchronous fact: what lists hold is frozen before its value is there; ask for a field or a synchronous fact, or let the fact's own function say whether it is one of them`;
    addFault(state, { pointer: pointerTo(pointer, "fact") }, "unsupported", message);
    return false;
  }
  const refused = decorators.find((decorator) => decorator === "swap" || decorator === "ignoreCase");
  if (typeof refused === "string") {
    const message =
      refused === "swap"
        ? `swap can't stand before ${name}: the fact is what is looked for, the value the list`
        : `ignoreCase can't stand before ${name}: keep the list in lower case and ask it in CEL, with lower(x)`;
    addFault(state, { pointer: pointerTo(pointer, "operator") }, "wrong-value", message);
    return false;
  }
  const place = { pointer: pointerTo(pointer, "value") };
  if (value === brokenExpr) return false;
  const isSpread = decorators.some((decorator) => decorator === "someValue" || decorator === "everyValue");
  const ids = value.kind !== "literal" ? [undefined] : isSpread && isList(value.value) ? value.value : [value.value];
  for (const id of ids) {
    if (typeof id !== "string") {
      addFault(state, place, "wrong-type", `${name} needs the id of a list as the value, in quotes`);
      return false;
    }
    if (useList(state.context, id)) continue;
    addFault(state, place, "unknown-name", unknownListMessage(state.context, id));
    return false;
  }
  return true;
}

/** Any object with the key `fact` is a reference; such a literal can't be written, as in json-rules-engine. */
function compileValue(
  state: CompileState,
  value: JsonObject[string] | undefined,
  pointer: string,
  isOptional: boolean,
): Expr {
  if (!isJsonObject(value) || !Object.hasOwn(value, "fact"))
    return { kind: "literal", value: literalOf(value ?? null) };
  for (const key of Object.keys(value)) {
    if (referenceKeys.includes(key)) continue;
    const message = `unknown key "${key}" is ignored${didYouMean(key, referenceKeys)}`;
    addWarning(state, { pointer: pointerTo(pointer, key), atKey: true }, "unknown-key", message);
  }
  return compileFact(state, value, pointer, isOptional);
}

/** Members that every object inherits are dropped: json-rules-engine clones a rule's literals, and its clone loses them. */
export function literalOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(literalOf);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => !(name in {}));
  return Object.fromEntries(members.map(([name, member]) => [name, literalOf(member)]));
}

/** A fact by name, at a path. */
export function compileFact(state: CompileState, node: JsonObject, pointer: string, isOptional: boolean): Expr {
  const name = node["fact"];
  const place = { pointer: pointerTo(pointer, "fact") };
  const path = readPath(state, node["path"], pointerTo(pointer, "path"));
  if (typeof name !== "string") return addFault(state, place, "wrong-type", "fact needs a name in quotes");
  const ref = useName(state, name, place);
  if (ref === undefined) return brokenExpr;
  const [member] = path?.kind === "walk" ? path.steps : [];
  if (member !== undefined) checkMember(state, name, member, { pointer: pointerTo(pointer, "path") });
  if (ref.kind === "field") {
    const refusal = refusalOfFact(state.context, name);
    if (refusal !== undefined) return addFault(state, place, "unsupported", refusal);
    const params = readParams(state, node["params"], pointerTo(pointer, "params"), name);
    const options = { params, path, isOptional, whenAbsent: undefined };
    const dynamic = dynamicFactExpr(state.context.extensions, name, options);
    if (dynamic !== undefined) return dynamic;
  }
  return { kind: "fact", ref, name, path, isOptional };
}

/** Parameters matter to facts of plug-ins alone; beside any other fact they are ignored, whatever they are. */
function readParams(state: CompileState, params: unknown, pointer: string, fact: string): JsonObject {
  if (params === undefined || params === null || state.context.extensions?.facts.has(fact) !== true) return {};
  if (isJsonObject(params)) return params;
  addFault(state, { pointer }, "wrong-type", "params needs an object, such as {days: 30}");
  return {};
}

function readPath(state: CompileState, path: unknown, pointer: string): JsonPath | undefined {
  if (path === undefined || path === null || path === "") return undefined;
  if (typeof path === "string") return parseJsonPath(path);
  addFault(state, { pointer }, "wrong-type", "path needs JSONPath as text, such as $.device.id");
  return undefined;
}
