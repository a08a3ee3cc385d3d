import { assert } from "../base/assert.ts";
import type { ByteReader } from "../base/bytes.ts";
import { CountWindows, decodeCountWindows } from "./paned/count-windows.ts";
import { decodePaned, PanedWindows } from "./paned/paned-windows.ts";
import { decodeSessions, SessionWindows } from "./paned/session-windows.ts";
import { slicedPlanOf } from "./sliced/sliced-plan.ts";
import { decodeSlicedWindows, SlicedWindows } from "./sliced/sliced-windows.ts";
import { decodeSlidingWindows } from "./sliding/sliding-codec.ts";
import { slidingPlanOf } from "./sliding/sliding-plan.ts";
import { SlidingWindows } from "./sliding/sliding-windows.ts";
import type { WindowProgram, WindowStore } from "./window-program.ts";
import type { WindowState } from "./window-state.ts";

/** The state of a key that nothing has entered yet. */
export function createWindowState(store: WindowStore): WindowState {
  switch (store.family) {
    case "sliding":
      return new SlidingWindows(slidingPlanOf(store));
    case "sliced":
      return new SlicedWindows(slicedPlanOf(store));
    case "paned":
      return new PanedWindows(onlyOf(store));
    case "session":
      return new SessionWindows(onlyOf(store));
    case "count":
      return new CountWindows(onlyOf(store));
  }
}

/**
 * What `encode` wrote, for a store that may have other members by now: what those hold that are still there stays as it was, and new ones
 * begin with the next event.
 *
 * @throws {CorruptBytesError}
 */
export function decodeWindowState(store: WindowStore, reader: ByteReader): WindowState {
  switch (store.family) {
    case "sliding":
      return decodeSlidingWindows(slidingPlanOf(store), reader);
    case "sliced":
      return decodeSlicedWindows(slicedPlanOf(store), reader);
    case "paned":
      return decodePaned(onlyOf(store), reader);
    case "session":
      return decodeSessions(onlyOf(store), reader);
    case "count":
      return decodeCountWindows(onlyOf(store), reader);
  }
}

/** The window of a store that is not shared. */
function onlyOf({ members: [first] }: WindowStore): WindowProgram {
  assert(first !== undefined, "a store has a window");
  return first.program;
}
