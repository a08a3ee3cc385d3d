import type { DocumentSet, SetFault } from "../../spec/document-set.ts";
import type { PatternDocument } from "../../spec/pattern.ts";
import type { Fault } from "../base/fault.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import type { ExprExtensions } from "../expr/extensions.ts";
import { beforeKeyContext, compilePatternDocument, documentContext, patternContent } from "../rule/compile-declared.ts";
import type { RuleContext } from "../rule/compile-declared.ts";
import { checkRule, unseenTypes } from "../rule/check-rule.ts";
import { compileRule } from "../rule/compile-rule.ts";
import { compileKey } from "../rule/key-program.ts";
import { namedConditionsIn } from "../rule/named-conditions.ts";
import { contentHash } from "../rule/plug-ins-used.ts";
import { documentInspector } from "../rule/rule-knowledge.ts";
import type { EventSchema } from "../rule/rule-knowledge.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { listMember, ruleMember } from "./chain-members.ts";
import type { DocumentMember } from "./chain-members.ts";
import { compileLists, knownListsOf } from "./compile-lists.ts";
import { documentSetHash } from "./document-set.ts";
import { EqualRules } from "./equal-rules.ts";
import { linkPlan } from "./link-plan.ts";
import type { CompiledLonePattern } from "./lone-pattern.ts";
import type { Plan } from "./plan.ts";
import { RuleChain } from "./rule-chain.ts";

export interface PlanOptions {
  /** Schemas of event types, for static checks; undefined: none are made, as of documents that were checked before. */
  readonly schemas?: readonly EventSchema[];
  /** What plug-ins add to the language; undefined: nothing. */
  readonly extensions?: ExprExtensions;
}

/**
 * Compiles all documents together. Every fault of every document comes out; a plan only where none is an error. Rules with
 * `mode: disabled` are checked like the others and left out of the plan.
 */
export function compilePlan(
  set: DocumentSet,
  { schemas, extensions }: PlanOptions = {},
): {
  readonly plan: Plan | undefined;
  readonly faults: readonly SetFault[];
} {
  const faults: SetFault[] = [];
  const context: RuleContext = {
    patterns: new Map(set.patterns.map(({ id, document }) => [id, document])),
    named: new Map(set.named.map(({ name, document }) => [name, document])),
    lists: knownListsOf(set),
    extensions,
    checks: schemas && { schemas, madeTypes: madeTypesOf(set) },
  };
  const { checks } = context;
  const note = (kind: SetFault["kind"], id: string, found: readonly Fault[]) => {
    for (const fault of found) faults.push({ kind, id, fault });
  };

  for (const { name, document } of set.named)
    note(
      "define",
      name,
      compileCondition(document, "", { ...documentContext(inspecting(context, {})), mayWait: true }).faults,
    );
  const { compiled: lists, faults: listFaults } = compileLists(set, context);
  faults.push(...listFaults);
  const rules: RuleProgram[] = [];
  const equalRules = new EqualRules();
  const members: DocumentMember[] = lists.map(listMember);
  for (const { id, document } of set.rules) {
    const { compiled, faults: found } = compileRule(id, document, context);
    note("rule", id, found);
    if (checks !== undefined) note("rule", id, checkRule(document, compiled, checks));
    if (checks !== undefined && compiled !== undefined && document.mode !== "disabled")
      note("rule", id, equalRules.check(id, document, compiled));
    if (compiled !== undefined) members.push(ruleMember(compiled));
    if (compiled !== undefined && document.mode !== "disabled") rules.push(compiled);
  }
  const used = new Set(set.rules.flatMap(({ document }) => Object.values(document.patterns ?? {})));
  const lonePatterns: CompiledLonePattern[] = [];
  for (const { id, document } of set.patterns) {
    const { compiled, faults: found } = compileLonePattern(id, document, inspecting(context, document));
    note("pattern", id, found);
    if (checks !== undefined) note("pattern", id, unseenTypes(document.on ?? [], "/on", checks));
    if (compiled !== undefined && !used.has(id)) lonePatterns.push(compiled);
  }
  for (const {
    members: [first],
    text,
  } of new RuleChain(members).circles())
    if (first !== undefined) note(first.kind, first.id, [circleFault(first, text)]);
  if (faults.some(({ fault }) => fault.severity === "error")) return { plan: undefined, faults };
  return { plan: linkPlan(documentSetHash(set), rules, lonePatterns, lists), faults };
}

/** Types of derived events. */
function madeTypesOf({ rules }: DocumentSet): readonly string[] {
  return rules.flatMap(({ document: { emit } }) => (emit === undefined || emit === null ? [] : [emit.type]));
}

/** With static checks of a document that is no rule, where any are made. */
function inspecting(context: RuleContext, { on }: Pick<PatternDocument, "on">): RuleContext {
  const { checks } = context;
  return checks === undefined ? context : { ...context, inspect: documentInspector({ on }, {}, checks) };
}

function circleFault({ pointer }: DocumentMember, circle: string): Fault {
  const message = `rules may form no circle through what they make: ${circle}; narrow \`on\` of one of them, or let one make nothing (\`alert: false\`, no \`emit\`)`;
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
  const parts = ["lone-pattern", content, namedConditionsIn([content], context.named)];
  const identity = contentHash(parts, context.extensions).slice(0, 32);
  return { compiled: { id, key: key.compiled, ...body.compiled, identity }, faults };
}
