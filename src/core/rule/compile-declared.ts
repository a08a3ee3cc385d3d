import type { InlinePatternDocument, PatternDocument } from "../../spec/pattern.ts";
import type { RuleDocument } from "../../spec/rule.ts";
import type { ConditionDocument } from "../../spec/value.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { nearestOf } from "../base/text-distance.ts";
import { ownTypePrefix } from "../event/type-filter.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { Compiling, ExprContext, Inspect, KnownList } from "../expr/context.ts";
import type { ExprExtensions } from "../expr/extensions.ts";
import { eventNames } from "../expr/names.ts";
import { compilePattern } from "../pattern/compile-pattern.ts";
import type { WindowDocument } from "../../spec/window.ts";
import { compileWindow } from "../window/compile-window.ts";
import type { WindowExtensions } from "../window/custom.ts";
import { familyOf, isShareable } from "../window/window-program.ts";
import { compileFilter } from "./compile-filter.ts";
import { lookupContent, lookupsReadBy } from "./compile-lookup.ts";
import { namedConditionsIn } from "./named-conditions.ts";
import { contentHash } from "./plug-ins-used.ts";
import type { Checks } from "./rule-knowledge.ts";
import type { HistoryUse, RuleNames } from "./rule-names.ts";
import type {
  DeclaredHistory,
  DeclaredLet,
  DeclaredLookup,
  DeclaredPattern,
  DeclaredWindow,
  LateTo,
} from "./rule-program.ts";

/** The documents that a rule may name. */
export interface RuleContext {
  readonly patterns: ReadonlyMap<string, PatternDocument>;
  readonly named: ReadonlyMap<string, ConditionDocument>;
  /** What plug-ins add; undefined: nothing. */
  readonly extensions?: (ExprExtensions & Partial<WindowExtensions>) | undefined;
  /** Lists and tables by id; undefined: none. */
  readonly lists?: ReadonlyMap<string, KnownList> | undefined;
  /** Told of each list that a document reads. */
  readonly noteList?: ((id: string) => void) | undefined;
  /** What static checks of rules go by; undefined: none are made. */
  readonly checks?: Checks | undefined;
  /** Static checks of a document that is no rule. */
  readonly inspect?: Inspect | undefined;
}

/** What a document outside of rules may name. */
type DocumentContext = Omit<RuleContext, "patterns">;

type PatternBody = Omit<PatternDocument, "id" | "key" | "description">;

/** What a rule declares, compiled. */
export interface Declared {
  readonly names: RuleNames;
  readonly windows: readonly CompiledWindow[];
  readonly patterns: readonly DeclaredPattern[];
  readonly lets: readonly DeclaredLet[];
}

/** A window before it is known in which order it takes events. */
export type CompiledWindow = Omit<DeclaredWindow, "identity" | "storeIdentity">;

/** True for a rule that takes events in event-time order: it has a sliding window or a pattern, or reads `prev`. */
export function isOrderedRule({ windows, patterns, order }: RuleDocument, { prev }: Pick<HistoryUse, "prev">): boolean {
  if (order === "arrival") return false;
  if (prev) return true;
  if (Object.keys(patterns ?? {}).length > 0) return true;
  return Object.values(windows ?? {}).some(
    (window) => window.type === "sliding" || (window.type === "session" && window.maxSize !== undefined),
  );
}

function lateToOf(window: WindowDocument): LateTo {
  if (!("lateTo" in window) || window.lateTo === undefined || window.lateTo === "drop") return { kind: "drop" };
  return window.lateTo === "deadLetter" ? { kind: "dead-letter" } : { kind: "emit", type: window.lateTo };
}

const reservedNames = new Set(["input", "meta", "key", "keySince", "prev", "now"]);
const declaringKeys = ["lookup", "windows", "patterns", "let"] as const;

/** Declared names are unique in a document and hide none of the names that stand for the event, the key and the time. */
export function checkDeclaredNames(document: RuleDocument): Fault[] {
  const faults: Fault[] = [];
  const places = new Map<string, string>();
  for (const kind of declaringKeys) {
    for (const name of Object.keys(document[kind] ?? {})) {
      const pointer = pointerTo("", kind, name);
      const other = places.get(name);
      places.set(name, pointer);
      if (other !== undefined) {
        faults.push({
          pointer,
          atKey: true,
          severity: "error",
          code: "duplicate",
          message: `\`${name}\` is declared at ${other} already; give one of them another name`,
        });
      } else if (reservedNames.has(name)) {
        faults.push({
          pointer,
          atKey: true,
          severity: "error",
          code: "duplicate",
          message: `\`${name}\` is a name of the language itself; choose another`,
        });
      }
    }
  }
  return faults;
}

/** What decides in a pattern: not what it is called, what it says of itself, or the key that it has where it runs alone. */
export function patternContent(document: PatternDocument | InlinePatternDocument): Readonly<Record<string, unknown>> {
  const described: Partial<PatternDocument> = document;
  const { id: _id, key: _key, description: _description, ...content } = described;
  return withoutNulls(content);
}

/** A key that is null says what one that is absent does. */
export function withoutNulls(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}

/** What decides in a window: not what becomes of events that it does not take. */
export function windowContent(document: WindowDocument): Readonly<Record<string, unknown>> {
  const { lateTo: _lateTo, ...content } = withoutNulls(document);
  return content;
}

/** What the events that reach a rule's operators went through, and how the conditions of these are taken. */
function filterContent({ on, where, allowUndefinedFacts, allowUndefinedConditions }: RuleDocument) {
  const options = [allowUndefinedFacts ?? false, allowUndefinedConditions ?? false];
  return { on, where: where ?? undefined, options };
}

/**
 * Hash of an operator's own content: what it sees, in which order, and what it makes of it. A new rule set keeps the state
 * of equal ones.
 */
function identityOf(kind: string, content: unknown, { named, extensions }: DocumentContext): string {
  return contentHash([kind, content, namedConditionsIn([content], named)], extensions).slice(0, 32);
}

export function compileWindows(
  document: RuleDocument,
  names: RuleNames,
  expr: ExprContext,
  lookups: readonly DeclaredLookup[],
  extensions: RuleContext["extensions"],
): Compiling<readonly CompiledWindow[]> {
  const faults: Fault[] = [];
  const compiled: CompiledWindow[] = [];
  for (const [name, window] of Object.entries(document.windows ?? {})) {
    const program = compileWindow(window, pointerTo("", "windows", name), {
      conditions: compileCondition,
      expressions: compileExpression,
      names: expr,
      triggerNames: (members) => ({ ...expr, names: names.atTrigger(name, members) }),
      slot: names.slots[name] ?? 0,
      extensions,
    });
    faults.push(...program.faults);
    if (program.compiled === undefined) continue;
    const read = lookupsReadBy(program.compiled.reads, lookups);
    const lateTo = lateToOf(window);
    if (lateTo.kind === "emit" && `${lateTo.type}.`.startsWith(ownTypePrefix)) {
      const message = `types that begin with \`${ownTypePrefix}\` are Tocsin's own: choose another`;
      const pointer = pointerTo("", "windows", name, "lateTo");
      faults.push({ pointer, severity: "error", code: "wrong-value", message });
    }
    compiled.push({ name, slot: names.slots[name] ?? 0, program: program.compiled, lookups: read, lateTo });
  }
  return { compiled, faults };
}

/** Windows and the history with their identities. Rules that take events on arrival and rules that take them in order can share no state. */
export function identifyOperators(
  document: RuleDocument,
  windows: readonly CompiledWindow[],
  { prev, keySince }: HistoryUse,
  context: RuleContext,
): { readonly windows: readonly DeclaredWindow[]; readonly history: DeclaredHistory | undefined } {
  const filter = filterContent(document);
  const isOrdered = isOrderedRule(document, { prev });
  return {
    windows: windows.map((window) => {
      const found = document.windows?.[window.name];
      const written = found === undefined ? {} : windowContent(found);
      const around = { filter, isOrdered, lookups: lookupContent(document, window.lookups) };
      // What the trigger calls the window decides nothing, but it is compiled into it.
      const called = window.program.trigger === undefined ? undefined : window.name;
      const identity = identityOf("window", { window: written, called, ...around }, context);
      const family = familyOf(window.program);
      const shared = { family, where: written["where"], aggregate: written["aggregate"], ...around };
      const storeIdentity = isShareable(family) ? identityOf("windows", shared, context) : identity;
      return { ...window, identity, storeIdentity };
    }),
    history:
      prev || keySince
        ? { keepsEvent: prev, identity: identityOf("history", { filter, isOrdered }, context) }
        : undefined,
  };
}

export function compilePatterns(
  document: RuleDocument,
  names: RuleNames,
  context: RuleContext,
  expr: ExprContext,
  windows: readonly CompiledWindow[],
  lookups: readonly DeclaredLookup[],
): Compiling<readonly DeclaredPattern[]> {
  const faults: Fault[] = [];
  const compiled: DeclaredPattern[] = [];
  for (const [name, reference] of Object.entries(document.patterns ?? {})) {
    const pointer = pointerTo("", "patterns", name);
    const body = typeof reference === "string" ? context.patterns.get(reference) : reference;
    if (body === undefined) {
      if (typeof reference === "string") faults.push(unknownPattern(reference, pointer, context));
      continue;
    }
    const found =
      typeof reference === "string"
        ? compilePatternDocument(body, undefined, { context, firstSlot: names.slotCount })
        : compilePatternBody(body, pointer, { filter: expr, steps: expr, firstSlot: names.slotCount });
    faults.push(...found.faults);
    if (found.compiled === undefined) continue;
    const { program, filter } = found.compiled;
    const read = windows.filter((window) => program.reads.includes(window.name));
    const windowContents = Object.entries(document.windows ?? {}).flatMap(([window, content]) =>
      read.some((used) => used.name === window) ? [windowContent(content)] : [],
    );
    const readLookups = lookupsReadBy([...program.reads, ...(filter.where?.reads ?? [])], lookups);
    const content = {
      body: patternContent(body),
      // A rule that takes events as they arrive shares no pattern with those that take them in order.
      order: document.order === "arrival" ? document.order : undefined,
      filter: filterContent(document),
      windows: windowContents,
      lookups: lookupContent(document, [...new Set([...readLookups, ...read.flatMap((window) => window.lookups)])]),
    };
    compiled.push({
      name,
      slot: names.slots[name] ?? 0,
      label: typeof reference === "string" ? reference : name,
      program,
      filter,
      identity: identityOf("pattern", content, context),
      windowSlots: new Set(read.map(({ slot }) => slot)),
      lookups: readLookups,
    });
  }
  return { compiled, faults };
}

/** A pattern document is compiled alike whoever uses it: it sees events and no rule's names. `pointer` is that of `compilePatternBody`. */
export function compilePatternDocument(
  document: PatternBody,
  pointer: string | undefined,
  { context, firstSlot }: { readonly context: DocumentContext; readonly firstSlot: number },
): Compiling<Pick<DeclaredPattern, "program" | "filter">> {
  return compilePatternBody(document, pointer, {
    filter: beforeKeyContext(context),
    steps: documentContext(context),
    firstSlot,
  });
}

/** What a pattern document's own `key` and `where` are compiled against. */
export function beforeKeyContext(context: DocumentContext): ExprContext {
  return { ...documentContext(context), names: eventNames({}, { beforeKey: true }) };
}

/** What a document outside of rules is compiled against. */
export function documentContext({ named, extensions, lists, noteList, inspect }: DocumentContext): ExprContext {
  const known = { named, extensions, lists, noteList, inspect };
  return { names: eventNames(), ...known, allowUndefinedFacts: false, allowUndefinedConditions: false };
}

function unknownPattern(id: string, pointer: string, { patterns }: RuleContext): Fault {
  const nearest = nearestOf(id, [...patterns.keys()]);
  const hint = nearest === undefined ? "add a document with that id to patterns/" : `did you mean \`${nearest}\`?`;
  return { pointer, severity: "error", code: "unknown-name", message: `no pattern \`${id}\` is loaded; ${hint}` };
}

/**
 * A pattern and the events it sees.
 *
 * @param pointer where its faults are told; undefined: they are told elsewhere, and only whether it compiles matters.
 */
function compilePatternBody(
  document: PatternBody,
  pointer: string | undefined,
  {
    filter: filterContext,
    steps,
    firstSlot,
  }: { readonly filter: ExprContext; readonly steps: ExprContext; readonly firstSlot: number },
): Compiling<Pick<DeclaredPattern, "program" | "filter">> {
  const { on, where } = document;
  const filter = compileFilter({ on, where }, pointer ?? "", filterContext);
  const program = compilePattern(document, pointer ?? "", {
    names: steps.names,
    firstSlot,
    conditions: (condition, at, names) => compileCondition(condition, at, { ...steps, names }),
  });
  const faults = pointer === undefined ? [] : [...filter.faults, ...program.faults];
  if (filter.compiled === undefined || program.compiled === undefined) return { compiled: undefined, faults };
  return { compiled: { program: program.compiled, filter: filter.compiled }, faults };
}

/** `let` names, each behind those that it reads. */
export function compileLets(
  document: RuleDocument,
  names: RuleNames,
  expr: ExprContext,
): Compiling<readonly DeclaredLet[]> {
  const faults: Fault[] = [];
  const waiting = new Map<string, DeclaredLet>();
  for (const [name, text] of Object.entries(document.let ?? {})) {
    const { compiled, faults: found } = compileExpression(text, pointerTo("", "let", name), expr);
    faults.push(...found);
    if (compiled !== undefined) waiting.set(name, { name, slot: names.slots[name] ?? 0, expression: compiled });
  }
  const ordered: DeclaredLet[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find(({ expression }) => !expression.reads.some((name) => waiting.has(name)));
    if (ready === undefined) {
      const [name = ""] = waiting.keys();
      const message = `\`${[...waiting.keys()].join("`, `")}\` read each other in a circle; take one of them out of it`;
      faults.push({ pointer: pointerTo("", "let", name), severity: "error", code: "cycle", message });
      break;
    }
    ordered.push(ready);
    waiting.delete(ready.name);
  }
  return { compiled: ordered, faults };
}
