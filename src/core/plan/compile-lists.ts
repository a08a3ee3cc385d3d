import type { DocumentSet, SetFault } from "../../spec/document-set.ts";
import type { ExprContext, KnownList } from "../expr/context.ts";
import { eventNames } from "../expr/names.ts";
import type { RuleContext } from "../rule/compile-declared.ts";
import { documentContext } from "../rule/compile-declared.ts";
import { compileList, knownListOf } from "../table/compile-list.ts";
import type { ListProgram } from "../table/list-program.ts";

/** A list with the lists that its feed reads. */
export interface CompiledList {
  readonly program: ListProgram;
  readonly listsRead: readonly string[];
}

/** What conditions may ask of the lists of a set, those with a fault too: they are told of that once. */
export function knownListsOf({ lists }: DocumentSet): ReadonlyMap<string, KnownList> {
  return new Map(lists.map(({ id, document, content }) => [id, knownListOf(document, content)]));
}

/** Compiles the lists of a set, in the order of their ids. */
export function compileLists(
  { lists }: DocumentSet,
  context: RuleContext,
): { readonly compiled: readonly CompiledList[]; readonly faults: readonly SetFault[] } {
  const faults: SetFault[] = [];
  const compiled: CompiledList[] = [];
  for (const { id, document, content } of lists.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const read = new Set<string>();
    const feedContext: ExprContext = {
      ...documentContext({ ...context, noteList: (list) => read.add(list) }),
      names: eventNames({}, { beforeKey: true }),
    };
    const { compiled: program, faults: found } = compileList(id, document, content, feedContext);
    for (const fault of found) faults.push({ kind: "list", id, fault });
    if (program !== undefined) compiled.push({ program, listsRead: [...read].sort() });
  }
  return { compiled, faults };
}
