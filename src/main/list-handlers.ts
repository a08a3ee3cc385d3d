import type { ListHandlers } from "../api/list-routes.ts";
import { hasMember, pageMembers, summaryOf, viewMember } from "../core/table/list-view.ts";
import type { ListState } from "../core/table/list-state.ts";
import type { RunningShard } from "../engine/run-shard.ts";
import { CepError } from "../ports/error.ts";

/**
 * The lists of a shard, for the HTTP port.
 *
 * @param running gives the shard, once it is there.
 */
export function listHandlers(running: () => RunningShard | undefined): ListHandlers {
  const shard = (): RunningShard => running() ?? notYet();
  const lists = (): ReadonlyMap<string, ListState> => shard().readLists() ?? notYet();
  return {
    summaries: () => [...lists().values()].map(summaryOf),
    page(list, options) {
      const state = lists().get(list);
      return state === undefined ? { members: [], next: undefined } : pageMembers(state, options);
    },
    find(list, member) {
      const state = lists().get(list);
      return state === undefined ? undefined : viewMember(state, member);
    },
    has(list, member) {
      const state = lists().get(list);
      return state !== undefined && hasMember(state, member);
    },
    change: (list, changes) => shard().changeList(list, changes),
  };
}

function notYet(): never {
  throw new CepError("STORE_UNAVAILABLE", "the shard is not recovered yet", { retryable: true });
}
