import type { ListHandlers } from "../../src/api/list-routes.ts";
import { compilePlan } from "../../src/core/plan/compile-plan.ts";
import { noDocuments } from "../../src/core/plan/document-set.ts";
import type { ListChange } from "../../src/core/table/list-change.ts";
import { ListState } from "../../src/core/table/list-state.ts";
import { logTimeMs } from "../../src/core/time/instant.ts";
import { refusalOf } from "../../src/engine/list-commands.ts";
import type { RunningShard } from "../../src/engine/run-shard.ts";
import { listHandlers } from "../../src/main/list-handlers.ts";

/** A shard that has three lists and nothing else, at log time 1,000. */
export function listsOnly(): { readonly lists: ListHandlers; readonly changes: ListChange[] } {
  const { plan } = compilePlan({
    ...noDocuments,
    lists: [
      { id: "cards", document: { members: ["4111", 5], ttl: "1h" }, content: undefined },
      { id: "nets", document: { kind: "cidr", members: [{ member: "10.0.0.0/8", owner: "us" }] }, content: undefined },
      { id: "bins", document: { fields: ["risk"] }, content: undefined },
    ],
  });
  if (plan === undefined) throw new Error("the lists are right");
  const states = new Map(plan.lists.map((program) => [program.id, new ListState(program)]));
  const made: ListChange[] = [];
  const shard: Pick<RunningShard, "readLists" | "changeList"> = {
    readLists: () => states,
    async changeList(list, changes) {
      const refusal = refusalOf({ list, changes }, plan);
      if (refusal !== undefined) return refusal;
      made.push(...changes);
      for (const change of changes) states.get(list)?.apply(change, logTimeMs(1_000));
      return { kind: "done" };
    },
  };
  const rest = { stop: async () => {}, finished: Promise.resolve(), status: () => unused() };
  return { lists: listHandlers(() => ({ ...rest, ...shard })), changes: made };
}

function unused(): never {
  throw new Error("not asked for");
}
