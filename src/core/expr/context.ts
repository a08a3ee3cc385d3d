import type { Fault } from "../base/fault.ts";
import type { ConditionDocument } from "../../spec/value.ts";
import type { Expr } from "./ast.ts";
import type { ExprError } from "./expr-error.ts";
import type { ExprExtensions } from "./extensions.ts";
import type { Names } from "./scope.ts";

/** What is known of a list where conditions are compiled: a table's members have fields. */
export interface KnownList {
  /** Undefined: members may have any. */
  readonly fields: readonly string[] | undefined;
  readonly kind?: "exact" | "cidr" | "suffix" | undefined;
}

/** Looks at what was compiled without an error for what is most likely a mistake. */
export type Inspect = (
  expr: Expr,
  what: {
    readonly kind: "condition" | "expression";
    readonly pointer: string;
    readonly names: Names;
    /** Where the parts stand that are written in this document. */
    readonly places: ReadonlyMap<Expr, Pick<Fault, "pointer" | "at">>;
    /** Named conditions, which stand in other documents. */
    readonly named: ReadonlySet<Expr>;
  },
) => readonly Fault[];

/** What a condition or expression is compiled against. */
export interface ExprContext {
  readonly names: Names;
  /** Named conditions of `define` documents. */
  readonly named: ReadonlyMap<string, ConditionDocument>;
  /** json-rules-engine's options; they govern JSON conditions only. */
  readonly allowUndefinedFacts: boolean;
  readonly allowUndefinedConditions: boolean;
  /** Lists and tables by id; undefined: none. */
  readonly lists?: ReadonlyMap<string, KnownList> | undefined;
  /** Told of each list that is read. */
  readonly noteList?: ((id: string) => void) | undefined;
  /** What plug-ins add; undefined: nothing. */
  readonly extensions?: ExprExtensions | undefined;
  /** True where an evaluation may wait: a rule's conditions and the parameters of its event. Elsewhere asynchronous facts are refused. */
  readonly mayWait?: boolean;
  /** Static checks; undefined: none are made. */
  readonly inspect?: Inspect | undefined;
}

/** What compiling yields: the program where there is no error, and every fault found, warnings included. */
export interface Compiling<T> {
  readonly compiled: T | undefined;
  readonly faults: readonly Fault[];
}

/** Told of each evaluation that ended in an error, by whoever owns the condition. */
export type ReportExprError = (error: ExprError) => void;
