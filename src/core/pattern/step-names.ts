import type { InlinePatternDocument } from "../../spec/pattern.ts";
import type { Names } from "../expr/scope.ts";
import { stepFactMembers } from "./step-fact.ts";

/** A step's name, and whether it takes events: only then is there a fact of that name. */
export interface NamedStep {
  readonly name: string;
  readonly isTaking: boolean;
}

/**
 * The names that a condition inside a pattern may use: the outer ones, and the facts of the steps before
 * `visibleCount`. A later step's name is not to be read here, and does not let the event field of that name through.
 */
export function stepNames(
  outer: Names,
  steps: readonly NamedStep[],
  { firstSlot, visibleCount }: { readonly firstSlot: number; readonly visibleCount: number },
): Names {
  const indexes = new Map(steps.map(({ name }, index) => [name, index]));
  const visible = steps.slice(0, visibleCount).filter(({ isTaking }) => isTaking);
  const visibleNames = new Set(visible.map(({ name }) => name));
  return {
    resolve(name) {
      const index = indexes.get(name);
      if (index === undefined) return outer.resolve(name);
      return visibleNames.has(name) ? { kind: "slot", index: firstSlot + index } : undefined;
    },
    declared: [...outer.declared.filter((name) => !indexes.has(name)), ...visibleNames],
    membersOf: (name) => (indexes.has(name) ? stepFactMembers : outer.membersOf?.(name)),
    refusalOf(name) {
      const index = indexes.get(name);
      if (index === undefined) return outer.refusalOf?.(name);
      if (steps[index]?.isTaking === false)
        return `\`${name}\` is a step that takes no event, so there is nothing to read of it`;
      return visibleNames.has(name)
        ? undefined
        : `\`${name}\` takes its events only later; a field of that name is \`input.${name}\``;
    },
  };
}

/**
 * Fields that a pattern's conditions ask a step's `sum`, `avg`, `min`, `max` or `distinct` for, as `fail.sum.amount`,
 * `fail.sum['amount']` and the path `$.sum.amount` do. Too many do no harm: each is only a member with the value of no
 * events.
 */
export function factFieldsIn(document: InlinePatternDocument): readonly string[] {
  const asked = /\b(?:sum|avg|min|max|distinct)(?:\.([A-Za-z_$][\w$]*)|\[\s*\\?["']([^"'\\]+)\\?["']\s*\])/g;
  const fields = new Set<string>();
  for (const [, plain, quoted] of JSON.stringify(document).matchAll(asked)) {
    const field = plain ?? quoted;
    if (field !== undefined) fields.add(field);
  }
  return [...fields].sort();
}
