import { z } from "zod";
import { type Fault, type FaultCode, pointerTo } from "../core/base/fault.ts";
import { isJsonObject } from "../core/base/json.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import { expectedOf, foundText, isSecret, jsonKindOf, kindsOf, shapeOf } from "./schema-words.ts";
import { type DocumentKind, unsupportedKey, unsupportedValue } from "./unsupported.ts";

type Schema = z.core.$ZodType;

interface Checking {
  readonly kind: DocumentKind;
  /** Of a plain json-rules-engine rule: unknown keys of the root are told, and no more. */
  readonly areUnknownKeysIgnored: boolean;
  readonly faults: Fault[];
}

export interface Checked<T> {
  /** What the schema makes of the value; undefined where any fault is an error. */
  readonly document: T | undefined;
  readonly faults: readonly Fault[];
}

/**
 * Tries `value` against the schema of its kind. The schema decides; this walk along it only puts what zod says into
 * words, one fault for each mistake, where zod would give every branch of a union.
 */
export function checkDocument<T>(
  schema: z.ZodType<T>,
  value: unknown,
  { kind, areUnknownKeysIgnored = false }: { readonly kind: DocumentKind; readonly areUnknownKeysIgnored?: boolean },
): Checked<T> {
  const checking: Checking = { kind, areUnknownKeysIgnored, faults: [] };
  check(schema, value, "", checking, undefined);
  if (checking.faults.some(({ severity }) => severity === "error"))
    return { document: undefined, faults: checking.faults };
  const known = areUnknownKeysIgnored ? withoutUnknownKeys(schema, value) : value;
  const result = schema.safeParse(known);
  if (result.success) return { document: result.data, faults: checking.faults };
  reportIssues(result.error.issues, known, "", checking);
  return { document: undefined, faults: checking.faults };
}

function withoutUnknownKeys(schema: Schema, value: unknown): unknown {
  if (!(schema instanceof z.ZodObject) || !isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(shapeOf(schema), key)));
}

/** `outer` is what the union around `schema` expects, for schemas that do not say it themselves. */
function check(schema: Schema, value: unknown, pointer: string, checking: Checking, outer: string | undefined): void {
  if (schema instanceof z.ZodNullable) {
    if (value !== null) check(schema.unwrap(), value, pointer, checking, outer);
  } else if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    check(schema.unwrap(), value, pointer, checking, outer);
  else if (!kindsOf(schema).has(jsonKindOf(value))) reportValue(schema, value, pointer, checking, outer);
  else if (schema instanceof z.ZodUnion) checkUnion(schema, value, pointer, checking);
  else if (schema instanceof z.ZodObject && isJsonObject(value)) checkObject(schema, value, pointer, checking);
  else if (schema instanceof z.ZodRecord && isJsonObject(value)) checkRecord(schema, value, pointer, checking);
  else if (schema instanceof z.ZodArray && Array.isArray(value)) checkList(schema, value, pointer, checking);
  else checkLeaf(schema, value, pointer, checking, outer);
}

function checkObject(
  schema: z.ZodObject,
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  const shape = shapeOf(schema);
  let areKeysRight = true;
  for (const [key, member] of Object.entries(value)) {
    const memberSchema = Object.hasOwn(shape, key) ? shape[key] : schemaOfOthers(schema);
    areKeysRight &&= memberSchema !== undefined;
    if (memberSchema !== undefined) check(memberSchema, member, pointerTo(pointer, key), checking, undefined);
    else
      reportUnknownKey(
        key,
        pointer,
        { known: Object.keys(shape), isIgnored: !(schema.def.catchall instanceof z.ZodNever) },
        checking,
      );
  }
  for (const [key, memberSchema] of Object.entries(shape)) {
    if (Object.hasOwn(value, key) || memberSchema._zod.optin !== undefined) continue;
    areKeysRight = false;
    report(checking, {
      pointer,
      atKey: true,
      code: "missing-key",
      message: `the key \`${key}\` is missing: expected ${expectedOf(memberSchema)}`,
    });
  }
  // A refinement would only repeat, less clearly, what a strange or missing key has said.
  if (areKeysRight && (schema.def.checks ?? []).length > 0) checkRefinements(schema, value, pointer, checking);
}

/** What the values of keys beside the named ones have to be, where such keys are meant to be there. */
function schemaOfOthers({ def: { catchall } }: z.ZodObject): Schema | undefined {
  return catchall instanceof z.ZodNever || catchall instanceof z.ZodUnknown ? undefined : catchall;
}

/** What an object's own refinements say of its members together; they look at objects with other faults too (`refinesObjects`). */
function checkRefinements(schema: z.ZodObject, value: unknown, pointer: string, checking: Checking): void {
  const issues = z.safeParse(schema, value).error?.issues ?? [];
  const told: Checking = { ...checking, faults: [] };
  reportIssues(
    issues.filter(({ code }) => code === "custom"),
    value,
    pointer,
    told,
  );
  // Those of members have been told where the members were checked.
  const isNew = (fault: Fault) =>
    !checking.faults.some((known) => known.pointer === fault.pointer && known.message === fault.message);
  checking.faults.push(...told.faults.filter(isNew));
}

function checkRecord(
  schema: z.ZodRecord,
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  for (const [key, member] of Object.entries(value)) {
    const at = pointerTo(pointer, key);
    if (!z.safeParse(schema.keyType, key).success) {
      report(checking, {
        pointer: at,
        atKey: true,
        code: "wrong-value",
        message: `wrong key: expected ${expectedOf(schema.keyType)}, found ${foundText(key)}`,
      });
    }
    check(schema.valueType, member, at, checking, undefined);
  }
}

function checkList(schema: z.ZodArray, value: readonly unknown[], pointer: string, checking: Checking): void {
  const before = checking.faults.length;
  for (const [index, item] of value.entries())
    check(schema.element, item, pointerTo(pointer, index), checking, undefined);
  if (checking.faults.length === before && (schema.def.checks ?? []).length > 0)
    checkLeaf(schema, value, pointer, checking, undefined);
}

function checkLeaf(
  schema: Schema,
  value: unknown,
  pointer: string,
  checking: Checking,
  outer: string | undefined,
): void {
  const result = z.safeParse(schema, value);
  if (result.success) return;
  const custom = result.error.issues.filter(({ code }) => code === "custom");
  if (custom.length > 0) reportIssues(custom, value, pointer, checking);
  else reportValue(schema, value, pointer, checking, outer);
}

function checkUnion(union: z.ZodUnion, value: unknown, pointer: string, checking: Checking): void {
  if (z.safeParse(union, value).success) {
    for (const option of optionsOf(union))
      if (z.safeParse(option, value).success) return check(option, value, pointer, checking, undefined);
    return;
  }
  const fitting = optionsOf(union).filter((option) => kindsOf(option).has(jsonKindOf(value)));
  const objects = fitting.filter((option) => option instanceof z.ZodObject);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) check(only, value, pointer, checking, expectedOf(union));
  else if (isJsonObject(value) && objects.length === fitting.length) checkObjects(objects, value, pointer, checking);
  else reportValue(union, value, pointer, checking, undefined);
}

function optionsOf(union: z.ZodUnion): readonly Schema[] {
  return union.options.flatMap((option) => (option instanceof z.ZodUnion ? optionsOf(option) : [option]));
}

/** The value is an object, and several kinds of object are possible: settles which one is meant, then tells what is wrong with that. */
function checkObjects(
  options: readonly z.ZodObject[],
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  const tag = Object.keys(options[0] === undefined ? {} : shapeOf(options[0])).find((key) =>
    options.every((option) => shapeOf(option)[key] instanceof z.ZodLiteral),
  );
  const isMeant = (option: z.ZodObject) =>
    tag === undefined
      ? requiredKeysOf(option).some((key) => Object.hasOwn(value, key))
      : shapeLiterals(option, tag).some((literal) => literal === value[tag]);
  const meant = options.filter(isMeant);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return checkObject(only, value, pointer, checking);
  if (tag !== undefined) reportTag(tag, options, value, pointer, checking);
  else if (meant.length > 1) {
    const keys = meant.flatMap(requiredKeysOf).filter((key) => Object.hasOwn(value, key));
    report(checking, {
      pointer,
      code: "wrong-value",
      message: `${listed(keys, "and")} exclude each other: keep one of them`,
    });
  } else reportNoneMeant(options, value, pointer, checking);
  checkShared(options, value, pointer, checking);
}

function requiredKeysOf(schema: z.ZodObject): readonly string[] {
  return Object.entries(shapeOf(schema)).flatMap(([key, member]) => (member._zod.optin !== undefined ? [] : [key]));
}

function shapeLiterals(object: z.ZodObject, key: string): readonly unknown[] {
  const schema = shapeOf(object)[key];
  return schema instanceof z.ZodLiteral ? [...schema.values] : [];
}

function reportTag(
  tag: string,
  options: readonly z.ZodObject[],
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  const names = options.flatMap((option) => shapeLiterals(option, tag)).map(String);
  const found = value[tag];
  const message = `expected ${listed(names, "or")}`;
  if (!Object.hasOwn(value, tag))
    report(checking, {
      pointer,
      atKey: true,
      code: "missing-key",
      message: `the key \`${tag}\` is missing: ${message}`,
    });
  else {
    const at = pointerTo(pointer, tag);
    const unsupported = unsupportedValue(checking.kind, at, found);
    const nearest = typeof found === "string" ? didYouMean(found, names) : "";
    if (unsupported === undefined)
      report(checking, {
        pointer: at,
        code: typeof found === "string" ? "wrong-value" : "wrong-type",
        message: `${message}, found ${foundText(found)}${nearest}`,
      });
    else report(checking, { pointer: at, code: "unsupported", message: unsupported });
  }
}

function reportNoneMeant(
  options: readonly z.ZodObject[],
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  const known = [...new Set(options.flatMap((option) => Object.keys(shapeOf(option))))];
  const strange = Object.keys(value).filter((key) => !known.includes(key));
  const later = strange.filter((key) => unsupportedKey(checking.kind, pointer, key) !== undefined);
  for (const key of later.length > 0 ? later : strange)
    reportUnknownKey(key, pointer, { known, isIgnored: false }, checking);
  const required = [...new Set(options.flatMap(requiredKeysOf))];
  if (strange.length === 0)
    report(checking, {
      pointer,
      atKey: true,
      code: "missing-key",
      message: `one of the keys ${listed(required, "or")} is missing`,
    });
}

/** What is certain whichever option is meant: the members that all of them have. */
function checkShared(
  options: readonly z.ZodObject[],
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  checking: Checking,
): void {
  for (const [key, member] of Object.entries(value)) {
    const schemas = options.map(shapeOf).map((shape) => (Object.hasOwn(shape, key) ? shape[key] : undefined));
    const [schema] = schemas;
    if (schema === undefined || schemas.includes(undefined) || schemas.some((other) => other instanceof z.ZodLiteral))
      continue;
    check(schema, member, pointerTo(pointer, key), checking, undefined);
  }
}

function reportUnknownKey(
  key: string,
  pointer: string,
  { known, isIgnored }: { readonly known: readonly string[]; readonly isIgnored: boolean },
  checking: Checking,
): void {
  const at = { pointer: pointerTo(pointer, key), atKey: true };
  const unsupported = unsupportedKey(checking.kind, pointer, key);
  if (unsupported !== undefined) return report(checking, { ...at, code: "unsupported", message: unsupported });
  const nearest = didYouMean(key, known);
  if (isIgnored || (checking.areUnknownKeysIgnored && pointer === "")) {
    checking.faults.push({
      ...at,
      severity: "warning",
      code: "unknown-key",
      message: `unknown key \`${key}\` is ignored, as in json-rules-engine${nearest}`,
    });
    return;
  }
  const hint = nearest !== "" ? nearest : known.length <= 12 ? `; known here: ${listed(known, "and")}` : "; remove it";
  report(checking, { ...at, code: "unknown-key", message: `unknown key \`${key}\`${hint}` });
}

function reportValue(
  schema: Schema,
  value: unknown,
  pointer: string,
  checking: Checking,
  outer: string | undefined,
): void {
  const unsupported = unsupportedValue(checking.kind, pointer, value);
  if (unsupported !== undefined) return report(checking, { pointer, code: "unsupported", message: unsupported });
  const code = kindsOf(schema).has(jsonKindOf(value)) ? "wrong-value" : "wrong-type";
  const nearest = typeof value === "string" ? didYouMean(value, textsOf(schema)) : "";
  const found = isSecret(schema) ? "something else, which is not shown" : foundText(value);
  report(checking, { pointer, code, message: `expected ${expectedOf(schema, outer)}, found ${found}${nearest}` });
}

/** The texts that a closed set allows. */
function textsOf(schema: Schema): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].filter((value) => typeof value === "string");
  if (schema instanceof z.ZodUnion) return optionsOf(schema).flatMap(textsOf);
  return [];
}

function reportIssues(issues: readonly z.core.$ZodIssue[], value: unknown, pointer: string, checking: Checking): void {
  for (const { path, message } of issues) {
    const tokens = path.map(String);
    const isAbsent =
      tokens.length > 0 &&
      tokens.reduce<unknown>(
        (at, token) => (typeof at === "object" && at !== null ? Reflect.get(at, token) : undefined),
        value,
      ) === undefined;
    const at = isAbsent ? tokens.slice(0, -1) : tokens;
    report(checking, {
      pointer: pointerTo(pointer, ...at),
      ...(isAbsent ? { atKey: true } : {}),
      code: isAbsent ? "missing-key" : "wrong-value",
      message,
    });
  }
}

function report(
  checking: Checking,
  {
    pointer,
    atKey,
    code,
    message,
  }: { readonly pointer: string; readonly atKey?: boolean; readonly code: FaultCode; readonly message: string },
): void {
  checking.faults.push({ pointer, ...(atKey === undefined ? {} : { atKey }), severity: "error", code, message });
}

function listed(names: readonly string[], word: "and" | "or"): string {
  const quoted = [...new Set(names)].map((name) => `\`${name}\``);
  return quoted.length <= 1 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} ${word} ${quoted.at(-1)}`;
}
