import type { JsonObject, JsonValue } from "../base/json.ts";
import type { CustomFact } from "./extensions.ts";
import type { JsonPath } from "./json-path.ts";
import type { NameRef } from "./scope.ts";
import type { TestBody } from "./closure/test-body.ts";

/**
 * The one form that JSON conditions and CEL compile to. Plain data, so that equal parts can be found by content; a named
 * condition that is used twice is one node with two parents, never a cycle.
 *
 * Two families share it. The CEL family never yields `undefined`: what is absent is null. `fact` and `test` follow
 * json-rules-engine, where an absent member is `undefined`.
 */
export type Expr =
  | { readonly kind: "literal"; readonly value: JsonValue }
  | { readonly kind: "name"; readonly ref: NameRef }
  /** A variable of a macro around it; each macro of a program has its own index. */
  | { readonly kind: "local"; readonly index: number }
  | { readonly kind: "member"; readonly of: Expr; readonly name: string }
  | { readonly kind: "index"; readonly of: Expr; readonly at: Expr }
  /** `has(name)`. */
  | { readonly kind: "has-name"; readonly ref: NameRef }
  /** `has(of.at)`. */
  | { readonly kind: "has"; readonly of: Expr; readonly at: Expr }
  | { readonly kind: "list"; readonly items: readonly Expr[] }
  | { readonly kind: "map"; readonly entries: readonly { readonly key: Expr; readonly value: Expr }[] }
  | { readonly kind: "not"; readonly of: Expr }
  | { readonly kind: "negate"; readonly of: Expr }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }
  /** CEL's `&&` and `||`, which absorb errors; at least two operands. */
  | { readonly kind: "and"; readonly operands: readonly Expr[] }
  | { readonly kind: "or"; readonly operands: readonly Expr[] }
  | { readonly kind: "choose"; readonly test: Expr; readonly whenTrue: Expr; readonly whenFalse: Expr }
  /** A function of the table in `function-table.ts`, by its name there. */
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expr[] }
  | {
      readonly kind: "loop";
      readonly macro: LoopMacro;
      readonly of: Expr;
      readonly local: number;
      readonly test: Expr | undefined;
      readonly give: Expr | undefined;
    }
  /** `cel.bind(variable, value, body)`. */
  | { readonly kind: "bind"; readonly local: number; readonly value: Expr; readonly body: Expr }
  /** Text that begins with `$`, over a CEL value: null where nothing is found. */
  | { readonly kind: "path"; readonly of: Expr; readonly path: JsonPath }
  /** A CEL condition: anything but a boolean is an error. */
  | { readonly kind: "boolean"; readonly of: Expr }
  /** json-rules-engine's fact with its path. `isOptional`: an absent fact is `undefined` and no error. */
  | {
      readonly kind: "fact";
      readonly ref: NameRef;
      readonly name: string;
      readonly path: JsonPath | undefined;
      readonly isOptional: boolean;
    }
  /** json-rules-engine's leaf. `decorators` from the outermost, the leftmost as written. */
  | {
      readonly kind: "test";
      readonly operator: string;
      readonly decorators: readonly Decorator[];
      readonly fact: Expr;
      readonly value: Expr;
    }
  /** A leaf whose operator or one of whose decorators is a plug-in's. `name` is the operator as it is written, `body` all of it. */
  | {
      readonly kind: "custom-test";
      readonly name: string;
      readonly body: TestBody;
      readonly fact: Expr;
      readonly value: Expr;
    }
  /**
   * A fact of a plug-in, where the event has no field of that name. `over` is the event, whole: any field may be read for it.
   * A fact that gives nothing is `undefined` for json-rules-engine and null in CEL. `isOptional` is for what it asks for in turn.
   */
  | {
      readonly kind: "dynamic-fact";
      readonly name: string;
      readonly params: JsonObject;
      readonly path: JsonPath | undefined;
      readonly isOptional: boolean;
      readonly whenAbsent: undefined | null;
      readonly facts: ReadonlyMap<string, CustomFact>;
      readonly over: Expr;
    }
  /** json-rules-engine's `all` and `any`: sets of descending priority; none at all is true for both. */
  | { readonly kind: "all-of"; readonly sets: readonly (readonly Expr[])[] }
  | { readonly kind: "any-of"; readonly sets: readonly (readonly Expr[])[] }
  | { readonly kind: "none-of"; readonly of: Expr };

export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "in";

export type LoopMacro = "all" | "exists" | "exists_one" | "map" | "filter";

export const decoratorNames = [
  "someFact",
  "everyFact",
  "someValue",
  "everyValue",
  "swap",
  "not",
  "ignoreCase",
] as const;

export type Decorator = (typeof decoratorNames)[number];

/** The nodes directly below, in order of evaluation. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "literal":
    case "name":
    case "local":
    case "has-name":
    case "fact":
      return [];
    case "member":
    case "not":
    case "negate":
    case "path":
    case "boolean":
    case "none-of":
      return [expr.of];
    case "index":
    case "has":
      return [expr.of, expr.at];
    case "list":
      return expr.items;
    case "map":
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case "binary":
      return [expr.left, expr.right];
    case "and":
    case "or":
      return expr.operands;
    case "choose":
      return [expr.test, expr.whenTrue, expr.whenFalse];
    case "call":
      return expr.args;
    case "loop":
      return [expr.of, expr.test, expr.give].filter((child) => child !== undefined);
    case "bind":
      return [expr.value, expr.body];
    case "test":
    case "custom-test":
      return [expr.fact, expr.value];
    case "dynamic-fact":
      return [expr.over];
    case "all-of":
    case "any-of":
      return expr.sets.flat();
  }
}

/** The value of a literal, or of a list of literals. */
export function literalsOf(expr: Expr): unknown {
  if (expr.kind === "literal") return expr.value;
  if (expr.kind !== "list") return undefined;
  const values: unknown[] = [];
  for (const item of expr.items) {
    if (item.kind !== "literal") return undefined;
    values.push(item.value);
  }
  return values;
}

/** How much an expression is: nodes visited by one evaluation at most (loops counted once), and how deep they nest. */
export interface ExprMeasure {
  readonly nodeCount: number;
  readonly height: number;
}

/** `known` is filled as it goes; a shared node is measured once and counted for each of its parents. */
export function measureExpr(expr: Expr, known: Map<Expr, ExprMeasure>): ExprMeasure {
  const before = known.get(expr);
  if (before !== undefined) return before;
  let nodeCount = 1;
  let height = 0;
  for (const child of childrenOf(expr)) {
    const measure = measureExpr(child, known);
    nodeCount += measure.nodeCount;
    height = Math.max(height, measure.height);
  }
  const measure = { nodeCount, height: height + 1 };
  known.set(expr, measure);
  return measure;
}
