import type { InlinePatternDocument, StepDocument } from "../../spec/pattern.ts";
import { type Fault, type FaultCode, pointerTo } from "../base/fault.ts";
import type { Bounds } from "./compile-bounds.ts";
import { type StepHead, stepKeys } from "./step-head.ts";
import { parseStepTimes } from "./step-times.ts";

/** One step and those around it. */
interface Place {
  readonly step: StepDocument;
  readonly head: StepHead;
  readonly pointer: string;
  readonly before: { readonly step: StepDocument; readonly head: StepHead } | undefined;
  readonly isLast: boolean;
}

const reservedNames = new Set(["input", "meta", "key", "keySince", "prev", "now"]);
const notStepRefuses = ["times", "inner", "greedy", "optional", "until"] as const;

/** What can't be in a sequence, whatever its conditions say; every fault, in the order of the document. */
export function checkSequence(
  document: InlinePatternDocument,
  pointer: string,
  heads: readonly StepHead[],
  bounds: Bounds,
): Fault[] {
  const faults: Fault[] = [];
  const firstPointers = new Map<string, string>();
  for (const [index, step] of document.sequence.entries()) {
    const head = heads[index];
    if (head === undefined) continue;
    const at = pointerTo(pointer, "sequence", index);
    const beforeStep = document.sequence[index - 1];
    const beforeHead = heads[index - 1];
    const before =
      beforeStep === undefined || beforeHead === undefined ? undefined : { step: beforeStep, head: beforeHead };
    const place: Place = { step, head, pointer: at, before, isLast: index === heads.length - 1 };
    faults.push(...headFaults(place, firstPointers));
    if (step.on?.length === 0)
      faults.push(
        fault(pointerTo(at, "on"), "wrong-value", "an empty `on` fits no event; name event types, or leave it out"),
      );
    faults.push(...(head.isTaking ? takingFaults(place) : notStepFaults(place, heads, bounds)));
  }
  return faults;
}

function headFaults({ head, pointer, before }: Place, firstPointers: Map<string, string>): Fault[] {
  const { key, name, keyCount } = head;
  if (keyCount === 0) {
    return [fault(pointer, "missing-key", `a step begins with one of ${stepKeys.join(", ")}, which gives it its name`)];
  }
  if (keyCount > 1)
    return [
      fault(
        pointer,
        "pattern",
        `a step has exactly one of ${stepKeys.join(", ")}; split it in two, or leave out the others`,
      ),
    ];
  const at = pointerTo(pointer, key);
  const faults: Fault[] = [];
  if (before === undefined && key !== "begin")
    faults.push(fault(at, "pattern", "the first step is called by `begin`; put a `begin` step before it", true));
  if (before !== undefined && key === "begin") {
    faults.push(
      fault(
        at,
        "pattern",
        "only the first step is called by `begin`; write `next`, `followedBy` or `followedByAny`",
        true,
      ),
    );
  }
  if (reservedNames.has(name))
    faults.push(fault(at, "duplicate", `\`${name}\` is a name of the language itself; choose another`));
  const first = firstPointers.get(name);
  if (first === undefined) firstPointers.set(name, at);
  else
    faults.push(
      fault(at, "duplicate", `\`${name}\` is the name of the step at ${first} already; give one of them another name`),
    );
  return faults;
}

function takingFaults({ step, pointer, before }: Place): Fault[] {
  const faults: Fault[] = [];
  const times = parseStepTimes(step.times);
  if (typeof times === "string") return [fault(pointerTo(pointer, "times"), "wrong-value", times)];
  const isSingle = times.max === 1;
  const isOpen = times.max === Number.POSITIVE_INFINITY;
  if (step.inner !== undefined && isSingle) {
    faults.push(
      fault(
        pointerTo(pointer, "inner"),
        "pattern",
        "`inner` is about the events of a loop, and this step takes one; give it `times`, or leave `inner` out",
        true,
      ),
    );
  }
  if (step.greedy === true && isSingle) {
    faults.push(
      fault(
        pointerTo(pointer, "greedy"),
        "pattern",
        "a step that takes one event can't be greedy; give it `times`, or leave `greedy` out",
        true,
      ),
    );
  }
  if (step.greedy === true && step.inner === "combinations") {
    faults.push(
      fault(
        pointerTo(pointer, "greedy"),
        "pattern",
        "a greedy loop takes every event that fits, so it has no combinations; leave out `greedy` or `inner`",
        true,
      ),
    );
  }
  if (step.until !== undefined && step.until !== null && !isOpen) {
    faults.push(
      fault(
        pointerTo(pointer, "until"),
        "pattern",
        '`until` ends an open loop, such as `times: "1+"`; open this one, or leave `until` out',
        true,
      ),
    );
  }
  if (step.optional === true && before?.step.greedy === true) {
    faults.push(
      fault(
        pointerTo(pointer, "optional"),
        "pattern",
        "an optional step can't follow a greedy one; leave out one of the two",
        true,
      ),
    );
  }
  if (isSingle) faults.push(...singleWithinFaults(step, pointer, before === undefined));
  return faults;
}

function singleWithinFaults({ within }: StepDocument, pointer: string, isFirst: boolean): Fault[] {
  if (within === undefined || within === null) return [];
  const at = pointerTo(pointer, "within");
  if (isFirst)
    return [fault(at, "pattern", "the first step has no event before it; bound the pattern, or a later step", true)];
  if (typeof within === "string")
    return [
      fault(
        at,
        "pattern",
        `a step that takes one event has no span; write \`{gap: ${within}}\` for the time since the event before it`,
      ),
    ];
  if (within.span === undefined) return [];
  return [
    fault(
      pointerTo(at, "span"),
      "pattern",
      "a step that takes one event has no span; write `gap` for the time since the event before it",
      true,
    ),
  ];
}

function notStepFaults(
  { step, head, pointer, before, isLast }: Place,
  heads: readonly StepHead[],
  bounds: Bounds,
): Fault[] {
  const faults: Fault[] = [];
  for (const key of notStepRefuses) {
    if (step[key] === undefined || step[key] === null || step[key] === false) continue;
    faults.push(
      fault(
        pointerTo(pointer, key),
        "pattern",
        `a \`${head.key}\` step takes no event, so it has no \`${key}\`; leave it out`,
        true,
      ),
    );
  }
  if (before?.step.optional === true) {
    faults.push(
      fault(
        pointerTo(pointer, head.key),
        "pattern",
        `a \`${head.key}\` step can't follow an optional one; put it before that step, or make that step obligatory`,
        true,
      ),
    );
  }
  const isEnding = heads.slice(heads.indexOf(head)).every(({ isTaking }) => !isTaking);
  faults.push(...notStepWithinFaults(step, head, pointer, isEnding));
  if (
    isLast &&
    head.key === "notFollowedBy" &&
    bounds.spanMs === undefined &&
    bounds.gapMs === undefined &&
    !hasGap(step)
  ) {
    faults.push(
      fault(
        pointerTo(pointer, "notFollowedBy"),
        "pattern",
        "a last `notFollowedBy` is fulfilled when the time runs out; give the pattern a `within`, or this step a `within: {gap: …}`",
        true,
      ),
    );
  }
  if (isEnding && before !== undefined && !before.head.isTaking && before.head.key !== head.key) {
    faults.push(
      fault(
        pointerTo(pointer, head.key),
        "pattern",
        "a pattern can't end with both `notNext` and `notFollowedBy`: the one waits for an event, the other for the time; leave one out",
        true,
      ),
    );
  }
  return faults;
}

function hasGap({ within }: StepDocument): boolean {
  return typeof within === "object" && within !== null && within.gap !== undefined;
}

function notStepWithinFaults({ within }: StepDocument, { key }: StepHead, pointer: string, isEnding: boolean): Fault[] {
  if (within === undefined || within === null) return [];
  const at = pointerTo(pointer, "within");
  if (key !== "notFollowedBy" || !isEnding)
    return [
      fault(
        at,
        "pattern",
        "only a last `notFollowedBy` has a `within` of its own; bound the pattern, or the step behind",
        true,
      ),
    ];
  if (typeof within === "string")
    return [
      fault(
        at,
        "pattern",
        `this step has no span of its own; write \`{gap: ${within}}\` for the time since the event before it`,
      ),
    ];
  return within.span === undefined
    ? []
    : [
        fault(
          pointerTo(at, "span"),
          "pattern",
          "this step has no span of its own; write `gap` for the time since the event before it",
          true,
        ),
      ];
}

function fault(pointer: string, code: FaultCode, message: string, atKey = false): Fault {
  return { pointer, ...(atKey ? { atKey } : {}), severity: "error", code, message };
}
