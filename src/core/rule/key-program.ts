import type { KeyDocument, KeyPartDocument } from "../../spec/value.ts";
import { canonicalJson, toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { keyString } from "../event/key.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { CompiledExpression } from "../expr/compiled.ts";
import type { Compiling, ExprContext, ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import { isPlainFieldName } from "../expr/field-path.ts";
import type { Scope } from "../expr/scope.ts";

/** How one part of a key is taken. */
export type KeyPart =
  | { readonly kind: "one"; readonly expression: CompiledExpression }
  /** By the event's type: the first that fits. */
  | { readonly kind: "by-type"; readonly choices: readonly KeyChoice[] }
  /** The event is taken once for each distinct value. */
  | { readonly kind: "each"; readonly expressions: readonly CompiledExpression[] };

export interface KeyChoice {
  readonly fitsType: (type: string) => boolean;
  readonly expression: CompiledExpression;
}

/** How a key is taken from an event. Equal keys of different rules share one record for each value: a key dimension. */
export interface KeyProgram {
  /** Parts by their names, in document order: of a map its names, of a list the texts as written. */
  readonly names: readonly string[];
  /** Of each part that is a plain field name that name: the field stays readable where no event is at hand. */
  readonly fieldNames: readonly (string | undefined)[];
  readonly parts: readonly KeyPart[];
  readonly hasEach: boolean;
  /** Names the dimension: equal for equal forms under equal names. */
  readonly identity: string;
}

/** Most values that one event can have in a key: the numbers of expressions of its `each` parts multiplied. */
const keyValueCountMax = 100;

/** A key's parts with their names, in document order. */
export function keyPartsOf(document: KeyDocument): readonly (readonly [name: string, form: KeyPartDocument])[] {
  return isList(document) ? document.map((text) => [text, text] as const) : Object.entries(document);
}

export function compileKey(document: KeyDocument, pointer: string, context: ExprContext): Compiling<KeyProgram> {
  const forms = keyPartsOf(document);
  const faults: Fault[] = isList(document) ? duplicatesIn(document, pointer) : [];
  const parts: KeyPart[] = [];
  for (const [index, [name, form]] of forms.entries()) {
    const part = compilePart(form, pointerTo(pointer, isList(document) ? index : name), context);
    faults.push(...part.faults);
    if (part.compiled !== undefined) parts.push(part.compiled);
  }
  const valueCount = parts.reduce((count, part) => count * (part.kind === "each" ? part.expressions.length : 1), 1);
  if (valueCount > keyValueCountMax) {
    const message = `an event can have ${valueCount} values of this key, more than ${keyValueCountMax}: give \`each\` fewer expressions`;
    faults.push({ pointer, severity: "error", code: "wrong-value", message });
  }
  if (parts.length < forms.length) return { compiled: undefined, faults };
  const compiled: KeyProgram = {
    names: forms.map(([name]) => name),
    fieldNames: forms.map(([, form]) => (typeof form === "string" && isPlainFieldName(form) ? form : undefined)),
    parts,
    hasEach: parts.some(({ kind }) => kind === "each"),
    identity: canonicalJson(forms.map(([name, form]) => (form === name ? name : [name, contentOf(form)]))),
  };
  return { compiled, faults };
}

function duplicatesIn(document: readonly string[], pointer: string): Fault[] {
  return document.flatMap((text, index) =>
    document.indexOf(text) === index
      ? []
      : [
          {
            pointer: pointerTo(pointer, index),
            severity: "error",
            code: "duplicate",
            message: `\`${text}\` is in the key twice; leave one out`,
          },
        ],
  );
}

function compilePart(form: KeyPartDocument, pointer: string, context: ExprContext): Compiling<KeyPart> {
  if (typeof form === "string") {
    const { compiled, faults } = compileExpression(form, pointer, context);
    return { compiled: compiled === undefined ? undefined : { kind: "one", expression: compiled }, faults };
  }
  const faults: Fault[] = [];
  const collect = ({ compiled, faults: found }: Compiling<CompiledExpression>): readonly CompiledExpression[] => {
    faults.push(...found);
    return compiled === undefined ? [] : [compiled];
  };
  if (isEach(form)) {
    const expressions = form.each.flatMap((text, index) =>
      collect(compileExpression(text, pointerTo(pointer, "each", index), context)),
    );
    const isWhole = expressions.length === form.each.length;
    return { compiled: isWhole ? { kind: "each", expressions } : undefined, faults };
  }
  const entries = Object.entries(form);
  const choices = entries.flatMap(([filter, text]) =>
    collect(compileExpression(text, pointerTo(pointer, filter), context)).map((expression) => ({
      fitsType: compileTypeFilters([filter]),
      expression,
    })),
  );
  return { compiled: choices.length === entries.length ? { kind: "by-type", choices } : undefined, faults };
}

/** What a key says, for hashes: in a map the order of the parts counts. */
export function keyContentOf(document: KeyDocument | undefined): unknown {
  if (document === undefined || isList(document)) return document;
  return { parts: keyPartsOf(document).map(([name, form]) => [name, contentOf(form)]) };
}

/** The order in which filters are tried is part of what a key is, so they stand in a list. */
function contentOf(form: KeyPartDocument): unknown {
  return typeof form === "string" || isEach(form) ? form : Object.entries(form);
}

function isList(document: KeyDocument): document is string[] {
  return Array.isArray(document);
}

function isEach(form: Exclude<KeyPartDocument, string>): form is { each: string[] } {
  return Array.isArray(form["each"]);
}

/**
 * The event's keys, each the parts' values as they came: one, or with `each` one for each distinct value, in the order of
 * the expressions (of the last part with `each` fastest). A value that is absent, null, no finite number or in error gives none;
 * where none is left the rule does not see the event.
 */
export function keysOf(program: KeyProgram, scope: Scope, report: ReportExprError): readonly (readonly JsonValue[])[] {
  if (!program.hasEach) return singleKeyOf(program, scope, report);
  let keys: (readonly JsonValue[])[] = [[]];
  for (const part of program.parts) {
    const values = valuesOf(part, scope, report);
    const [only] = values;
    if (only === undefined) return [];
    keys = keys.flatMap((key) => values.map((value) => [...key, value]));
  }
  return keys;
}

/** The same without a list for each part: this is what nearly every event goes through. */
function singleKeyOf({ parts }: KeyProgram, scope: Scope, report: ReportExprError): readonly (readonly JsonValue[])[] {
  const key: JsonValue[] = [];
  for (const part of parts) {
    const expression = part.kind === "one" ? part.expression : choiceOf(part, scope);
    const value = expression === undefined ? null : valueOf(expression, scope, report);
    if (value === null) return [];
    key.push(value);
  }
  return [key];
}

function choiceOf(part: Exclude<KeyPart, { readonly kind: "one" }>, scope: Scope): CompiledExpression | undefined {
  const type = scope.event?.type;
  if (part.kind === "each" || type === undefined) return undefined;
  return part.choices.find(({ fitsType }) => fitsType(type))?.expression;
}

/** The different values of a part, in the order of its expressions. */
function valuesOf(part: KeyPart, scope: Scope, report: ReportExprError): readonly JsonValue[] {
  const expressions =
    part.kind === "one" ? [part.expression] : part.kind === "each" ? part.expressions : [choiceOf(part, scope)];
  const distinct = new Map<string, JsonValue>();
  for (const expression of expressions) {
    const value = expression === undefined ? null : valueOf(expression, scope, report);
    if (value === null) continue;
    const text = keyString([value]);
    if (!distinct.has(text)) distinct.set(text, value);
  }
  return [...distinct.values()];
}

/** Null: the event has no such value. */
function valueOf(expression: CompiledExpression, scope: Scope, report: ReportExprError): JsonValue {
  const value = expression.evaluate(scope);
  if (!(value instanceof ExprError)) return toJson(value);
  report(value);
  return null;
}

/** The key as people and conditions see it. */
export function keyFactOf(program: KeyProgram, values: readonly JsonValue[]): Readonly<Record<string, JsonValue>> {
  const fact: Record<string, JsonValue> = {};
  for (const [index, name] of program.names.entries()) fact[name] = values[index] ?? null;
  return fact;
}

/** What a key says of the event's fields: each part that is a plain field name, under that name. */
export function keyFieldsOf(program: KeyProgram, values: readonly JsonValue[]): Readonly<Record<string, JsonValue>> {
  const fields: Record<string, JsonValue> = {};
  for (const [index, name] of program.fieldNames.entries())
    if (name !== undefined) fields[name] = values[index] ?? null;
  return fields;
}
