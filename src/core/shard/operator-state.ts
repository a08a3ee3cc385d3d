import { assert } from "../base/assert.ts";
import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { decodeFiring, encodeFiring, FiringState, nextFiringDeadline } from "../alert/firing.ts";
import { decodeThrottle, encodeThrottle, nextThrottleEnd, ThrottleState } from "../alert/throttle.ts";
import { isPatternStateEmpty, PatternState } from "../pattern/partial-match.ts";
import { decodePatternState, encodePatternState } from "../pattern/state-codec.ts";
import type { OperatorNode } from "../plan/plan.ts";
import { decodeHistory, encodeHistory, HistoryState } from "../rule/history-state.ts";
import { behindEventsMs, type EventTimeMs, eventTimeMs, type LogTimeMs } from "../time/instant.ts";
import { decodeWindowState } from "../window/window-store.ts";
import { isWindowState, type OperatorState } from "./key-record.ts";
import { decodeTick, encodeTick, TickState } from "./tick-state.ts";

/** When the operator has something to do for this state, if nothing else comes: to fire, to run out, to be let go. */
export function deadlineOf(node: OperatorNode, state: OperatorState): EventTimeMs | undefined {
  switch (node.kind) {
    case "window":
      assert(isWindowState(state), "a window's state is of its own kind");
      return state.nextDeadline();
    case "pattern":
      assert(state instanceof PatternState, "a pattern's state is of its own kind");
      return state.nextDeadlineAt;
    case "throttle":
      assert(state instanceof ThrottleState, "a throttle's state is of its own kind");
      return nextThrottleEnd(state, node.keptMs);
    case "firing":
      assert(state instanceof FiringState, "a firing's state is of its own kind");
      return nextFiringDeadline(node.firing.program, state);
    case "tick":
      assert(state instanceof TickState, "a tick's state is of its own kind");
      return eventTimeMs(state.nextAt + behindEventsMs);
    case "history":
      return undefined;
  }
}

/** The same in log time. */
export function logDeadlineOf(state: OperatorState): LogTimeMs | undefined {
  return isWindowState(state) ? state.nextLogDeadline() : undefined;
}

/** True where forgetting the state changes nothing. */
export function isEmptyState(state: OperatorState): boolean {
  if (state instanceof PatternState) return isPatternStateEmpty(state);
  if (state instanceof ThrottleState) return state.periods.size === 0;
  if (state instanceof HistoryState || state instanceof TickState) return false;
  return state.isEmpty;
}

export function encodeState(node: OperatorNode, state: OperatorState, writer: ByteWriter): void {
  switch (node.kind) {
    case "window":
      assert(isWindowState(state), "a window's state is of its own kind");
      return state.encode(writer);
    case "pattern":
      assert(state instanceof PatternState, "a pattern's state is of its own kind");
      return encodePatternState(node.program, state, writer);
    case "throttle":
      assert(state instanceof ThrottleState, "a throttle's state is of its own kind");
      return encodeThrottle(state, writer);
    case "firing":
      assert(state instanceof FiringState, "a firing's state is of its own kind");
      return encodeFiring(state, writer);
    case "tick":
      assert(state instanceof TickState, "a tick's state is of its own kind");
      return encodeTick(state, writer);
    case "history":
      assert(state instanceof HistoryState, "a history's state is of its own kind");
      return encodeHistory(state, writer);
  }
}

/** @throws {CorruptBytesError} where the bytes are not what `encodeState` wrote for this operator. */
export function decodeState(node: OperatorNode, reader: ByteReader): OperatorState {
  switch (node.kind) {
    case "window":
      return decodeWindowState(node.store, reader);
    case "pattern":
      return decodePatternState(node.program, reader);
    case "throttle":
      return decodeThrottle(reader);
    case "firing":
      return decodeFiring(reader);
    case "tick":
      return decodeTick(reader);
    case "history": {
      const state = decodeHistory(reader);
      // Events go unremembered while nobody reads `prev`, so the one from before would be a wrong one.
      if (!node.keepsEvent) state.last = undefined;
      return state;
    }
  }
}
