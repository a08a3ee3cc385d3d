import { ExprError } from "../expr-error.ts";

/**
 * A function of CEL. It may be called as `name(a, b)` and as `a.name(b)`. It is pure and total: it gives an ExprError for
 * arguments that it does not take, and never sees one as an argument. Absent arguments are `undefined`, absent values null.
 */
export interface FunctionEntry {
  readonly argCountMin: number;
  readonly argCountMax: number;
  /** True where any number of arguments stands for a list of them. */
  readonly isVariadic: boolean;
  readonly call: FunctionBody;
}

export type FunctionBody = (a: unknown, b: unknown, c: unknown, d: unknown) => unknown;

export function fixed(argCount: number, call: FunctionBody): FunctionEntry {
  return { argCountMin: argCount, argCountMax: argCount, isVariadic: false, call };
}

export function ranged(argCountMin: number, argCountMax: number, call: FunctionBody): FunctionEntry {
  return { argCountMin, argCountMax, isVariadic: false, call };
}

/** At most 32 arguments, as the parser allows. */
export function variadic(call: (list: unknown) => unknown): FunctionEntry {
  return { argCountMin: 1, argCountMax: 32, isVariadic: true, call };
}

/** The longest text that an expression may make. */
export const textLengthMax = 4_194_304;

export function tooLong(name: string): ExprError {
  return new ExprError("argument", `${name} would give a text of more than ${textLengthMax} characters`);
}

/** `size takes a string, a list or a map, not null`. */
export function wrongType(name: string, wanted: string, value: unknown): ExprError {
  return new ExprError("type", `${name} takes ${wanted}, not ${typeNameOf(value)}`);
}

export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "number":
      return "a number";
    case "string":
      return "a string";
    case "boolean":
      return "a boolean";
    default:
      return "a map";
  }
}

export function overText(name: string, body: (text: string) => unknown): FunctionBody {
  return (value) => (typeof value === "string" ? body(value) : wrongType(name, "a string", value));
}

export function overTexts(name: string, body: (text: string, other: string) => unknown): FunctionBody {
  return (value, other) => {
    if (typeof value !== "string") return wrongType(name, "a string", value);
    return typeof other === "string" ? body(value, other) : wrongType(name, "a string", other);
  };
}

export function overNumber(name: string, body: (value: number) => unknown): FunctionBody {
  return (value) => (typeof value === "number" ? body(value) : wrongType(name, "a number", value));
}
