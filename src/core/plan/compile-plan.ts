import type { DocumentSet, SetFault } from "../../spec/document-set.ts";
import type { PatternDocument } from "../../spec/pattern.ts";
import type { Fault } from "../base/fault.ts";
import { sha256Hex } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import { beforeKeyContext, compilePatternDocument, documentContext, patternContent } from "../rule/compile-declared.ts";
import type { RuleContext } from "../rule/compile-declared.ts";
import { compileRule } from "../rule/compile-rule.ts";
import { compileKey } from "../rule/key-program.ts";
import { namedConditionsIn } from "../rule/named-conditions.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { ruleMember } from "./chain-members.ts";
import type { DocumentMember } from "./chain-members.ts";
import { documentSetHash } from "./document-set.ts";
import { linkPlan } from "./link-plan.ts";
import type { CompiledLonePattern } from "./lone-pattern.ts";
import type { Plan } from "./plan.ts";
import { RuleChain } from "./rule-chain.ts";

/**
 * Compiles all documents together. Every fault of every document comes out; a plan only where none is an error. Rules with
 * `mode: disabled` are checked like the others and left out of the plan.
 */
export function compilePlan(set: DocumentSet): {
  readonly plan: Plan | undefined;
  readonly faults: readonly SetFault[];
} {
  const faults: SetFault[] = [];
  const context: RuleContext = {
    patterns: new Map(set.patterns.map(({ id, document }) => [id, document])),
    named: new Map(set.named.map(({ name, document }) => [name, document])),
  };
  const note = (kind: SetFault["kind"], id: string, found: readonly Fault[]) => {
    for (const fault of found) faults.push({ kind, id, fault });
  };

  for (const { name, document } of set.named)
    note("define", name, compileCondition(document, "", documentContext(context)).faults);
  const rules: RuleProgram[] = [];
  const members: DocumentMember[] = [];
  for (const { id, document } of set.rules) {
    const { compiled, faults: found } = compileRule(id, document, context);
    note("rule", id, found);
    if (compiled !== undefined) members.push(ruleMember(compiled));
    if (compiled !== undefined && document.mode !== "disabled") rules.push(compiled);
  }
  const used = new Set(set.rules.flatMap(({ document }) => Object.values(document.patterns ?? {})));
  const lonePatterns: CompiledLonePattern[] = [];
  for (const { id, document } of set.patterns) {
    const { compiled, faults: found } = compileLonePattern(id, document, context);
    note("pattern", id, found);
    if (compiled !== undefined && !used.has(id)) lonePatterns.push(compiled);
  }
  for (const { members: [first], text } of new RuleChain(members).circles())
    if (first !== undefined) note(first.kind, first.id, [circleFault(first, text)]);
  if (faults.some(({ fault }) => fault.severity === "error")) return { plan: undefined, faults };
  return { plan: linkPlan(documentSetHash(set), rules, lonePatterns), faults };
}

function circleFault({ pointer }: DocumentMember, circle: string): Fault {
  const message = `rules may form no circle through what they make: ${circle}; narrow \`on\` of one of them`;
  return { pointer, severity: "error", code: "cycle", message };
}

function compileLonePattern(
  id: string,
  document: PatternDocument,
  context: RuleContext,
): { readonly compiled: CompiledLonePattern | undefined; readonly faults: readonly Fault[] } {
  const key = compileKey(document.key ?? [], "/key", beforeKeyContext(context));
  const body = compilePatternDocument(document, "", { context, firstSlot: 0 });
  const faults = [...key.faults, ...body.faults];
  if (key.compiled === undefined || body.compiled === undefined) return { compiled: undefined, faults };
  const content = patternContent(document);
  const identity = sha256Hex(
    canonicalJson(["lone-pattern", content, namedConditionsIn([content], context.named)]),
  ).slice(0, 32);
  return { compiled: { id, key: key.compiled, ...body.compiled, identity }, faults };
}
