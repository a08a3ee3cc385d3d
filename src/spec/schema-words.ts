import { z } from "zod";
import { expectations } from "./expectation.ts";

type Schema = z.core.$ZodType;

/** What a JSON value is, in the words that faults use. */
export type JsonKind = "text" | "number" | "boolean" | "null" | "list" | "object";

const allKinds: ReadonlySet<JsonKind> = new Set(["text", "number", "boolean", "null", "list", "object"]);

export function jsonKindOf(value: unknown): JsonKind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "object";
  }
}

/** The kinds of value that a schema can take at all. */
export function kindsOf(schema: Schema): ReadonlySet<JsonKind> {
  if (schema instanceof z.ZodNullable) return new Set([...kindsOf(schema.unwrap()), "null"]);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return kindsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return kindsOf(schema.in);
  if (schema instanceof z.ZodUnion) return new Set(schema.options.flatMap((option) => [...kindsOf(option)]));
  if (schema instanceof z.ZodLiteral) return new Set([...schema.values].map(jsonKindOf));
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return new Set(["text"]);
  if (schema instanceof z.ZodNumber) return new Set(["number"]);
  if (schema instanceof z.ZodBoolean) return new Set(["boolean"]);
  if (schema instanceof z.ZodNull) return new Set(["null"]);
  if (schema instanceof z.ZodArray) return new Set(["list"]);
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return new Set(["object"]);
  return allKinds;
}

/** Words for what a schema wants, to follow "expected": its own, else `outer`, else what its type says. */
export function expectedOf(schema: Schema, outer?: string): string {
  const own = expectations.get(schema)?.text;
  if (own !== undefined) return own;
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return expectedOf(schema.unwrap(), outer);
  if (outer !== undefined) return outer;
  if (schema instanceof z.ZodPipe) return expectedOf(schema.in);
  if (schema instanceof z.ZodUnion)
    return [...new Set(schema.options.map((option) => expectedOf(option)))].join(" or ");
  if (schema instanceof z.ZodEnum) return alternatives(schema.options.map(String));
  if (schema instanceof z.ZodLiteral) return alternatives([...schema.values].map(String));
  if (schema instanceof z.ZodString) return (schema.minLength ?? 0) > 0 ? "a text that is not empty" : "a text";
  if (schema instanceof z.ZodNumber) return numberWords(schema);
  if (schema instanceof z.ZodBoolean) return "true or false";
  if (schema instanceof z.ZodNull) return "null";
  if (schema instanceof z.ZodArray) return hasMinimum(schema) ? "a list of at least one item" : "a list";
  if (schema instanceof z.ZodRecord) return "an object from names to values";
  return "an object";
}

/** The members of an object's schema, by key. */
export function shapeOf(schema: z.ZodObject): Readonly<Record<string, Schema>> {
  return schema.shape;
}

/** True for what no message may show. */
export function isSecret(schema: Schema): boolean {
  return expectations.get(schema)?.isSecret === true;
}

function numberWords({ isInt, minValue, maxValue }: z.ZodNumber): string {
  const words = isInt ? "a whole number" : "a number";
  const hasMax = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  const hasMin = minValue !== null && minValue > Number.MIN_SAFE_INTEGER;
  return `${words}${hasMin ? ` from ${minValue}` : ""}${hasMax ? ` to ${maxValue}` : ""}`;
}

function hasMinimum({ def }: z.ZodArray): boolean {
  return (def.checks ?? []).some((check) => check._zod.def.check === "min_length");
}

function alternatives(values: readonly string[]): string {
  return values.length <= 1 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

const foundLengthMax = 60;

/** Words for a value, to follow "found". */
export function foundText(value: unknown): string {
  switch (jsonKindOf(value)) {
    case "text":
      return `the text ${shortened(JSON.stringify(value))}`;
    case "number":
      return `the number ${String(value)}`;
    case "boolean":
    case "null":
      return String(value);
    case "list":
      return Array.isArray(value) && value.length === 0 ? "an empty list" : "a list";
    case "object":
      return "an object";
  }
}

function shortened(text: string): string {
  return text.length <= foundLengthMax ? text : `${text.slice(0, foundLengthMax)}…`;
}
