import type { ThrottleState } from "../alert/throttle.ts";
import type { JsonValue } from "../base/json.ts";
import type { PatternState } from "../pattern/partial-match.ts";
import type { HistoryState } from "../rule/history-state.ts";
import type { WindowState } from "../window/window-state.ts";

/** State of one operator for one key. */
export type OperatorState = WindowState | PatternState | ThrottleState | HistoryState;

export function isWindowState(state: OperatorState): state is WindowState {
  return "comeDue" in state;
}

/** All that a shard keeps for one value of a key dimension. */
export class KeyRecord {
  readonly dimension: number;
  readonly keyString: string;
  readonly group: number;
  readonly values: readonly JsonValue[];
  readonly key: Readonly<Record<string, JsonValue>>;
  /** By the operator's place in the dimension; undefined: nothing is kept. */
  readonly states: (OperatorState | undefined)[] = [];
  /** Ordinal of the last entry that touched the key. */
  lastSeenOrdinal = 0;
  /** A snapshot holds it: when it is let go, the next one must say so. */
  isStored = false;

  constructor(options: {
    readonly dimension: number;
    readonly keyString: string;
    readonly group: number;
    readonly values: readonly JsonValue[];
    readonly key: Readonly<Record<string, JsonValue>>;
  }) {
    this.dimension = options.dimension;
    this.keyString = options.keyString;
    this.group = options.group;
    this.values = options.values;
    this.key = options.key;
  }
}
