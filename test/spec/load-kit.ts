import { type DocumentFile, loadDocuments } from "../../src/spec/document-set.ts";
import { lintLine } from "./lint-line.ts";

export const load = (...files: readonly (readonly [path: string, text: string])[]) =>
  loadDocuments(
    files.map(
      ([path, text]): DocumentFile => ({
        path,
        text,
        kind: path.startsWith("patterns/") ? "pattern" : path.startsWith("lists/") ? "list" : "rule",
      }),
    ),
  );

export const ruleLints = (text: string) => load(["rules/r.yaml", text]).lints.map(lintLine);
export const patternLints = (text: string) => load(["patterns/p.yaml", text]).lints.map(lintLine);

export const aDuration = 'a duration with a unit, such as "500ms", "30s", "10m", "1h30m", "7d" or "PT10M"';
export const aCondition = "a condition: a CEL text, or an object with all, any, not, condition or fact";
export const anExpression = "a field path such as device.id, or a CEL expression";
export const anAggregate =
  "an aggregate: count, or an object with sum, avg, min, max, stddev, first, last, distinct, percentile, topK, collect, ratio, rate, per, regression or use";
