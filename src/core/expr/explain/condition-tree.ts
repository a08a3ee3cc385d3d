import type { JsonObject } from "../../base/json.ts";
import type { Evaluate } from "../closure/closure.ts";
import type { CompileState } from "../compile-state.ts";

/** Where a condition stands, and how it reads. */
export interface TreePlace {
  /** Into the document, or into the named condition `within`. */
  readonly pointer: string;
  /** The named condition that it stands in. */
  readonly within: string | undefined;
  readonly text: string;
  /** For a part of a CEL text: where it begins and ends there, in UTF-16 units. */
  readonly span: readonly [number, number] | undefined;
}

/** Something whose value is shown beside a condition. */
export interface TreePart {
  readonly text: string;
  readonly evaluate: Evaluate;
}

/**
 * A condition in the form that it was written in, for explanations: `Expr` has forgotten places, names and the order of
 * members. Both are made of one document by one compiler, and a property holds their results against each other.
 */
export type ConditionTree = TreePlace &
  (
    | {
        readonly kind: "all" | "any";
        readonly document: JsonObject;
        /** In document order. */
        readonly members: readonly ConditionTree[];
        /** Indexes of members of equal priority, the highest first. */
        readonly sets: readonly (readonly number[])[];
        readonly priorities: readonly number[];
      }
    | { readonly kind: "none"; readonly document: JsonObject; readonly of: ConditionTree }
    /** `of` is undefined where there is none of that name and undefined conditions are allowed. `document`: of a reference in JSON. */
    | {
        readonly kind: "condition";
        readonly document: JsonObject | undefined;
        readonly refersTo: string;
        readonly of: ConditionTree | undefined;
      }
    | {
        readonly kind: "fact";
        readonly document: JsonObject;
        readonly fact: Evaluate;
        readonly value: Evaluate;
        readonly test: Evaluate;
      }
    | { readonly kind: "and" | "or"; readonly operands: readonly ConditionTree[] }
    | { readonly kind: "not"; readonly of: ConditionTree }
    | {
        readonly kind: "choose";
        readonly test: ConditionTree;
        readonly whenTrue: ConditionTree;
        readonly whenFalse: ConditionTree;
      }
    /** A part of a CEL text that is taken as a whole: `sides` are what it compares, `reads` the names that it reads else. */
    | {
        readonly kind: "expression";
        readonly evaluate: Evaluate;
        readonly sides: readonly TreePart[];
        readonly reads: readonly TreePart[];
      }
  );

/** What is carried along while one tree is made. */
export interface TreeMaking {
  readonly state: CompileState;
  readonly named: Map<string, ConditionTree | undefined>;
  readonly within: string | undefined;
}
