import type { FiringState } from "../alert/firing.ts";
import type { ThrottleState } from "../alert/throttle.ts";
import type { JsonValue } from "../base/json.ts";
import { hasOwnForm, keyValues } from "../event/key-values.ts";
import type { PatternState } from "../pattern/partial-match.ts";
import type { HistoryState } from "../rule/history-state.ts";
import { keyFactOf, type KeyProgram } from "../rule/key-program.ts";
import type { WindowState } from "../window/window-state.ts";
import type { TickState } from "./tick-state.ts";

/** State of one operator for one key. */
export type OperatorState = WindowState | PatternState | ThrottleState | HistoryState | FiringState | TickState;

export function isWindowState(state: OperatorState): state is WindowState {
  return "comeDue" in state;
}

/** The dimension that a record is of. */
export interface RecordHome {
  readonly dimension: number;
  readonly key: KeyProgram;
}

interface KeyForms {
  readonly values: readonly JsonValue[];
  readonly key: Readonly<Record<string, JsonValue>>;
}

/**
 * All that a shard keeps for one value of a key dimension. Its states are live, or packed: then `states` is empty, and
 * whoever wants them asks the dimension's `KeyRecords` for the record. The key's values are made when they are asked for.
 */
export class KeyRecord {
  readonly home: RecordHome;
  readonly keyString: string;
  readonly group: number;
  /** By the operator's place in the dimension; undefined: nothing is kept. */
  states: (OperatorState | undefined)[] = [];
  /** The states as bytes, a character each; undefined: they are live. */
  packed: string | undefined = undefined;
  /** Ordinal of the last entry that touched the key. */
  lastSeenOrdinal = 0;
  /** A snapshot holds it: when it is let go, the next one must say so. */
  isStored = false;
  /** Touched since those that are to be packed were last looked for. */
  isTouched = false;
  /** Its place in the dimension, as long as it is kept: timers know it by this. */
  slot = -1;
  /** Its place in its key group. */
  groupIndex = -1;
  /** Neighbours in the order in which they were last seen. */
  older: KeyRecord | undefined = undefined;
  newer: KeyRecord | undefined = undefined;
  private forms: KeyForms | undefined;

  constructor(options: KeyForms & { readonly home: RecordHome; readonly keyString: string; readonly group: number }) {
    this.home = options.home;
    this.keyString = options.keyString;
    this.group = options.group;
    this.forms = { values: options.values, key: options.key };
  }

  get dimension(): number {
    return this.home.dimension;
  }

  get values(): readonly JsonValue[] {
    return this.known().values;
  }

  get key(): Readonly<Record<string, JsonValue>> {
    return this.known().key;
  }

  /** Lets go of what can be made again. */
  forgetForms(): void {
    if (this.forms !== undefined && !hasOwnForm(this.forms.values)) this.forms = undefined;
  }

  private known(): KeyForms {
    if (this.forms !== undefined) return this.forms;
    const values = keyValues(this.keyString);
    this.forms = { values, key: keyFactOf(this.home.key, values) };
    return this.forms;
  }
}
