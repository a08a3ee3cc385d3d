import type { JsonValue } from "../base/json.ts";
import { isJsonObject, type JsonObject } from "../base/json.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import { evaluateTree, type EvaluatedTree } from "../expr/explain/evaluated-tree.ts";
import { treeOf } from "../expr/explain/explanation.ts";
import { ExprError } from "../expr/expr-error.ts";
import { literalOf } from "../expr/json/json-leaf.ts";
import { writtenText } from "../expr/explain/leaf-text.ts";
import { isList } from "../expr/closure/property.ts";
import type { Scope } from "../expr/scope.ts";

/** What a result is made of; a `RuleProgram` with conditions is one, but for the name as it was written. */
export interface ResultRule {
  readonly conditions: CompiledCondition;
  readonly event: { readonly type: JsonValue; readonly params: Readonly<Record<string, JsonValue>> | undefined };
  /** Parameters of the event that are facts. */
  readonly eventParameters: readonly { readonly name: string; readonly value: CompiledExpression }[];
  readonly replacesFacts: boolean;
  readonly priority: number;
  readonly name: string | number | undefined;
}

/** json-rules-engine's `RuleResult.toJSON(false)`. Values are the facts' own, whole; what is absent is `undefined`. */
export interface RuleResult {
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly event: Readonly<Record<string, unknown>>;
  readonly priority: number;
  readonly name: string | number | undefined;
  readonly result: boolean;
}

/**
 * What json-rules-engine 7 says of a rule, be it that it holds or not: its conditions with the values that were compared.
 * Conditions that a decided set left unevaluated have none; a named condition stands in the place of its reference. An
 * `ExprError` where the library would reject the run. A CEL text, which the library does not know, is `{cel, result}`.
 */
export function ruleResultOf(rule: ResultRule, scope: Scope): RuleResult | ExprError {
  const evaluated = evaluateTree(treeOf(rule.conditions), scope);
  const { outcome } = evaluated;
  if (outcome instanceof ExprError) return outcome;
  const params = paramsOf(rule, scope);
  if (params instanceof ExprError) return params;
  const { type } = rule.event;
  return {
    conditions: conditionResult(rule.conditions.source.document, evaluated),
    event: params === undefined ? { type } : { type, params },
    priority: rule.priority,
    name: rule.name,
    result: outcome,
  };
}

function paramsOf({ event, eventParameters, replacesFacts }: ResultRule, scope: Scope) {
  if (event.params === undefined) return undefined;
  const params: Record<string, unknown> = Object.fromEntries(
    Object.entries(event.params)
      .filter(([name]) => !(name in {}))
      .map(([name, value]) => [name, literalOf(value)]),
  );
  if (!replacesFacts) return params;
  for (const { name, value } of eventParameters) {
    if (!Object.hasOwn(params, name)) continue;
    const found = value.evaluate(scope);
    if (found instanceof ExprError) return found;
    params[name] = found;
  }
  return params;
}

const booleanForms = ["any", "all", "not"] as const;

/** @param evaluated undefined: it was not evaluated, and is printed as it was written. */
function conditionResult(document: unknown, evaluated: EvaluatedTree | undefined): Readonly<Record<string, unknown>> {
  if (typeof document === "string")
    return evaluated === undefined ? { cel: document } : { cel: document, result: evaluated.outcome };
  if (!isJsonObject(document)) return {};
  if (Object.hasOwn(document, "condition") && (evaluated === undefined || evaluated.tree.kind === "condition"))
    return referenceResult([document], evaluated);
  const form = booleanForms.find((each) => Object.hasOwn(document, each));
  if (form === undefined) return leafResult(document, evaluated);
  return { ...headOf([document]), [form]: membersResult(document[form], evaluated) };
}

/** The library lays a named condition over its reference, key by key, and prints what comes of it. */
function referenceResult(
  layers: readonly JsonObject[],
  evaluated: EvaluatedTree | undefined,
): Readonly<Record<string, unknown>> {
  const reference = layers.at(-1);
  const named = evaluated?.members[0];
  const written = named === undefined ? undefined : namedDocument(named);
  const stray = layers.toReversed();
  if (named === undefined || written === undefined) {
    const form = booleanForms.find((each) => stray.some((layer) => Object.hasOwn(layer, each)));
    const holder = form === undefined ? undefined : stray.find((layer) => Object.hasOwn(layer, form));
    if (form !== undefined && holder !== undefined)
      return { ...headOf(layers), [form]: membersResult(holder[form], undefined) };
    return { ...headOf(layers), condition: reference?.["condition"] };
  }
  if (named.tree.kind === "condition") return referenceResult([...layers, written], named);
  const all = [...layers, written];
  const form = booleanForms.find((each) => all.some((layer) => Object.hasOwn(layer, each)));
  if (form === undefined) return {};
  const isOfNamed = Object.hasOwn(written, form);
  const holder = isOfNamed ? written : stray.find((layer) => Object.hasOwn(layer, form));
  return { ...headOf(all), [form]: membersResult(holder?.[form], isOfNamed ? named : undefined) };
}

function namedDocument({ tree }: EvaluatedTree): JsonObject | undefined {
  return "document" in tree ? tree.document : undefined;
}

function membersResult(children: unknown, evaluated: EvaluatedTree | undefined): unknown {
  if (!isList(children)) return conditionResult(children, evaluated?.members[0]);
  return children.map((child, index) => conditionResult(child, reachedMember(evaluated, index)));
}

function reachedMember(evaluated: EvaluatedTree | undefined, index: number): EvaluatedTree | undefined {
  if (evaluated === undefined || (evaluated.tree.kind !== "all" && evaluated.tree.kind !== "any")) return undefined;
  const set = evaluated.tree.sets.findIndex((each) => each.includes(index));
  return set < evaluated.reachedSetCount ? evaluated.members[index] : undefined;
}

/** Priority and name. A boolean node always has a priority, an integer; a reference's and a leaf's is as it was written. */
function headOf(layers: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  let priority: unknown;
  let name: unknown;
  for (const layer of layers) {
    const isBoolean = booleanForms.some((form) => Object.hasOwn(layer, form));
    if (isBoolean) priority = Number.parseInt(writtenText(layer["priority"]), 10) || 1;
    else if (Object.hasOwn(layer, "priority")) priority = layer["priority"];
    if (Object.hasOwn(layer, "name")) name = layer["name"];
  }
  return { ...(isTruthy(priority) ? { priority } : {}), ...(isTruthy(name) ? { name } : {}) };
}

function leafResult(leaf: JsonObject, evaluated: EvaluatedTree | undefined): Readonly<Record<string, unknown>> {
  const { operator, value, fact, params, path } = leaf;
  const [factResult, valueResult] = evaluated?.values ?? [];
  return {
    ...headOf([leaf]),
    operator,
    value: literalOf(value ?? null),
    fact,
    ...(factResult === undefined ? {} : { factResult }),
    ...(valueResult === undefined ? {} : { valueResult }),
    ...(evaluated === undefined ? {} : { result: evaluated.outcome }),
    ...(isTruthy(params) ? { params } : {}),
    ...(isTruthy(path) ? { path } : {}),
  };
}

function isTruthy(value: unknown): boolean {
  return Boolean(value);
}
