import type { ListHandlers } from "../../src/api/list-routes.ts";
import type { ApiHandlers } from "../../src/api/routes.ts";
import { firstPlace } from "../../src/core/table/list-view.ts";

/** A process without lists. */
export const noLists: ListHandlers = {
  summaries: () => [],
  page: () => ({ members: [], next: firstPlace }),
  find: () => undefined,
  has: () => false,
  change: async () => ({ kind: "done" }),
};

/** A process that is ready and has nothing to say. */
export const quietHandlers: ApiHandlers = {
  unreadyReasons: () => [],
  metrics: async () => ({ contentType: "text/plain", text: "" }),
  status: async () => ({}),
  lists: noLists,
};
