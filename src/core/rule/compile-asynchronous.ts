import type { ConditionDocument } from "../../spec/value.ts";
import { isJsonObject } from "../base/json.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Expr } from "../expr/ast.ts";
import { assemble } from "../expr/closure/compile-closures.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import { compileFactReference } from "../expr/compile-fact-reference.ts";
import { composeTest } from "../expr/closure/compile-test.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { ExprContext } from "../expr/context.ts";
import { waitingNodes } from "../expr/dynamic-fact.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { CustomFact } from "../expr/extensions.ts";
import { nestedForms, rootForms } from "../expr/json/json-condition.ts";
import { parseOperatorName } from "../expr/json/operator-name.ts";
import { readPriority } from "../expr/json/priority.ts";
import type { Scope } from "../expr/scope.ts";
import type { TestBody } from "../expr/closure/test-body.ts";
import { settledName } from "./asynchronous-program.ts";
import type { AsynchronousProgram } from "./asynchronous-program.ts";
import type { EventParameter } from "./rule-program.ts";

/** What a rule that waits is made of; every part of it has compiled without an error. */
export interface WaitingRule {
  readonly document: ConditionDocument | undefined;
  readonly conditions: CompiledCondition | undefined;
  readonly eventParameters: readonly EventParameter[];
  readonly context: ExprContext;
}

/** The asynchronous side of a rule, or undefined for one that waits for nothing: it is decided at once. */
export function compileAsynchronous(rule: WaitingRule): AsynchronousProgram | undefined {
  const { document, conditions, context } = rule;
  const facts = context.extensions?.facts ?? new Map<string, CustomFact>();
  const parameters = rule.eventParameters.flatMap(({ value }) => asynchronousFactsIn(value.expr));
  const waits = conditions !== undefined && waitingNodes(conditions.expr).size > 0;
  if (!waits && parameters.length === 0) return undefined;
  const splitting = new Splitting(context, facts);
  const left = waits && isJsonObject(document) ? splitting.splitRoot(document) : undefined;
  return {
    conditions: left,
    named: splitting.named,
    settled: splitting.settled,
    operators: splitting.operators,
    mayHold: mayHoldOf(conditions),
    parameters,
    facts,
    allowUndefinedFacts: context.allowUndefinedFacts,
    allowUndefinedConditions: context.allowUndefinedConditions,
  };
}

function asynchronousFactsIn(expr: Expr): readonly { readonly fact: string; readonly params: JsonObject }[] {
  return expr.kind === "dynamic-fact" && waitingNodes(expr).size > 0 ? [{ fact: expr.name, params: expr.params }] : [];
}

/** The conditions under the assumption that every asynchronous part turns out in their favour. An error leaves it open. */
function mayHoldOf(conditions: CompiledCondition | undefined): AsynchronousProgram["mayHold"] {
  if (conditions === undefined) return () => true;
  const evaluate = assemble(assuming(conditions.expr, true, waitingNodes(conditions.expr)));
  return (scope) => {
    const outcome = evaluate(scope);
    return outcome instanceof ExprError ? outcome : outcome === true;
  };
}

function assuming(expr: Expr, outcome: boolean, waiting: ReadonlySet<Expr>): Expr {
  if (!waiting.has(expr)) return expr;
  if (expr.kind === "all-of" || expr.kind === "any-of")
    return { ...expr, sets: expr.sets.map((set) => set.map((member) => assuming(member, outcome, waiting))) };
  if (expr.kind === "none-of") return { ...expr, of: assuming(expr.of, !outcome, waiting) };
  return { kind: "literal", value: outcome };
}

/** Splits JSON conditions into what is settled at once and what waits. */
class Splitting {
  readonly context: ExprContext;
  readonly facts: ReadonlyMap<string, CustomFact>;
  readonly settled: ((scope: Scope) => unknown)[] = [];
  readonly named = new Map<string, JsonObject>();
  readonly operators = new Map<string, TestBody>();

  constructor(context: ExprContext, facts: ReadonlyMap<string, CustomFact>) {
    this.context = context;
    this.facts = facts;
  }

  splitRoot(document: JsonObject): JsonObject {
    return this.splitForms(document, rootForms, undefined);
  }

  private splitForms(
    node: JsonObject,
    forms: typeof rootForms | typeof nestedForms,
    priority: number | undefined,
  ): JsonObject {
    const form = forms.find((key) => Object.hasOwn(node, key));
    const kept = priority === undefined ? {} : { priority };
    const below = form === undefined ? undefined : node[form];
    switch (form) {
      case "any":
      case "all": {
        const children: readonly JsonValue[] = Array.isArray(below) ? below : [];
        return { ...kept, [form]: children.map((child) => this.splitNode(child)) };
      }
      case "not":
        return { ...kept, not: this.splitNode(below ?? null) };
      case "condition":
        this.splitNamed(below);
        return { ...kept, condition: below ?? null };
      case undefined:
        return { ...kept, ...this.splitLeaf(node) };
    }
  }

  private splitNode(node: JsonValue): JsonObject {
    const priority = isJsonObject(node) ? this.priorityOf(node) : 1;
    if (isJsonObject(node) && this.waits(node)) return this.splitForms(node, nestedForms, priority);
    const document = typeof node === "string" || isJsonObject(node) ? node : "false";
    const { compiled } = compileCondition({ all: [document] }, "", this.context);
    return { fact: this.settle((scope) => compiled?.holds(scope)), operator: "equal", value: true, priority };
  }

  private splitNamed(name: JsonValue | undefined): void {
    if (typeof name !== "string" || this.named.has(name)) return;
    const document = this.context.named.get(name);
    if (!isJsonObject(document)) return;
    this.named.set(name, {});
    this.named.set(name, this.splitForms(document, nestedForms, undefined));
  }

  private splitLeaf(node: JsonObject): JsonObject {
    const { operator, value } = node;
    const reference = referenceOf(value);
    const text = typeof operator === "string" ? operator : "";
    const isOptional = this.keepOperator(text) === "exists" || this.context.allowUndefinedFacts;
    return {
      ...this.splitSide(node, isOptional),
      operator: text,
      value: reference === undefined ? (value ?? null) : this.splitSide(reference, isOptional),
    };
  }

  /** A fact with its path: as it is where it waits, else what it comes to. */
  private splitSide(node: JsonObject, allowUndefinedFacts: boolean): JsonObject {
    const { fact, path, params } = node;
    const kept = { ...(path === undefined ? {} : { path }), ...(params === undefined ? {} : { params }) };
    if (typeof fact !== "string" || this.isAsync(fact)) return { fact: fact ?? null, ...kept };
    const { compiled } = compileFactReference(node, "", { ...this.context, allowUndefinedFacts });
    return { fact: this.settle((scope) => compiled?.evaluate(scope)) };
  }

  private settle(evaluate: (scope: Scope) => unknown): string {
    return settledName(this.settled.push(evaluate) - 1);
  }

  /** An operator that is not json-rules-engine's own is handed to it whole, under the name that is written. */
  private keepOperator(text: string): string | undefined {
    const parsed = parseOperatorName(text, this.context.extensions);
    if (parsed.kind !== "known" && parsed.kind !== "custom") return undefined;
    const isOwn = parsed.kind === "known" && !parsed.operator.isExtra && !parsed.decorators.includes("ignoreCase");
    if (!isOwn) this.operators.set(text, composeTest(parsed.name, parsed.operator, parsed.decorators, anyValue));
    return parsed.name;
  }

  private waits(node: JsonObject, seen: ReadonlySet<string> = new Set()): boolean {
    const form = nestedForms.find((key) => Object.hasOwn(node, key));
    const below = form === undefined ? undefined : node[form];
    switch (form) {
      case undefined:
        return [node, referenceOf(node["value"])].some(
          (side) => typeof side?.["fact"] === "string" && this.isAsync(side["fact"]),
        );
      case "condition": {
        if (typeof below !== "string" || seen.has(below)) return false;
        const document = this.context.named.get(below);
        return isJsonObject(document) && this.waits(document, new Set([...seen, below]));
      }
      case "not":
        return isJsonObject(below) && this.waits(below, seen);
      case "any":
      case "all":
        return Array.isArray(below) && below.some((child) => isJsonObject(child) && this.waits(child, seen));
    }
  }

  private isAsync(name: string): boolean {
    return this.facts.get(name)?.isAsync === true && this.context.names.resolve(name)?.kind === "field";
  }

  private priorityOf(node: JsonObject): number {
    const form = nestedForms.find((key) => Object.hasOwn(node, key));
    const { fact } = node;
    const ofFact = form === undefined && typeof fact === "string" ? this.facts.get(fact)?.priority : undefined;
    const reading = form === "condition" || form === undefined ? "as-written" : "integer";
    return readPriority(node["priority"] || ofFact, reading) ?? 1;
  }
}

/** Operators are compiled for no literal in particular: several leaves may write the same one. */
const anyValue: Expr = { kind: "name", ref: { kind: "now" } };

function referenceOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) && Object.hasOwn(value, "fact") ? value : undefined;
}
