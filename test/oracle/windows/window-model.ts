import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";

/** Windows as plain numbers, from which a rule's document is written and the definition is applied. */
export type ModelShape =
  | { readonly type: "hopping"; readonly size: number; readonly every: number; readonly offset: number }
  | { readonly type: "cumulative"; readonly size: number; readonly step: number; readonly offset: number }
  | { readonly type: "calendar"; readonly unit: "hour" | "day" | "week" | "month" }
  | { readonly type: "sliding"; readonly size: number; readonly resolution: number | undefined }
  | { readonly type: "session"; readonly gap: number; readonly maxSize: number | undefined }
  | { readonly type: "count"; readonly size: number; readonly every: number }
  | { readonly type: "global" };

export type ModelLeaf =
  | { readonly kind: "watermark" }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "every"; readonly every: number }
  | { readonly kind: "when"; readonly x: number; readonly n: number };

export interface ModelTrigger {
  readonly root: "one" | "any" | "all";
  readonly leaves: readonly ModelLeaf[];
  readonly purge: boolean;
}

export interface ModelWindow {
  readonly shape: ModelShape;
  readonly isFiltered: boolean;
  readonly allowedLateness: number;
  readonly ago: number;
  readonly trigger: ModelTrigger | undefined;
}

export interface ModelRule {
  readonly id: string;
  readonly window: ModelWindow;
  readonly evaluate: "event" | "window:w" | number;
}

export interface ModelEvent {
  readonly index: number;
  readonly time: number;
  readonly key: string;
  readonly x: JsonValue;
  readonly isFlagged: boolean;
}

/** All aggregates that are held against the definition; `n` is read by triggers and ticks. */
const modelAggregates: JsonObject = {
  n: "count",
  flagged: { count: true, where: { fact: "flag", operator: "equal", value: true } },
  total: { sum: "x" },
  mean: { avg: "x" },
  least: { min: "x" },
  most: { max: "x" },
  kinds: { distinct: "x" },
  oldest: { first: "x" },
  newest: { last: "x" },
  some: { collect: "x", limit: 2 },
};

const ms = (value: number): string => `${value}ms`;

function shapeDocument(shape: ModelShape): JsonObject {
  const { type } = shape;
  switch (shape.type) {
    case "hopping": {
      const offset = ms(shape.offset);
      if (shape.every === shape.size) return { type: "tumbling", size: ms(shape.size), offset };
      return { type, size: ms(shape.size), every: ms(shape.every), offset };
    }
    case "cumulative":
      return { type, size: ms(shape.size), step: ms(shape.step), offset: ms(shape.offset) };
    case "calendar":
      return { type, unit: shape.unit };
    case "sliding":
      return {
        type,
        size: ms(shape.size),
        ...(shape.resolution === undefined ? {} : { resolution: ms(shape.resolution) }),
      };
    case "session":
      return { type, gap: ms(shape.gap), ...(shape.maxSize === undefined ? {} : { maxSize: ms(shape.maxSize) }) };
    case "count":
      return { type, size: shape.size, every: shape.every };
    case "global":
      return { type };
  }
}

function leafDocument(leaf: ModelLeaf): JsonObject {
  switch (leaf.kind) {
    case "watermark":
      return { on: "watermark" };
    case "count":
      return { count: leaf.count };
    case "every":
      return { every: ms(leaf.every) };
    case "when":
      return {
        when: {
          any: [
            { fact: "x", operator: "greaterThanInclusive", value: leaf.x },
            { fact: "w", path: "$.n", operator: "greaterThanInclusive", value: leaf.n },
          ],
        },
      };
  }
}

function triggerDocument({ root, leaves, purge }: ModelTrigger): JsonObject {
  const documents = leaves.map(leafDocument);
  return root === "one" ? { ...documents[0], purge } : { [root]: documents, purge };
}

export function ruleDocument({ id, window, evaluate }: ModelRule): JsonObject {
  const { shape, isFiltered, allowedLateness, ago, trigger } = window;
  const isEnding = shape.type !== "count" && shape.type !== "global";
  const document: JsonObject = {
    ...shapeDocument(shape),
    aggregate: modelAggregates,
    ...(isFiltered ? { where: { fact: "flag", operator: "equal", value: true } } : {}),
    ...(isEnding && allowedLateness > 0 ? { allowedLateness: ms(allowedLateness) } : {}),
    ...(ago > 0 ? { ago: ms(ago) } : {}),
    ...(trigger === undefined ? {} : { trigger: triggerDocument(trigger) }),
  };
  const least =
    typeof evaluate === "number"
      ? { fact: "w", path: "$.n", operator: "greaterThanInclusive", value: 1 }
      : { fact: "w", path: "$.start", operator: "lessThan", value: 8.64e15 };
  return {
    id,
    on: ["e"],
    key: ["key"],
    windows: { w: document },
    evaluate: typeof evaluate === "number" ? { every: ms(evaluate) } : evaluate,
    conditions: { all: [least] },
    event: { type: id },
  };
}
