import { isJsonObject } from "../base/json.ts";
import { projectionOf, type Projection } from "../event/projection.ts";
import { childrenOf, type Expr } from "../expr/ast.ts";
import type { CompiledCondition, CompiledExpression } from "../expr/compiled.ts";
import type { JsonPath } from "../expr/json-path.ts";
import type { NameRef } from "../expr/scope.ts";
import type { Plan } from "./plan.ts";

/**
 * The top-level fields of an event that anything of the plan reads where it is evaluated; `all` where something reads events as
 * wholes: `input` or `prev` bare, by a name that is worked out, or by a JSONPath that searches; a plug-in's fact; a rule that
 * is decided outside of the core. Summary templates and step facts take the whole event themselves and count for nothing here.
 *
 * Whatever was compiled is found by its form, wherever in a program it stands: a condition that a later part of the
 * language adds can't be forgotten.
 */
export function fieldsReadBy(plan: Plan): Projection {
  if (plan.rules.some(({ program }) => program.asynchronous !== undefined)) return "all";
  const seen = new Set<unknown>();
  const names = new Set<string>();
  const roots: unknown[] = [
    plan.rules.map(({ program }) => program),
    plan.lonePatterns.map(({ filter }) => filter),
    plan.dimensions.map(({ key }) => key),
    plan.operators.map((node) =>
      node.kind === "pattern" ? node.program : node.kind === "window" ? node.store : undefined,
    ),
    plan.operators.map((node) => (node.kind === "pattern" ? node.filter : undefined)),
    plan.lists.map(({ feed }) => feed),
  ];
  for (const waiting = roots; waiting.length > 0; ) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isCompiled(value)) {
      if (!noteReads(value.expr, names)) return "all";
      continue;
    }
    const members: Iterable<unknown> =
      value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
    for (const member of members) waiting.push(member);
  }
  return projectionOf(names);
}

function isCompiled(value: object): value is CompiledCondition | CompiledExpression {
  return "expr" in value && isJsonObject(value.expr) && ("holds" in value || "evaluate" in value);
}

/** Adds the fields that an expression reads to `names`. False where it reads events as wholes. */
function noteReads(root: Expr, names: Set<string>): boolean {
  const waiting: Expr[] = [root];
  for (let expr = waiting.pop(); expr !== undefined; expr = waiting.pop()) {
    if (expr.kind === "name" || expr.kind === "has-name" || expr.kind === "fact") {
      if (expr.ref.kind === "field") names.add(expr.ref.name);
      else if (isEvent(expr.ref)) {
        const name = expr.kind === "fact" && expr.path !== undefined ? firstStepOf(expr.path) : undefined;
        if (name === undefined) return false;
        names.add(name);
      }
      continue;
    }
    const name = memberOfEvent(expr);
    if (name === undefined) waiting.push(...childrenOf(expr));
    else names.add(name);
  }
  return true;
}

/** The member that an expression reads of an event, where it is one and known. */
function memberOfEvent(expr: Expr): string | undefined {
  if (expr.kind !== "member" && expr.kind !== "index" && expr.kind !== "has" && expr.kind !== "path") return undefined;
  if (expr.of.kind !== "name" || !isEvent(expr.of.ref)) return undefined;
  if (expr.kind === "member") return expr.name;
  if (expr.kind === "path") return firstStepOf(expr.path);
  return expr.at.kind === "literal" && typeof expr.at.value === "string" ? expr.at.value : undefined;
}

function isEvent(ref: NameRef): boolean {
  return ref.kind === "input" || ref.kind === "prev";
}

function firstStepOf(path: JsonPath): string | undefined {
  return path.kind === "walk" ? path.steps[0] : undefined;
}
