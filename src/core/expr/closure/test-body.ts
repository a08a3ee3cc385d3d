import type { ExprError } from "../expr-error.ts";
import type { Scope } from "../scope.ts";

/** One operator over a fact's value and the condition's, total. Absent is `undefined`. */
export type TestBody = (fact: unknown, value: unknown, scope: Scope) => boolean | ExprError;
