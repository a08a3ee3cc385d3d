import type { Expr } from "../expr/ast.ts";
import { compileGates, type Gate, type GateChunk } from "../expr/generate/compile-gates.ts";
import type { Evaluate } from "../expr/closure/closure.ts";
import { evaluateShared } from "../expr/generate/generate-evaluate.ts";
import type { NodeNumbers } from "../expr/generate/node-numbers.ts";
import type { SharedValues } from "../expr/generate/shared-values.ts";
import { accessTestOf, type AccessTest } from "./access-test.ts";
import { hashOfLetters, type BoundsLeaf, type GateTree, type Leaf, type RangeNode } from "./gate-tree.ts";

/** Gates that are tried one after another rather than looked up. */
const leafSizeMax = 10;
/** Gates of one function: more, and the engine leaves it unoptimised. */
const chunkSizeMax = 64;
/** What a look-up costs, in gates tried. */
const lookupCost = 2;
/** Gates of one run of a range. */
const runSizeMax = 16;
/** Letters of one step down the prefixes. */
const prefixStepMax = 8;
/** Most values that a gate may ask for and still be looked up by them: it stands in the bucket of each. */
const valueCountMax = 256;

interface Part {
  readonly expr: Expr;
  readonly test: AccessTest | undefined;
  /** The number of the value that the test reads. */
  readonly source: number;
}

/** A gate with what of it is left to try. */
interface Item {
  readonly ordinal: number;
  readonly parts: readonly Part[];
}

/** Some way to split gates, and how many are to be tried then, on the average. */
interface Split {
  readonly cost: number;
  readonly build: () => GateTree;
}

/** Builds the trees of one rule set; equal values that they read are read by one program. */
export class GateTreeBuilder {
  private readonly numbers: NodeNumbers;
  private readonly shared: SharedValues;
  private readonly readers = new Map<number, Evaluate>();
  private chunk: GateChunk | undefined;
  /** Those of the chunk, which grows until it is first tried. */
  private leaves: Gate[][] = [];
  private chunkSize = 0;

  constructor(numbers: NodeNumbers, shared: SharedValues) {
    this.numbers = numbers;
    this.shared = shared;
  }

  build(gates: readonly Gate[]): GateTree {
    this.chunk = undefined;
    return this.treeOf(gates.map(({ ordinal, parts }) => ({ ordinal, parts: parts.map((expr) => this.partOf(expr)) })));
  }

  private partOf(expr: Expr): Part {
    const test = accessTestOf(expr);
    return { expr, test, source: test === undefined ? -1 : this.numbers.numberOf(test.of) };
  }

  private treeOf(items: readonly Item[]): GateTree {
    const common = commonSource(items);
    if (common !== undefined) return this.splitByValues(items, common).build();
    if (items.length <= leafSizeMax) return this.boundsLeafOf(items) ?? this.leafOf(items);
    let best: Split = { cost: items.length - lookupCost, build: () => this.leafOf(items) };
    for (const [source, kinds] of sourcesOf(items)) {
      for (const kind of kinds) {
        const split = this.splitBy(items, source, kind);
        if (split !== undefined && split.cost < best.cost) best = split;
      }
    }
    return best.build();
  }

  private splitBy(items: readonly Item[], source: number, kind: AccessTest["kind"]): Split | undefined {
    switch (kind) {
      case "values":
        return this.splitByValues(items, source);
      case "range":
        return this.splitByRange(items, source);
      case "prefix":
        return this.splitByPrefix(items, source);
    }
  }

  private splitByValues(items: readonly Item[], source: number): Split {
    const buckets = new Map<unknown, Item[]>();
    const rest: Item[] = [];
    let read: Expr | undefined;
    for (const item of items) {
      const [part, test] = partBy(item, source, "values");
      if (part === undefined || test?.kind !== "values" || test.values.length > valueCountMax) {
        rest.push(item);
        continue;
      }
      read = test.of;
      const left = { ordinal: item.ordinal, parts: item.parts.filter((each) => each !== part) };
      for (const value of new Set(test.values)) pushTo(buckets, value, left);
    }
    return {
      cost: rest.length + meanOf(buckets),
      build: () => ({
        kind: "values",
        read: this.readerOf(source, read),
        buckets: this.treesOf(buckets),
        rest: this.restOf(rest),
      }),
    };
  }

  private splitByPrefix(items: readonly Item[], source: number): Split | undefined {
    const texts = items.flatMap((item) => {
      const [, test] = partBy(item, source, "prefix");
      return test?.kind === "prefix" && test.text.length > test.from ? [test] : [];
    });
    const [first] = texts;
    if (first === undefined) return undefined;
    const { from } = first;
    const length = Math.min(prefixStepMax, ...texts.map((test) => test.text.length - from));
    const buckets = new Map<number, Item[]>();
    const rest: Item[] = [];
    for (const item of items) {
      const [part, test] = partBy(item, source, "prefix");
      if (part === undefined || test?.kind !== "prefix" || test.text.length === test.from) {
        rest.push(item);
        continue;
      }
      const further = { ...part, test: { ...test, from: from + length } };
      const parts = item.parts.map((each) => (each === part ? further : each));
      pushTo(buckets, hashOfLetters(test.text, from, length), { ordinal: item.ordinal, parts });
    }
    // Where all go on alike the step costs a look-up and leads to the next one.
    return {
      cost: rest.length + meanOf(buckets) - (buckets.size === 1 ? 0.5 : 0),
      build: () => ({
        kind: "prefix",
        read: this.readerOf(source, first.of),
        from,
        length,
        buckets: this.treesOf(buckets),
        rest: this.restOf(rest),
      }),
    };
  }

  private splitByRange(items: readonly Item[], source: number): Split | undefined {
    const ranged: { readonly item: Item; readonly low: number; readonly high: number }[] = [];
    const rest: Item[] = [];
    let read: Expr | undefined;
    for (const item of items) {
      const bounds = boundsOf(item, source);
      if (bounds === undefined) rest.push(item);
      else ranged.push({ item, low: bounds.low, high: bounds.high });
      read ??= bounds?.of;
    }
    ranged.sort((a, b) => a.low - b.low || a.high - b.high);
    const runs: { low: number; high: number; items: Item[] }[] = [];
    for (let at = 0; at < ranged.length; at += runSizeMax) {
      const run = ranged.slice(at, at + runSizeMax);
      runs.push({
        low: Math.min(...run.map(({ low }) => low)),
        high: Math.max(...run.map(({ high }) => high)),
        items: run.map(({ item }) => item),
      });
    }
    return {
      cost: rest.length + runs.length / runSizeMax + triedOf(runs),
      build: (): RangeNode => ({
        kind: "range",
        read: this.readerOf(source, read),
        runs: runs.map(({ low, high, items: inRun }) => ({
          low,
          high,
          tree: this.boundsLeafOf(inRun) ?? this.treeOf(inRun.map((item) => withoutRange(item, source))),
        })),
        rest: this.restOf(rest),
      }),
    };
  }

  /** Buckets that hold the same gates, as those of one list do, are one tree. */
  private treesOf<K>(buckets: ReadonlyMap<K, readonly Item[]>): Map<K, GateTree> {
    const known = new Map<string, GateTree>();
    const trees = new Map<K, GateTree>();
    for (const [key, items] of buckets) {
      const content = items.map(({ ordinal }) => ordinal).join(" ");
      const tree = known.get(content) ?? this.treeOf(items);
      known.set(content, tree);
      trees.set(key, tree);
    }
    return trees;
  }

  private restOf(rest: readonly Item[]): GateTree | undefined {
    return rest.length === 0 ? undefined : this.treeOf(rest);
  }

  private readerOf(source: number, read: Expr | undefined): Evaluate {
    const reader = this.readers.get(source) ?? evaluateShared(read ?? { kind: "literal", value: null }, this.shared);
    this.readers.set(source, reader);
    return reader;
  }

  /** Undefined where something else is left of a gate. */
  private boundsLeafOf(items: readonly Item[]): BoundsLeaf | undefined {
    const bounds: number[] = [];
    const source = items[0]?.parts[0]?.source;
    let read: Expr | undefined;
    for (const { parts } of items) {
      const [first] = parts;
      if (source === undefined || first === undefined) return undefined;
      if (!parts.every((part) => part.test?.kind === "range" && part.source === source)) return undefined;
      const { low, high, of } = boundsOf({ parts }, source) ?? {};
      if (low === undefined || high === undefined) return undefined;
      bounds.push(low, high);
      read = of;
    }
    if (source === undefined || read === undefined) return undefined;
    let leaf: Leaf | undefined;
    return {
      kind: "bounds",
      read: this.readerOf(source, read),
      bounds,
      ordinals: items.map(({ ordinal }) => ordinal),
      otherwise: () => (leaf ??= this.laterLeafOf(items)),
    };
  }

  /** A leaf that is made once its tree is in use: its gates have functions of their own. */
  private laterLeafOf(items: readonly Item[]): Leaf {
    this.chunk = undefined;
    const leaf = this.leafOf(items);
    this.chunk = undefined;
    return leaf;
  }

  private leafOf(items: readonly Item[]): Leaf {
    const gates = items.map(({ ordinal, parts }) => ({ ordinal, parts: parts.map(({ expr }) => expr) }));
    const tried = gates.filter(({ parts }) => parts.length > 0);
    const tries: Leaf["tries"][number][] = [];
    for (let at = 0; at < tried.length; at += chunkSizeMax) tries.push(this.place(tried.slice(at, at + chunkSizeMax)));
    return { kind: "leaf", open: gates.filter(({ parts }) => parts.length === 0).map(({ ordinal }) => ordinal), tries };
  }

  /** Small leaves share a function. */
  private place(gates: Gate[]): { readonly chunk: GateChunk; readonly leaf: number } {
    if (this.chunk === undefined || this.chunkSize + gates.length > chunkSizeMax) {
      this.leaves = [];
      this.chunk = compileGates(this.leaves, this.shared);
      this.chunkSize = 0;
    }
    this.chunkSize += gates.length;
    return { chunk: this.chunk, leaf: this.leaves.push(gates) - 1 };
  }
}

/** Sources of tests that are left, each with the kinds of them. */
function sourcesOf(items: readonly Item[]): ReadonlyMap<number, ReadonlySet<AccessTest["kind"]>> {
  const sources = new Map<number, Set<AccessTest["kind"]>>();
  for (const { parts } of items) {
    for (const { test, source } of parts) {
      if (test === undefined) continue;
      const kinds = sources.get(source) ?? new Set();
      sources.set(source, kinds.add(test.kind));
    }
  }
  return sources;
}

/** Of several gates, the value that all of them want to be the same one. */
function commonSource(items: readonly Item[]): number | undefined {
  const [first, ...others] = items;
  if (first === undefined || others.length === 0) return undefined;
  for (const { test, source } of first.parts) {
    if (test?.kind !== "values" || test.values.length !== 1) continue;
    const [value] = test.values;
    const isWanted = (item: Item) => {
      const [, other] = partBy(item, source, "values");
      return other?.kind === "values" && other.values.length === 1 && other.values[0] === value;
    };
    if (others.every(isWanted)) return source;
  }
  return undefined;
}

function partBy(
  item: Item,
  source: number,
  kind: AccessTest["kind"],
): readonly [Part | undefined, AccessTest | undefined] {
  const part = item.parts.find((each) => each.source === source && each.test?.kind === kind);
  return [part, part?.test];
}

/** The range is no more to be looked up by; what it asks is still to be tried. */
function withoutRange(item: Item, source: number): Item {
  const parts = item.parts.map((part) =>
    part.source === source && part.test?.kind === "range" ? { ...part, test: undefined } : part,
  );
  return { ...item, parts };
}

/** What all ranges of a gate over one value have in common; its bounds may lie the wrong way round. */
function boundsOf(item: Pick<Item, "parts">, source: number) {
  let bounds: { readonly of: Expr; readonly low: number; readonly high: number } | undefined;
  for (const { test, source: other } of item.parts) {
    if (other !== source || test?.kind !== "range") continue;
    bounds = {
      of: test.of,
      low: Math.max(test.low, bounds?.low ?? test.low),
      high: Math.min(test.high, bounds?.high ?? test.high),
    };
  }
  return bounds;
}

function pushTo<K>(buckets: Map<K, Item[]>, key: K, item: Item): void {
  const bucket = buckets.get(key);
  if (bucket === undefined) buckets.set(key, [item]);
  else bucket.push(item);
}

/** Gates of a bucket, for events that ask for values as the gates do. */
function meanOf(buckets: ReadonlyMap<unknown, readonly Item[]>): number {
  let total = 0;
  let squares = 0;
  for (const { length } of buckets.values()) {
    total += length;
    squares += length * length;
  }
  return total === 0 ? 0 : squares / total;
}

/** Gates tried on the average, for numbers spread as the bounds are. */
function triedOf(
  runs: readonly { readonly low: number; readonly high: number; readonly items: readonly Item[] }[],
): number {
  const points = runs.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  if (points.length === 0) return runs.length * runSizeMax;
  const step = Math.max(1, Math.floor(points.length / 16));
  const sampled = points.filter((_, index) => index % step === 0);
  let tried = 0;
  for (const point of sampled)
    for (const { low, high, items } of runs) if (point >= low && point <= high) tried += items.length;
  return tried / sampled.length;
}
