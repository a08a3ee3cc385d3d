import type { InlinePatternDocument, StepDocument } from "../../spec/pattern.ts";
import type { ConditionDocument } from "../../spec/value.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import type { CompiledCondition } from "../expr/compiled.ts";
import type { Compiling } from "../expr/context.ts";
import type { Names } from "../expr/scope.ts";
import { type Bounds, compileBounds } from "./compile-bounds.ts";
import { compileSkip } from "./compile-skip.ts";
import { onwardFrom, startsOf } from "./onward.ts";
import type { PatternProgram, Step } from "./pattern-program.ts";
import { checkSequence } from "./sequence-fault.ts";
import { factFieldsIn, stepNames } from "./step-names.ts";
import { type StepHead, stepHeadOf } from "./step-head.ts";
import { parseStepTimes } from "./step-times.ts";

/** What a pattern is compiled against. */
export interface PatternContext {
  /** The condition compiler, with everything it needs besides the names. */
  readonly conditions: (document: ConditionDocument, pointer: string, names: Names) => Compiling<CompiledCondition>;
  /** Event fields and the names that the surrounding document declares. */
  readonly names: Names;
  /** Step i's fact goes to `scope.slots[firstSlot + i]`; no other declared name has those slots. */
  readonly firstSlot: number;
}

const countMaxDefault = 100_000;
const contiguities = {
  begin: "strict",
  next: "strict",
  followedBy: "relaxed",
  followedByAny: "nonDeterministicRelaxed",
} as const;

/** A document on its way to a program: its steps' heads, and the faults found so far. */
interface Draft {
  readonly document: InlinePatternDocument;
  readonly pointer: string;
  readonly context: PatternContext;
  readonly heads: readonly StepHead[];
  readonly faults: Fault[];
  readonly reads: Set<string>;
}

/**
 * Compiles a pattern: its steps, bounds, skip strategy and `without`. Which events it sees at all (its own `on`, `where`
 * and `key`) is decided before an event is offered, and not here.
 *
 * @param pointer of the pattern in its file: `""` for a document of its own.
 */
export function compilePattern(
  document: InlinePatternDocument,
  pointer: string,
  context: PatternContext,
): Compiling<PatternProgram> {
  const heads = document.sequence.map(stepHeadOf);
  const draft: Draft = { document, pointer, context, heads, faults: [], reads: new Set() };
  const { faults } = draft;
  const bounds = compileBounds(document.within, pointerTo(pointer, "within"), faults);
  faults.push(...checkSequence(document, pointer, heads, bounds));
  const chain = document.sequence.map((step, index) => compileStep(draft, step, index, bounds));
  const without = compileWithout(draft);
  const skip = compileSkip(document.skip, pointerTo(pointer, "skip"), heads, faults);
  if (faults.some(({ severity }) => severity === "error")) return { compiled: undefined, faults };
  const steps = heads.map(({ name }) => name);
  const { maxPartialMatches = countMaxDefault, maxBufferedEvents = countMaxDefault } = document.limits ?? {};
  const compiled: PatternProgram = {
    steps,
    chain,
    onward: chain.map((_, index) => onwardFrom(chain, index)),
    starts: startsOf(chain),
    reads: [...draft.reads].filter((name) => !steps.includes(name)),
    spanMs: bounds.spanMs,
    gapMs: bounds.gapMs,
    hasDeadlines: bounds.spanMs !== undefined || bounds.gapMs !== undefined || chain.some(hasBound),
    skip,
    emitTimeouts: document.emitTimeouts ?? false,
    without,
    partialMatchCountMax: maxPartialMatches,
    heldEventCountMax: maxBufferedEvents,
    firstSlot: context.firstSlot,
    factSteps: steps.flatMap((name, index) =>
      draft.reads.has(name) && chain[index]?.kind === "taking" ? [index] : [],
    ),
    factFields: factFieldsIn(document),
  };
  return { compiled, faults };
}

function hasBound(step: Step): boolean {
  return step.gapMs !== undefined || (step.kind === "taking" && step.spanMs !== undefined);
}

function compileStep(draft: Draft, document: StepDocument, index: number, pattern: Bounds): Step {
  const at = pointerTo(draft.pointer, "sequence", index);
  const { key, name } = draft.heads[index] ?? stepHeadOf(document);
  const test = {
    name,
    isOfType: document.on === undefined ? undefined : compileTypeFilters(document.on),
    where: compileCondition(draft, document.where, pointerTo(at, "where"), index + 1),
  };
  const bounds = compileBounds(document.within, pointerTo(at, "within"), draft.faults, pattern);
  if (key === "notNext" || key === "notFollowedBy") return { kind: key, ...test, gapMs: bounds.gapMs };
  const times = parseStepTimes(document.times);
  const { min, max } = typeof times === "string" ? { min: 1, max: 1 } : times;
  return {
    kind: "taking",
    ...test,
    contiguity: contiguities[key],
    timesMin: min,
    timesMax: max,
    inner: document.inner ?? "relaxed",
    isGreedy: document.greedy === true && min !== max,
    isOptional: document.optional === true,
    until: compileCondition(draft, document.until, pointerTo(at, "until"), index + 1),
    gapMs: bounds.gapMs,
    spanMs: bounds.spanMs,
  };
}

function compileWithout(draft: Draft): CompiledCondition[] {
  const compiled: CompiledCondition[] = [];
  for (const [name, condition] of Object.entries(draft.document.without ?? {})) {
    const program = compileCondition(draft, condition, pointerTo(draft.pointer, "without", name), draft.heads.length);
    if (program !== undefined) compiled.push(program);
  }
  return compiled;
}

/** @param visibleCount steps that the condition may read, from the first. */
function compileCondition(
  { context, heads, faults, reads }: Draft,
  document: ConditionDocument | null | undefined,
  pointer: string,
  visibleCount: number,
): CompiledCondition | undefined {
  if (document === null || document === undefined) return undefined;
  const names = stepNames(context.names, heads, { firstSlot: context.firstSlot, visibleCount });
  const { compiled, faults: found } = context.conditions(document, pointer, names);
  faults.push(...found);
  for (const name of compiled?.reads ?? []) reads.add(name);
  return compiled;
}
