import type { JsonValue } from "../base/json.ts";
import type { ExplainedExpression, ExplainedNode } from "../expr/explain/explanation.ts";

/** What had a rule evaluated. */
export type Because =
  | { readonly kind: "event"; readonly event: string | number | undefined }
  /** The asynchronous facts that it waited for came; `event` is that which had it ask, where one did. */
  | { readonly kind: "answer"; readonly event: string | number | undefined }
  /** A tick of `evaluate: {every}`. */
  | { readonly kind: "tick" }
  | {
      readonly kind: "window";
      readonly window: string;
      readonly start: number;
      readonly end: number;
      readonly firing: string;
    }
  | { readonly kind: "pattern"; readonly pattern: string; readonly timedOut: boolean };

/** How a declared name came to its value. Values are cut as everywhere in an explanation. */
export type ExplainedName =
  | ({ readonly kind: "let" } & ExplainedExpression)
  | {
      readonly kind: "window";
      readonly type: string;
      /** Absent where windows of the type have no fixed length. */
      readonly sizeMs?: number;
      /** Events in it; absent where the evaluation waited for an answer, and the window has moved on. */
      readonly eventCount?: number;
      readonly value: JsonValue;
    }
  | {
      readonly kind: "pattern";
      readonly pattern: string;
      readonly value: JsonValue;
      /** Ids of the events that each step took, the last of them; absent where there is no match. */
      readonly steps?: Readonly<Record<string, readonly (string | number)[]>>;
    }
  | {
      readonly kind: "lookup";
      readonly table: string;
      /** What was looked for. */
      readonly key: ExplainedExpression;
      /** The member's fields, with `since` and `expires`; null: it is not in the table. */
      readonly value: JsonValue;
    };

/** Why an alert was given. Plain data, bounded; no part of the alert's id. */
export interface Why {
  readonly because: Because;
  /** The rule's `conditions` with the values that were compared; absent where it has none: what had it evaluated decided. */
  readonly conditions?: ExplainedNode;
  /** Names that the conditions read, directly or through others. */
  readonly names?: Readonly<Record<string, ExplainedName>>;
}
