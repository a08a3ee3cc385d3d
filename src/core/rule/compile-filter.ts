import type { RuleDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import { compileCondition } from "../expr/compile-condition.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import type { EventFilter } from "./rule-program.ts";

/** `on` and `where`, of a rule or a pattern. */
export function compileFilter(
  document: Pick<RuleDocument, "on" | "where">,
  pointer: string,
  context: ExprContext,
): Compiling<EventFilter> {
  const types = document.on ?? [">"];
  const fitsType = compileTypeFilters(types);
  if (document.where === undefined || document.where === null)
    return { compiled: { types, fitsType, where: undefined }, faults: [] };
  const where = compileCondition(document.where, pointerTo(pointer, "where"), context);
  return {
    compiled: where.compiled === undefined ? undefined : { types, fitsType, where: where.compiled },
    faults: where.faults,
  };
}
