import type { RuleDocument } from "../../spec/rule.ts";
import type { Fault } from "../base/fault.ts";
import { toJson } from "../base/json.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import type { Names } from "../expr/scope.ts";
import { compileAlert, compileEventParameters, compileSeverity } from "./compile-alert.ts";
import {
  checkDeclaredNames,
  compileLets,
  compilePatterns,
  compileWindows,
  identifyOperators,
  isOrderedRule,
  patternContent,
  windowContent,
} from "./compile-declared.ts";
import type { Declared, RuleContext } from "./compile-declared.ts";
import { compileActiveTimes } from "./compile-active-times.ts";
import { compileAsynchronous } from "./compile-asynchronous.ts";
import { compileEmit } from "./compile-emit.ts";
import { compileEvaluate } from "./compile-evaluate.ts";
import { compileFiring, longestDurationOf } from "./compile-firing.ts";
import { faultsOfKeys } from "./compile-keys.ts";
import { compileFilter } from "./compile-filter.ts";
import { compileListActions } from "./compile-list-actions.ts";
import { compileLookups, lookupMembersOf } from "./compile-lookup.ts";
import { compileKey, keyContentOf } from "./key-program.ts";
import { namedConditionsIn } from "./named-conditions.ts";
import { contentHash } from "./plug-ins-used.ts";
import { isPlainRule } from "./plain-rule.ts";
import { documentInspector } from "./rule-knowledge.ts";
import { ruleNamesOf } from "./rule-names.ts";
import type { RuleProgram } from "./rule-program.ts";

/**
 * Compiles a rule against the documents it may name. Every fault of the rule comes out, warnings too; a program only where
 * none is an error.
 *
 * @param id the rule's own, or the default that the loader gave it.
 */
export function compileRule(id: string, document: RuleDocument, context: RuleContext): Compiling<RuleProgram> {
  const names = ruleNamesOf(document, isPlainRule(document), lookupMembersOf(document, context.lists));
  const listsRead = new Set<string>();
  const noting: RuleContext = { ...context, noteList: (list) => listsRead.add(list) };
  const faults: Fault[] = [...checkDeclaredNames(document)];
  const collect = <T>({ compiled, faults: found }: Compiling<T>): T | undefined => {
    faults.push(...found);
    return compiled;
  };
  const inspect = context.checks && documentInspector(document, names.slots, context.checks);
  const at = (place: Names): ExprContext => ({ ...contextOf(document, noting), names: place, inspect });

  const filter = collect(compileFilter(document, "", at(names.beforeKey)));
  const key = collect(compileKey(document.key ?? [], "/key", at(names.beforeKey)));
  const lookups = collect(compileLookups(document, names.slots, at(names.atLookup))) ?? [];
  const compiledWindows =
    collect(compileWindows(document, names, at(names.atEvent), lookups, context.extensions)) ?? [];
  const windowMembers = Object.fromEntries(compiledWindows.map(({ name, program }) => [name, program.members]));
  const patterns =
    collect(compilePatterns(document, names, noting, at(names.atPattern(windowMembers)), compiledWindows, lookups)) ??
    [];
  const evaluation = at(names.atEvaluation(windowMembers));
  const lets = collect(compileLets(document, names, evaluation)) ?? [];
  const declared: Declared = { names, windows: compiledWindows, patterns, lets };
  const waiting: ExprContext = { ...evaluation, mayWait: true };
  const conditions =
    document.conditions === undefined
      ? undefined
      : collect(compileCondition(document.conditions, "/conditions", waiting));
  const evaluate = collect(compileEvaluate(document, declared));
  const firing = collect(compileFiring(document, evaluation, compiledWindows));
  faults.push(...faultsOfKeys(document, context));
  const results = collect(compileResults(document, evaluation, waiting));
  if (faults.some((fault) => fault.severity === "error")) return { compiled: undefined, faults };
  if (filter === undefined || key === undefined || evaluate === undefined || results === undefined)
    return { compiled: undefined, faults };

  const { windows, history } = identifyOperators(document, compiledWindows, names.used, context);
  const read = namesReadBy(conditions, declared);
  const compiled: RuleProgram = {
    ...describedBy(id, document),
    ...results,
    filter,
    key,
    lookups,
    windows,
    patterns,
    lets,
    conditions,
    slotCount: names.slotCount,
    factNames: Object.entries(names.slots)
      .filter(([name]) => read.direct.has(name))
      .map(([name, slot]) => ({ name, slot })),
    evidenceWindows: windows.filter(({ name }) => read.transitive.has(name)),
    evaluate,
    firing,
    readsNow: names.used.now,
    isOrdered: isOrderedRule(document, names.used),
    knowsLateness: isOrderedRule({ ...document, order: undefined }, names.used),
    history,
    listsRead: [...listsRead].sort(),
    asynchronous: compileAsynchronous({
      document: document.conditions,
      conditions,
      eventParameters: results.eventParameters,
      context: waiting,
    }),
    decision: decisionOf(document, context),
  };
  return { compiled, faults };
}

/** What all of a rule's conditions and expressions are compiled against, but for the names that each place may use. */
function contextOf(
  document: RuleDocument,
  { named, extensions, lists, noteList }: RuleContext,
): Omit<ExprContext, "names"> {
  return {
    named,
    extensions,
    lists,
    noteList,
    allowUndefinedFacts: document.allowUndefinedFacts ?? false,
    allowUndefinedConditions: document.allowUndefinedConditions ?? false,
  };
}

type Described = Pick<
  RuleProgram,
  | "id"
  | "title"
  | "priority"
  | "tags"
  | "isShadow"
  | "event"
  | "replacesFacts"
  | "keyCountMax"
  | "keysList"
  | "longestMs"
>;

/** What needs no compiling. */
function describedBy(id: string, document: RuleDocument): Described {
  return {
    id,
    title: String(document.name ?? id),
    priority: document.priority === undefined ? 1 : Number.parseInt(String(document.priority), 10) || 1,
    tags: document.tags ?? [],
    isShadow: document.mode === "shadow",
    event: { type: toJson(document.event?.type ?? id), params: paramsOf(document) },
    replacesFacts: document.replaceFactsInEventParams ?? false,
    keyCountMax: document.limits?.maxKeys,
    keysList: document.keys?.list,
    longestMs: longestDurationOf(document),
  };
}

type Results = Pick<RuleProgram, "severity" | "alert" | "eventParameters" | "emit" | "listActions" | "activeTimes">;

/** What an evaluation that holds leads to. `waiting` is what may ask for facts that come later. */
function compileResults(document: RuleDocument, evaluation: ExprContext, waiting: ExprContext): Compiling<Results> {
  const severity = compileSeverity(document.severity ?? "medium", evaluation);
  const alert = compileAlert(document.alert ?? {}, evaluation);
  const eventParameters = compileEventParameters(document.event?.params ?? undefined, waiting);
  const emit = compileEmit(document.emit ?? undefined, evaluation);
  const listActions = compileListActions(document, evaluation);
  const activeTimes = compileActiveTimes(document.activeTimes ?? undefined);
  const faults = [severity, alert, eventParameters, emit, listActions, activeTimes].flatMap((part) => part.faults);
  if (severity.compiled === undefined) return { compiled: undefined, faults };
  const compiled: Results = {
    severity: severity.compiled,
    alert: alert.compiled?.program,
    eventParameters: eventParameters.compiled ?? [],
    emit: emit.compiled,
    listActions: listActions.compiled ?? [],
    activeTimes: activeTimes.compiled,
  };
  return { compiled, faults };
}

function paramsOf(document: RuleDocument): RuleProgram["event"]["params"] {
  const params = document.event?.params ?? undefined;
  if (params === undefined) return undefined;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, toJson(value)]));
}

/** Names that the conditions read, and those that they lead to through `let` and through patterns' steps. */
function namesReadBy(conditions: CompiledCondition | undefined, { lets, patterns }: Declared) {
  const direct = new Set(conditions?.reads ?? []);
  const transitive = new Set(direct);
  const waiting = [...direct];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const reads =
      lets.find((declared) => declared.name === name)?.expression.reads ??
      patterns.find((declared) => declared.name === name)?.program.reads;
    for (const next of reads ?? []) {
      if (transitive.has(next)) continue;
      transitive.add(next);
      waiting.push(next);
    }
  }
  return { direct, transitive };
}

function decisionOf(document: RuleDocument, { patterns, named, extensions }: RuleContext): string {
  const { on, where, key, windows, conditions, evaluate, alert, allowUndefinedFacts, allowUndefinedConditions } =
    document;
  const usedPatterns = pairsByName(document.patterns ?? {}, (pattern) => {
    const body = typeof pattern === "string" ? patterns.get(pattern) : pattern;
    return body === undefined ? undefined : patternContent(body);
  });
  const decides = {
    on,
    where: where ?? undefined,
    key: keyContentOf(key),
    maxKeys: document.limits?.maxKeys,
    windows: pairsByName(windows ?? {}, windowContent),
    patterns: usedPatterns,
    lookup: document.lookup,
    let: document.let,
    conditions,
    evaluate,
    keys: document.keys ?? undefined,
    for: document.for ?? undefined,
    keepFiringFor: document.keepFiringFor ?? undefined,
    resolve: alert === false ? undefined : alert?.resolve,
    resolveAfter: alert === false ? undefined : (alert?.resolveAfter ?? undefined),
    activeTimes: document.activeTimes ?? undefined,
    order: document.order === "arrival" ? document.order : undefined,
    lists: document.lists,
    allowUndefinedFacts: allowUndefinedFacts ?? false,
    allowUndefinedConditions: allowUndefinedConditions ?? false,
  };
  return contentHash([decides, namedConditionsIn([decides], named)], extensions);
}

/** The order in which names are declared decides nothing. */
function pairsByName<T>(declared: Readonly<Record<string, T>>, contentOf: (value: T) => unknown): readonly unknown[] {
  const names = Object.keys(declared).sort();
  return names.map((name) => {
    const value = declared[name];
    return [name, value === undefined ? undefined : contentOf(value)];
  });
}
