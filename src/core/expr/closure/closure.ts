import type { Expr } from "../ast.ts";
import type { Scope } from "../scope.ts";

/** A compiled node: its value, or an ExprError. Never throws. */
export type Evaluate = (scope: Scope) => unknown;

/** What the closures of one program share. */
export interface Assembly {
  /** Values of the variables of macros, each at its index; set only while its macro runs. */
  readonly frame: unknown[];
  readonly compile: (expr: Expr) => Evaluate;
}

/** The node of one kind. */
export type ExprOf<Kind extends Expr["kind"]> = Extract<Expr, { readonly kind: Kind }>;
