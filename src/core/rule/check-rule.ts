import type { RuleDocument } from "../../spec/rule.ts";
import { pointerTo, type Fault } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import { eventFieldsFor, type Checks } from "./rule-knowledge.ts";
import type { RuleProgram } from "./rule-program.ts";

const declaringKeys = ["windows", "patterns", "lookup", "let"] as const;

/**
 * Warnings about a rule that compiles: names that are declared and never used, names that hide a field of the events, and
 * filters that fit no event type there is a schema of.
 *
 * @param program undefined where the rule has an error.
 */
export function checkRule(document: RuleDocument, program: RuleProgram | undefined, checks: Checks): readonly Fault[] {
  return [
    ...hiddenFields(document, checks),
    ...(program === undefined ? [] : unusedNames(document, program)),
    ...unseenTypes(document.on ?? [], "/on", checks),
  ];
}

/** Filters of `on` that fit none of the types; nothing is said where there are no schemas. */
export function unseenTypes(on: readonly string[], pointer: string, { schemas, madeTypes }: Checks): readonly Fault[] {
  if (schemas.length === 0) return [];
  const types = [...schemas.map(({ type }) => type), ...madeTypes];
  return on.flatMap((filter, index): readonly Fault[] => {
    if (filter.startsWith("tocsin.") || types.some(compileTypeFilters([filter]))) return [];
    const message = `no schema is of an event type that fits \`${filter}\`${didYouMean(filter, types) || "; correct it, or add the type's schema to schemas/"}`;
    return [{ pointer: pointerTo(pointer, index), severity: "warning", code: "unseen-type", message }];
  });
}

function hiddenFields(document: RuleDocument, checks: Checks): readonly Fault[] {
  const fields = eventFieldsFor(document.on, checks);
  if (fields === undefined) return [];
  return declaredIn(document).flatMap(({ pointer, name }): readonly Fault[] => {
    if (!fields.members.has(name)) return [];
    const message = `\`${name}\` hides the event's field of that name, which is read as \`input.${name}\`; choose another name`;
    return [{ pointer, atKey: true, severity: "warning", code: "hidden-field", message }];
  });
}

/**
 * A name counts as used where it stands in any text of the document outside of its own declaration: in a template too, and in
 * keys that only later versions read.
 */
function unusedNames(document: RuleDocument, { evaluate }: RuleProgram): readonly Fault[] {
  return declaredIn(document).flatMap(({ kind, pointer, name }): readonly Fault[] => {
    if (kind === "patterns" && evaluate.patterns.has(name)) return [];
    if (kind === "windows" && evaluate.windows.has(name)) return [];
    const { [name]: _own, ...others } = document[kind] ?? {};
    const rest = JSON.stringify({
      ...document,
      [kind]: others,
      id: undefined,
      description: undefined,
      tags: undefined,
    });
    if (new RegExp(`\\b${name}\\b`).test(rest)) return [];
    const message = `\`${name}\` is declared and never used; use it or take it out`;
    return [{ pointer, atKey: true, severity: "warning", code: "unused-name", message }];
  });
}

function declaredIn(document: RuleDocument) {
  return declaringKeys.flatMap((kind) =>
    Object.keys(document[kind] ?? {}).map((name) => ({ kind, name, pointer: pointerTo("", kind, name) })),
  );
}
