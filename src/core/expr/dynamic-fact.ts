import { canonicalJson, isJsonObject, toJson } from "../base/json.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import { childrenOf, type Expr } from "./ast.ts";
import type { Evaluate, ExprOf } from "./closure/closure.ts";
import { readName } from "./closure/compile-name.ts";
import { InnerError, isPromise, thrownError } from "./custom-operator.ts";
import type { ExprContext } from "./context.ts";
import { ExprError } from "./expr-error.ts";
import type { CustomFact, ExprExtensions, FactAlmanac } from "./extensions.ts";
import { computing, FactMemo } from "./fact-memo.ts";
import { compilePath, parseJsonPath } from "./json-path.ts";
import type { Scope } from "./scope.ts";

/** Facts that ask for facts, at most one inside the other. */
const factDepthMax = 64;

/** Names that a fact may read beside fields and other facts. */
const scopeNames = ["input", "meta", "now"] as const;

/** Names a fact with its parameters, whatever the order of their keys. */
export function factAddress(name: string, params: JsonObject): string {
  return `${name}\n${canonicalJson(params)}`;
}

/** Where a name that is an event field is a plug-in's fact too: the fact, for where the event has no such field. */
export function dynamicFactExpr(
  extensions: ExprExtensions | undefined,
  name: string,
  rest: Pick<ExprOf<"dynamic-fact">, "params" | "path" | "isOptional" | "whenAbsent">,
): Expr | undefined {
  if (extensions?.facts.has(name) !== true) return undefined;
  return { kind: "dynamic-fact", name, ...rest, facts: extensions.facts, over: eventWhole };
}

/** Why a fact can't be read at a place, or undefined. */
export function refusalOfFact({ extensions, mayWait }: ExprContext, name: string): string | undefined {
  if (extensions?.facts.get(name)?.isAsync !== true || mayWait === true) return undefined;
  return `\`${name}\` is an asynchronous fact, which can be waited for in JSON conditions of a rule (as \`fact\`) and in its \`event.params\`, and nowhere else; a field of that name is \`input.${name}\``;
}

/** The nodes that are, or lead to, asynchronous facts: what only an evaluation that waits can decide. */
export function waitingNodes(expr: Expr): ReadonlySet<Expr> {
  const waiting = new Set<Expr>();
  const visited = new Set<Expr>();
  const visit = (node: Expr): void => {
    if (visited.has(node)) return;
    visited.add(node);
    const children = childrenOf(node);
    for (const child of children) visit(child);
    const isAsync = node.kind === "dynamic-fact" && node.facts.get(node.name)?.isAsync === true;
    if (isAsync || children.some((child) => waiting.has(child))) waiting.add(node);
  };
  visit(expr);
  return waiting;
}

const eventWhole: Expr = { kind: "name", ref: { kind: "input" } };

/** The fact with its path; what the event itself has of that name hides it, as json-rules-engine's runtime facts do. */
export function compileDynamicFact({
  name,
  params,
  path,
  isOptional,
  whenAbsent,
  facts,
}: ExprOf<"dynamic-fact">): Evaluate {
  const readField = readName({ kind: "field", name });
  const find = path === undefined ? undefined : compilePath(path);
  const asking: Asking = { facts, allowsUndefined: isOptional };
  const address = factAddress(name, params);
  return (scope) => {
    const field = readField(scope);
    const value = field === undefined ? valueOf(scope, asking, { name, params, address }) : field;
    const found = value === undefined || value instanceof ExprError || find === undefined ? value : find(value);
    return found === undefined ? whenAbsent : found;
  };
}

interface Asking {
  readonly facts: ReadonlyMap<string, CustomFact>;
  /** json-rules-engine's `allowUndefinedFacts`, for what facts ask for. */
  readonly allowsUndefined: boolean;
}

function valueOf(
  scope: Scope,
  asking: Asking,
  { name, params, address }: { readonly name: string; readonly params: JsonObject; readonly address: string },
): unknown {
  const fact = asking.facts.get(name);
  if (fact === undefined) return new ExprError("undefined-fact", `Undefined fact: ${name}`);
  const memo = memoOf(scope);
  if (fact.isAsync) {
    if (memo.answers === undefined)
      return new ExprError("waiting", `the asynchronous fact ${name} is not asked for yet`);
    if (memo.answers.has(address)) return memo.answers.get(address);
    return new ExprError("plug-in", memo.unanswered ?? `the asynchronous fact ${name} has no value here`);
  }
  if (!fact.isCached) return calculate(scope, asking, fact, params);
  const place = asking.allowsUndefined ? `?${address}` : address;
  if (memo.values.has(place)) {
    const known = memo.values.get(place);
    return known === computing ? new ExprError("plug-in", `the fact ${name} reads itself`) : known;
  }
  memo.values.set(place, computing);
  const value = calculate(scope, asking, fact, params);
  memo.values.set(place, value);
  return value;
}

function calculate(scope: Scope, asking: Asking, fact: CustomFact, params: JsonObject): unknown {
  const what = `the fact ${fact.name}`;
  const memo = memoOf(scope);
  if (memo.depth >= factDepthMax) return new ExprError("plug-in", `${what} reads itself through others`);
  memo.depth += 1;
  try {
    const value = fact.calculate(params, almanacOver(scope, asking));
    if (isPromise(value)) return new ExprError("plug-in", `${what} gave a promise; declare it with \`isAsync: true\``);
    return plainValue(what, value);
  } catch (cause) {
    return thrownError(what, cause);
  } finally {
    memo.depth -= 1;
  }
}

/** The memo of what the scope stands at. */
function memoOf(scope: Scope): FactMemo {
  const memo = (scope.facts ??= new FactMemo());
  if (memo.event === scope.event && memo.now === scope.now && (scope.event !== undefined || memo.key === scope.key))
    return memo;
  memo.event = scope.event;
  memo.key = scope.key;
  memo.now = scope.now;
  memo.values.clear();
  memo.depth = 0;
  return memo;
}

/** What a fact gives is taken as JSON: nothing that a plug-in keeps, or changes later, gets in. */
export function plainValue(what: string, value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    return new ExprError("plug-in", `${what} gave a ${typeof value}; it has to give a JSON value`);
  if (typeof value !== "object" || value === null) return value;
  // What says itself how it is written, as a Date does.
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const written: unknown = Reflect.apply(value.toJSON, value, [""]);
    return plainJson(written);
  }
  return plainJson(value);
}

/** As `toJson`, of objects that have what every object has: a plug-in's operator may turn one into a number or a text. */
export function plainJson(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== "object" || value === null) return toJson(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainJson(member)]));
}

function almanacOver(scope: Scope, asking: Asking): FactAlmanac {
  return {
    factValue(name, params, path) {
      const value = readFact(scope, asking, name, isJsonObject(params) ? params : {});
      if (value instanceof ExprError) throw new InnerError(value);
      if (value === undefined || path === undefined || path === "") return value;
      const found = compilePath(parseJsonPath(path))(value);
      if (found instanceof ExprError) throw new InnerError(found);
      return found;
    },
  };
}

/** A synchronous fact's value, for whoever has no compiled expression to ask by: with what it reads of the scope. */
export function readSynchronousFact(
  scope: Scope,
  facts: ReadonlyMap<string, CustomFact>,
  {
    name,
    params,
    allowsUndefined,
  }: { readonly name: string; readonly params: JsonObject; readonly allowsUndefined: boolean },
): unknown {
  return valueOf(scope, { facts, allowsUndefined }, { name, params, address: factAddress(name, params) });
}

function readFact(scope: Scope, asking: Asking, name: string, params: JsonObject): unknown {
  const field = readName({ kind: "field", name })(scope);
  if (field !== undefined) return field;
  if (asking.facts.has(name)) return valueOf(scope, asking, { name, params, address: factAddress(name, params) });
  const known = scopeNames.find((scopeName) => scopeName === name);
  if (known !== undefined) return readName({ kind: known })(scope);
  return asking.allowsUndefined ? undefined : new ExprError("undefined-fact", `Undefined fact: ${name}`);
}
