import { assert } from "../base/assert.ts";
import type { ByteReader } from "../base/bytes.ts";
import { FirstSliding, FirstTumbling } from "./first-windows.ts";
import { slicedPlanOf } from "./sliced/sliced-plan.ts";
import { decodeSlicedWindows, SlicedWindows } from "./sliced/sliced-windows.ts";
import type { WindowStore } from "./window-program.ts";
import type { WindowState } from "./window-state.ts";

/** The state of a key that nothing has entered yet. */
export function createWindowState(store: WindowStore): WindowState {
  if (store.family === "sliced") return new SlicedWindows(slicedPlanOf(store));
  const [first] = store.members;
  assert(first !== undefined, "a store has a window");
  return first.program.shape.kind === "sliding" ? new FirstSliding(first.program) : new FirstTumbling(first.program);
}

/**
 * What `encode` wrote, for a store that may have other members by now: what those hold that are still there stays as it was, and new ones
 * begin with the next event.
 *
 * @throws {CorruptBytesError}
 */
export function decodeWindowState(store: WindowStore, reader: ByteReader): WindowState {
  if (store.family === "sliced") return decodeSlicedWindows(slicedPlanOf(store), reader);
  const [first] = store.members;
  assert(first !== undefined, "a store has a window");
  return first.program.shape.kind === "sliding"
    ? new FirstSliding(first.program, reader)
    : new FirstTumbling(first.program, reader);
}
