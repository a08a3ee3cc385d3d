import type { ListDocument } from "../../spec/list.ts";
import type { Fault } from "../base/fault.ts";
import { pointerTo } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { Compiling, ExprContext, KnownList } from "../expr/context.ts";
import { fixedFields } from "./file-members.ts";
import type { FeedProgram, MemberField } from "./list-program.ts";

type FeedDocument = NonNullable<ListDocument["feed"]>;
type FieldsDocument = FeedDocument["fields"];

/** The list that members are to be added to. */
export interface FieldTarget extends KnownList {
  readonly id: string;
}

export function compileFeed(
  document: FeedDocument,
  pointer: string,
  context: ExprContext,
  target: FieldTarget,
): Compiling<FeedProgram> {
  const where =
    document.where === undefined || document.where === null
      ? undefined
      : compileCondition(document.where, pointerTo(pointer, "where"), context);
  const member = compileExpression(document.member, pointerTo(pointer, "member"), context);
  const fields = compileMemberFields(document.fields, pointerTo(pointer, "fields"), context, target);
  const faults = [...(where?.faults ?? []), ...member.faults, ...fields.faults];
  if (member.compiled === undefined || fields.compiled === undefined) return { compiled: undefined, faults };
  const types = document.on ?? [">"];
  const compiled: FeedProgram = {
    types,
    fitsType: compileTypeFilters(types),
    where: where?.compiled,
    member: member.compiled,
    fields: fields.compiled,
  };
  return { compiled, faults };
}

/** Fields of members that a feed or a rule adds: names of event fields, or names with expressions. */
export function compileMemberFields(
  document: FieldsDocument,
  pointer: string,
  context: ExprContext,
  target: FieldTarget,
): Compiling<readonly MemberField[]> {
  const written = Array.isArray(document)
    ? document.map((name, index) => ({ name, text: name, place: pointerTo(pointer, index) }))
    : Object.entries(document ?? {}).map(([name, text]) => ({ name, text, place: pointerTo(pointer, name) }));
  const faults: Fault[] = [];
  const compiled: MemberField[] = [];
  for (const { name, text, place } of written) {
    faults.push(...unknownFieldFaults([name], place, target));
    const value = compileExpression(text, place, context);
    faults.push(...value.faults);
    if (value.compiled !== undefined) compiled.push({ name, value: value.compiled });
  }
  return { compiled: compiled.length === written.length ? compiled : undefined, faults };
}

/** Faults of fields that the list's members cannot have: those it does not name, and those it has of its own. */
export function unknownFieldFaults(
  names: readonly string[],
  pointer: string,
  { id, fields }: FieldTarget,
): readonly Fault[] {
  return names.flatMap((name): Fault[] => {
    if (fixedFields.some((fixed) => fixed === name)) {
      const message = `every member has \`${name}\` of its own; give the field another name`;
      return [{ pointer, severity: "error", code: "duplicate", message }];
    }
    if (fields === undefined || fields.includes(name)) return [];
    const hint = didYouMean(name, fields) || `; it has ${fields.join(", ") || "none"}`;
    return [
      { pointer, severity: "error", code: "unknown-name", message: `the list ${id} has no field "${name}"${hint}` },
    ];
  });
}
