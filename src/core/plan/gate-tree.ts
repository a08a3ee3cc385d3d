import type { Evaluate } from "../expr/closure/closure.ts";
import type { GateChunk } from "../expr/generate/compile-gates.ts";
import { isList } from "../expr/closure/property.ts";
import type { Scope } from "../expr/scope.ts";

/** An index over the gates of one group: from the event's values to the few gates that are worth trying. */
export type GateTree = Leaf | BoundsLeaf | ValuesNode | RangeNode | PrefixNode;

/** Gates that are tried one after another. */
export interface Leaf {
  readonly kind: "leaf";
  /** Ordinals of gates of which nothing is left to try. */
  readonly open: readonly number[];
  readonly tries: readonly { readonly chunk: GateChunk; readonly leaf: number }[];
}

/** Gates of which only the bounds of one number are left. Plain numbers side by side: of ten thousand rules most are not in the cache. */
export interface BoundsLeaf {
  readonly kind: "bounds";
  readonly read: Evaluate;
  /** Of each gate the least and the greatest number, both inside. */
  readonly bounds: readonly number[];
  readonly ordinals: readonly number[];
  /** The same gates, for what is no number: json-rules-engine has its own way with a text or a list, and an absent field is an error. */
  readonly otherwise: () => Leaf;
}

/** By a value that must be one of several. */
export interface ValuesNode {
  readonly kind: "values";
  readonly read: Evaluate;
  readonly buckets: ReadonlyMap<unknown, GateTree>;
  /** The gates that do not ask for the value. */
  readonly rest: GateTree | undefined;
}

/** By a number that must lie between bounds: gates in runs of like bounds, each run with the bounds that hold all of its. */
export interface RangeNode {
  readonly kind: "range";
  readonly read: Evaluate;
  readonly runs: readonly { readonly low: number; readonly high: number; readonly tree: GateTree }[];
  readonly rest: GateTree | undefined;
}

/** By the letters `from` to `from + length` of a text, as `hashOfLetters` has them. */
export interface PrefixNode {
  readonly kind: "prefix";
  readonly read: Evaluate;
  readonly from: number;
  readonly length: number;
  readonly buckets: ReadonlyMap<number, GateTree>;
  readonly rest: GateTree | undefined;
}

/** Writes ordinals of the gates that may hold at the event in the scope, in no order; gives the new count. */
export function tryTree(tree: GateTree, scope: Scope, hits: Int32Array, count: number): number {
  let next = count;
  let at: GateTree | undefined = tree;
  while (at !== undefined) {
    switch (at.kind) {
      case "leaf":
        return tryLeaf(at, scope, hits, next);
      case "bounds":
        return tryBounds(at, scope, hits, next);
      case "values": {
        const bucket = at.buckets.get(at.read(scope));
        if (bucket !== undefined) next = tryTree(bucket, scope, hits, next);
        break;
      }
      case "range":
        next = tryRuns(at, scope, hits, next);
        break;
      case "prefix": {
        const text = at.read(scope);
        const isLong = typeof text === "string" && text.length >= at.from + at.length;
        const bucket = isLong ? at.buckets.get(hashOfLetters(text, at.from, at.length)) : undefined;
        if (bucket !== undefined) next = tryTree(bucket, scope, hits, next);
        break;
      }
    }
    at = at.rest;
  }
  return next;
}

function tryLeaf({ open, tries }: Leaf, scope: Scope, hits: Int32Array, count: number): number {
  let next = count;
  for (const { chunk, leaf } of tries) next = chunk.tryGates(scope, leaf, hits, next);
  for (const ordinal of open) {
    hits[next] = ordinal;
    next += 1;
  }
  return next;
}

function tryBounds(
  { read, bounds, ordinals, otherwise }: BoundsLeaf,
  scope: Scope,
  hits: Int32Array,
  count: number,
): number {
  const value = read(scope);
  if (typeof value !== "number") return tryLeaf(otherwise(), scope, hits, count);
  let next = count;
  for (let index = 0; index < ordinals.length; index += 1) {
    if (!(value >= (bounds[2 * index] ?? 0) && value <= (bounds[2 * index + 1] ?? 0))) continue;
    hits[next] = ordinals[index] ?? 0;
    next += 1;
  }
  return next;
}

/** A text or a list may count as a number, by json-rules-engine's coercions: every run is tried then. */
function tryRuns({ read, runs }: RangeNode, scope: Scope, hits: Int32Array, count: number): number {
  const value = read(scope);
  const isNumber = typeof value === "number";
  if (!isNumber && typeof value !== "string" && !isList(value)) return count;
  let next = count;
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    if (run !== undefined && (!isNumber || (value >= run.low && value <= run.high)))
      next = tryTree(run.tree, scope, hits, next);
  }
  return next;
}

/** A number for some letters of a text, without making a text of them. Different letters may have one number. */
export function hashOfLetters(text: string, from: number, length: number): number {
  let hash = 0;
  for (let at = from; at < from + length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
