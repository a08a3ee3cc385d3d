import type { JsonObject, JsonValue } from "../base/json.ts";

type Params = Readonly<Record<string, unknown>>;

/** A plug-in's aggregate. All functions are pure; the state is plain JSON, never changed in place. */
export interface CustomAggregate {
  readonly name: string;
  readonly init: (params: Params) => JsonValue;
  /** The state with one event more: its value (null where the aggregate has no `of`), and its event time in epoch milliseconds. */
  readonly add: (state: JsonValue, value: JsonValue, time: number, params: Params) => JsonValue;
  /** The state of the events of both; those of `later` came in later slices of time. */
  readonly merge: (earlier: JsonValue, later: JsonValue, params: Params) => JsonValue;
  readonly result: (state: JsonValue, params: Params) => JsonValue;
}

/** A plug-in's assigner. Pure. */
export interface CustomAssigner {
  readonly name: string;
  /** Windows `[start, end)` of an event, epoch milliseconds; none: it is in no window. */
  readonly assign: (
    event: JsonObject,
    time: number,
    params: Params,
  ) => readonly { readonly start: number; readonly end: number }[];
}

/** What a plug-in's trigger is told of its window. */
export interface CustomTriggerMoment {
  readonly start: number;
  readonly end: number;
  /** Event time of what happens, epoch milliseconds: the event's, or the timer's. */
  readonly time: number;
  /** Events in the window, the one at hand included. */
  readonly eventCount: number;
  readonly params: Params;
}

/** What it wants: to fire or not, what it knows from now on (plain JSON), and when it is to be asked again, in event time. */
export interface CustomTriggerAnswer {
  readonly fire: boolean;
  readonly state: JsonValue;
  readonly timer?: number | undefined;
}

/** A plug-in's trigger. Pure. */
export interface CustomTrigger {
  readonly name: string;
  readonly init: (params: Params) => JsonValue;
  readonly onEvent: (state: JsonValue, event: JsonObject, moment: CustomTriggerMoment) => CustomTriggerAnswer;
  readonly onTimer: (state: JsonValue, moment: CustomTriggerMoment) => CustomTriggerAnswer;
  /** Where sessions merge; default: the state of the earlier one. */
  readonly merge?: ((a: JsonValue, b: JsonValue, params: Params) => JsonValue) | undefined;
}

/** What plug-ins add to windows, by name. */
export interface WindowExtensions {
  readonly aggregates: ReadonlyMap<string, CustomAggregate>;
  readonly assigners: ReadonlyMap<string, CustomAssigner>;
  readonly triggers: ReadonlyMap<string, CustomTrigger>;
}
