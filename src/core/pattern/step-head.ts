import type { StepDocument } from "../../spec/pattern.ts";
import type { NamedStep } from "./step-names.ts";

/** The keys that say a step's name and its contiguity at once, in the order in which they are described. */
export const stepKeys = [
  "begin",
  "next",
  "followedBy",
  "followedByAny",
  "notNext",
  "notFollowedBy",
] as const satisfies readonly (keyof StepDocument)[];

export type StepKey = (typeof stepKeys)[number];

export interface StepHead extends NamedStep {
  readonly key: StepKey;
  /** How many of the keys there are; other than 1 is a fault. */
  readonly keyCount: number;
}

/** A step without a head is read as one that nobody can name. */
export function stepHeadOf(document: StepDocument): StepHead {
  const keys = stepKeys.filter((key) => document[key] !== undefined);
  const key = keys[0] ?? "begin";
  return {
    key,
    name: document[key] ?? "",
    isTaking: key !== "notNext" && key !== "notFollowedBy",
    keyCount: keys.length,
  };
}
