import type { LoopMacro } from "../ast.ts";
import type { CelNode } from "./cel-parser.ts";

export type CelCall = Extract<CelNode, { readonly op: "call" | "rcall" }>;

/** A call whose arguments are not simply evaluated. `at` is the offset that its faults stand at. */
export type CelMacro =
  | { readonly kind: "has-name"; readonly at: number; readonly name: string }
  | { readonly kind: "has"; readonly at: number; readonly of: CelNode; readonly member: string | CelNode }
  | { readonly kind: "cond"; readonly at: number; readonly name: string }
  | {
      readonly kind: "loop";
      readonly at: number;
      readonly macro: LoopMacro;
      readonly of: CelNode;
      readonly variable: string;
      readonly test: CelNode | undefined;
      readonly give: CelNode | undefined;
    }
  | {
      readonly kind: "bind";
      readonly at: number;
      readonly variable: string;
      readonly value: CelNode;
      readonly body: CelNode;
    }
  /** Over keys and values of a map, or indices and items of a list. */
  | {
      readonly kind: "pair-loop";
      readonly at: number;
      readonly macro: LoopMacro;
      /** True where the pairs given make a map. */
      readonly givesMap: boolean;
      readonly of: CelNode;
      readonly variables: readonly [key: string, value: string];
      readonly test: CelNode | undefined;
      readonly give: CelNode | undefined;
    }
  /** `a.orValue(b)` and `a.or(b)`. */
  | { readonly kind: "or-value"; readonly at: number; readonly of: CelNode; readonly otherwise: CelNode }
  | { readonly kind: "has-value"; readonly at: number; readonly of: CelNode }
  /** `a.value()` and `optional.of(a)`: what is there is the value itself. Undefined: `optional.none()`. */
  | { readonly kind: "value"; readonly at: number; readonly of: CelNode | undefined }
  | {
      readonly kind: "opt-map";
      readonly at: number;
      readonly of: CelNode;
      readonly variable: string;
      readonly body: CelNode;
    }
  | { readonly kind: "refused"; readonly at: number; readonly message: string };

/** Undefined for a call of an ordinary function. The parser has already refused macros whose variable is no name. */
export function celMacroOf(node: CelCall, isLocal: (name: string) => boolean): CelMacro | undefined {
  if (node.op === "call") {
    const [name, args] = node.args;
    if (name === "has") return hasMacro(args, node.start);
    return name === "cond" ? condMacro(args, node.start) : undefined;
  }
  const [name, receiver, args] = node.args;
  if (name === "bind" && receiver.op === "id" && receiver.args === "cel" && !isLocal("cel"))
    return bindMacro(args, node.start);
  return (
    pairLoopMacro(name, receiver, args, node.start) ??
    optionalMacro(name, receiver, args, node.start) ??
    loopMacro(name, receiver, args, node.start)
  );
}

/** `m.all(k, v, test)` and its like. One variable and a test stand before what `map` gives: that is no pair. */
function pairLoopMacro(name: string, of: CelNode, args: readonly CelNode[], at: number): CelMacro | undefined {
  const [key, value, first, second] = args;
  if (key?.op !== "id" || value?.op !== "id" || first === undefined || args.length > 4) return undefined;
  const loop = { kind: "pair-loop", at, of, variables: [key.args, value.args], givesMap: false } as const;
  switch (name) {
    case "all":
    case "exists":
      return second === undefined ? { ...loop, macro: name, test: first, give: undefined } : undefined;
    case "exists_one":
    case "existsOne":
      return second === undefined ? { ...loop, macro: "exists_one", test: first, give: undefined } : undefined;
    case "transformList":
    case "transformMap": {
      const [test, give] = second === undefined ? [undefined, first] : [first, second];
      return { ...loop, macro: "map", givesMap: name === "transformMap", test, give };
    }
    default:
      return undefined;
  }
}

/** Optional values are what they hold, or null: what is absent is null everywhere. */
function optionalMacro(name: string, of: CelNode, args: readonly CelNode[], at: number): CelMacro | undefined {
  const [first, second] = args;
  if (of.op === "id" && of.args === "optional") {
    if (name === "none" && args.length === 0) return { kind: "value", at, of: undefined };
    if (name === "of" && args.length === 1) return { kind: "value", at, of: first };
  }
  switch (name) {
    case "orValue":
    case "or":
      return first !== undefined && args.length === 1 ? { kind: "or-value", at, of, otherwise: first } : undefined;
    case "hasValue":
      return args.length === 0 ? { kind: "has-value", at, of } : undefined;
    case "value":
      return args.length === 0 ? { kind: "value", at, of } : undefined;
    case "optMap":
    case "optFlatMap":
      if (first?.op !== "id" || second === undefined || args.length > 2) return undefined;
      return { kind: "opt-map", at, of, variable: first.args, body: second };
    default:
      return undefined;
  }
}

function hasMacro(args: readonly CelNode[], at: number): CelMacro {
  const [arg, ...more] = args;
  if (more.length === 0) {
    if (arg?.op === "id") return { kind: "has-name", at: arg.start, name: arg.args };
    if (arg?.op === ".") return { kind: "has", at: arg.pos, of: arg.args[0], member: arg.args[1] };
    if (arg?.op === "[]") {
      const [of, index] = arg.args;
      return {
        kind: "has",
        at: index.start,
        of,
        member: index.op === "value" && typeof index.args === "string" ? index.args : index,
      };
    }
  }
  return { kind: "refused", at, message: "has takes one name or path, such as has(device.id)" };
}

function condMacro(args: readonly CelNode[], at: number): CelMacro {
  const [arg, ...more] = args;
  if (more.length === 0 && arg?.op === "value" && typeof arg.args === "string")
    return { kind: "cond", at: arg.start, name: arg.args };
  return { kind: "refused", at, message: "cond takes the name of a condition in quotes, such as cond('isForeign')" };
}

function bindMacro(args: readonly CelNode[], at: number): CelMacro {
  const [variable, value, body] = args;
  if (args.length === 3 && variable?.op === "id" && value !== undefined && body !== undefined) {
    return { kind: "bind", at, variable: variable.args, value, body };
  }
  return { kind: "refused", at, message: "cel.bind takes a variable's name, its value and an expression" };
}

function loopMacro(name: string, of: CelNode, args: readonly CelNode[], at: number): CelMacro | undefined {
  const [variable, first, second] = args;
  if (variable?.op !== "id" || first === undefined || args.length > 3) return undefined;
  const loop = { kind: "loop", at, of, variable: variable.args } as const;
  switch (name) {
    case "all":
    case "exists":
    case "exists_one":
    case "filter":
      return second === undefined ? { ...loop, macro: name, test: first, give: undefined } : undefined;
    case "existsOne":
      return second === undefined ? { ...loop, macro: "exists_one", test: first, give: undefined } : undefined;
    case "map":
      return second === undefined
        ? { ...loop, macro: name, test: undefined, give: first }
        : { ...loop, macro: name, test: first, give: second };
    default:
      return undefined;
  }
}
