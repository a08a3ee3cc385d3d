import type { ApiHandlers } from "../../src/api/routes.ts";

/** A process that is ready and has nothing to say. */
export const quietHandlers: ApiHandlers = {
  unreadyReasons: () => [],
  metrics: async () => ({ contentType: "text/plain", text: "" }),
  status: async () => ({}),
};
