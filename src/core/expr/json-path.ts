import { JSONPath } from "jsonpath-plus";
import { ExprError } from "./expr-error.ts";
import { hasMembers } from "./closure/property.ts";

/** A path as json-rules-engine means it. */
export type JsonPath =
  /** A definite path of plain names and indices: the members to follow, from the root. None: the value itself. */
  | { readonly kind: "walk"; readonly steps: readonly string[] }
  /** Everything else, for jsonpath-plus. */
  | { readonly kind: "query"; readonly text: string };

const firstStep = String.raw`\$|[A-Za-z_][A-Za-z0-9_]*`;
const nextStep = String.raw`\.[A-Za-z0-9_]+|\[[0-9]+\]|\['[A-Za-z0-9_ .-]+'\]|\["[A-Za-z0-9_ .-]+"\]`;
const definitePath = new RegExp(`^(?:${firstStep})(?:${nextStep})*$`);
const stepInPath = /^[A-Za-z_$][A-Za-z0-9_]*|\.([A-Za-z0-9_]+)|\[([0-9]+)\]|\['([^']+)'\]|\["([^"]+)"\]/g;

/**
 * Steps are only read out of paths that jsonpath-plus takes for definite ones, letter by letter; its own notation (slices,
 * filters, `~`, `^`, `@type()`, unions) begins with characters that no step here has. A path that is the name of a
 * member of every object is left to it too: its cache takes such a name for an entry, and fails.
 */
export function parseJsonPath(text: string): JsonPath {
  if (!definitePath.test(text) || text in {}) return { kind: "query", text };
  const steps: string[] = [];
  for (const match of text.matchAll(stepInPath)) {
    const step = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[0];
    if (step !== "$" || match.index > 0) steps.push(step);
  }
  return { kind: "walk", steps };
}

/** What a path finds in a value: `undefined` for nothing, an `ExprError` where jsonpath-plus throws. */
export type FindPath = (value: unknown) => unknown;

/** A value that is no object is passed through unchanged, as json-rules-engine does. */
export function compilePath(path: JsonPath): FindPath {
  switch (path.kind) {
    case "walk":
      return compileWalk(path.steps);
    case "query":
      return compileQuery(path.text);
  }
}

function compileWalk(steps: readonly string[]): FindPath {
  const [first, second] = steps;
  if (first === undefined) return (value) => value;
  if (second === undefined) {
    return (value) => {
      if (!hasMembers(value)) return value;
      return Object.hasOwn(value, first) ? value[first] : undefined;
    };
  }
  return (value) => {
    if (!hasMembers(value)) return value;
    let found: unknown = value;
    for (const step of steps) {
      found = follow(found, step);
      if (found === undefined) return undefined;
    }
    return found;
  };
}

/** Strings have their characters and `length`, except the empty one: jsonpath-plus looks into nothing that is falsy. */
function follow(value: unknown, step: string): unknown {
  if (hasMembers(value)) return Object.hasOwn(value, step) ? value[step] : undefined;
  if (typeof value !== "string" || value === "") return undefined;
  if (step === "length") return value.length;
  return /^(?:0|[1-9][0-9]*)$/.test(step) ? value[Number(step)] : undefined;
}

/**
 * Filters run in the interpreter of jsonpath-plus (`eval: "safe"`): nothing a user wrote becomes code. It does call
 * methods of values, and some change them (`@.push(1)`); so a path that can call one searches a copy.
 */
function compileQuery(path: string): FindPath {
  const mayCallMethods = /[\w\])]\s*\(/.test(path.replaceAll(/@[A-Za-z]+\(\)/g, ""));
  return (value) => {
    if (!hasMembers(value)) return value;
    try {
      const json = mayCallMethods ? structuredClone(value) : value;
      const found: unknown = JSONPath({ path, json, wrap: false, eval: "safe" });
      return found;
    } catch (cause) {
      return new ExprError("operator", cause instanceof Error ? cause.message : `the path ${path} failed`);
    }
  };
}
