import type { ReportExprError } from "../expr/context.ts";
import { ExprError } from "../expr/expr-error.ts";
import type { DeclaredLookup } from "../rule/rule-program.ts";
import type { Shard } from "./shard.ts";

/** Gives look-ups their values, as the scope's event, key and time have them: null for a member that is not in its table. */
export function fillLookups(
  { scope }: Pick<Shard, "scope">,
  lookups: readonly DeclaredLookup[],
  report: ReportExprError | undefined,
): void {
  for (const { slot, table, key } of lookups) {
    const member = key.evaluate(scope);
    if (member instanceof ExprError) report?.(member);
    scope.slots[slot] = member instanceof ExprError ? null : scope.lists.find(table, member);
  }
}
