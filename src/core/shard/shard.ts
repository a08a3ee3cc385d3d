import { assert } from "../base/assert.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import { emptyScope } from "../expr/scope.ts";
import type { Scope } from "../expr/scope.ts";
import type { OperatorNode, Plan, TickNode } from "../plan/plan.ts";
import { keyGroupCount } from "../event/key.ts";
import type { DurationMs, EventTimeMs, LogTimeMs } from "../time/instant.ts";
import { eventTimeMs, logTimeMs } from "../time/instant.ts";
import { ListState } from "../table/list-state.ts";
import { TimerQueue } from "../time/timer-queue.ts";
import { timesOf, type SourceTime } from "../time/source-time.ts";
import { createWatermark } from "../time/watermark.ts";
import type { Watermark } from "../time/watermark.ts";
import type { WindowIntake } from "../window/window-state.ts";
import { DerivedQueue } from "./derived-queue.ts";
import type { KeyRecord } from "./key-record.ts";
import { KeyRecords } from "./key-records.ts";
import { ListStates } from "./list-states.ts";
import type { Observing } from "./output.ts";
import type { Question } from "./question.ts";
import { ReorderBuffer } from "./reorder-buffer.ts";
import { newShardStats } from "./shard-stats.ts";
import { warmKeyCountMax, WarmRecords } from "./warm-records.ts";

export interface ShardSettings {
  readonly outOfOrdernessMs: DurationMs;
  /** The times of the sources that its messages come from; undefined: one source, of which no more is known. */
  readonly sources?: readonly SourceTime[];
  /** Most keys of one dimension; past it a tenth of them, those least recently seen, are shed. */
  readonly keyCountMax: number;
  /** Most keys whose states are live between two entries; default `warmKeyCountMax`. It changes nothing but memory and time. */
  readonly warmKeyCountMax?: number;
  /** Most events that wait for the watermark; past it the oldest are taken early. */
  readonly bufferedEventCountMax: number;
  /** Most events that rules may derive from one event or one deadline; past it no more are made. */
  readonly derivedEventCountMax: number;
  readonly observing: Observing;
}

/** An event's key in one dimension. */
export interface KeyPlace {
  readonly dimension: number;
  readonly keyString: string;
  readonly values: readonly JsonValue[];
  readonly key: Readonly<Record<string, JsonValue>>;
}

/**
 * A deterministic state machine over the log: `state(n+1), effects(n) = step(state(n), entry(n))`. Its state is plain
 * data; the functions of this folder are all that change it.
 */
export class Shard {
  readonly plan: Plan;
  readonly settings: ShardSettings;
  /** Number of entries taken. */
  ordinal = 0;
  logTime: LogTimeMs = logTimeMs(Number.NEGATIVE_INFINITY);
  watermark: Watermark;
  /**
   * How far time has come within a step that releases events and fires timers: all that is due before it is done. Equal to
   * the watermark between steps.
   */
  timeReached: EventTimeMs;
  /** Events may wait until the watermark reaches them: some come out of order, or there are inputs that wait for each other. */
  readonly isHeldBack: boolean;
  readonly reorder = new ReorderBuffer();
  readonly derived = new DerivedQueue();
  readonly timers: TimerQueue<EventTimeMs>;
  /** The same in log time. */
  readonly logTimers: TimerQueue<LogTimeMs>;
  /** Records by dimension, then key. */
  readonly records: readonly KeyRecords[];
  /** Those of them whose states are live. */
  readonly warm: WarmRecords;
  /** The same by key group, for commits that rewrite a group whole. */
  readonly groups: readonly KeyRecord[][];
  /** Records changed since the last snapshot, and addresses of those let go. */
  readonly dirty = new Set<KeyRecord>();
  readonly gone = new Set<string>();
  /** Evaluations that wait for asynchronous facts, in the order in which they were asked. */
  readonly questions = new Map<string, Question>();
  /** Number of the next question. */
  questionsAsked = 0;
  /** Ticks of rules whose keys a list has before their first event, and the list's version whose members have theirs. */
  readonly listedTicks: readonly TickNode[];
  readonly keysSeeded = new Map<TickNode, number>();
  /** Time of the event that is to be taken next, and sessions that end at that time: it may join them. Empty between steps. */
  sessionsHeldAt: EventTimeMs | undefined = undefined;
  readonly heldSessions: { readonly node: OperatorNode; readonly key: string }[] = [];
  readonly stats = newShardStats();
  /** Refilled for each evaluation. */
  readonly scope: Scope = emptyScope();
  /** Refilled for each event that is offered to a window. */
  readonly intake: WindowIntake;
  /** What was added to the plan's lists and removed from them. */
  readonly lists: ListStates;

  constructor(plan: Plan, settings: ShardSettings, lists?: ListStates) {
    assert(settings.keyCountMax > 0 && settings.bufferedEventCountMax > 0, "limits are positive");
    this.plan = plan;
    this.listedTicks = plan.rules.flatMap(({ tick, program }) =>
      tick === undefined || program.keysList === undefined ? [] : [tick],
    );
    this.settings = settings;
    const times = timesOf(settings);
    this.watermark = createWatermark(times);
    this.timeReached = this.watermark.at;
    this.isHeldBack =
      times.length > 1 ||
      times.some(({ outOfOrdernessMs, partitions }) => outOfOrdernessMs > 0 || partitions !== undefined);
    this.lists = lists ?? new ListStates(plan.lists.map((program) => new ListState(program)));
    this.scope.lists = this.lists;
    this.warm = new WarmRecords(settings.warmKeyCountMax ?? warmKeyCountMax);
    this.records = plan.dimensions.map((program, dimension) => {
      const keyCountMax = Math.min(settings.keyCountMax, program.keyCountMax ?? Number.POSITIVE_INFINITY);
      return new KeyRecords({ dimension, program, keyCountMax, warm: this.warm });
    });
    const keyOf = (operatorIndex: number, slot: number): string =>
      this.records[plan.operators[operatorIndex]?.dimension ?? -1]?.keyAt(slot) ?? "";
    this.timers = new TimerQueue({ timeOf: eventTimeMs, keyOf });
    this.logTimers = new TimerQueue({ timeOf: logTimeMs, keyOf });
    this.intake = {
      event: noEvent,
      scope: this.scope,
      watermark: this.timeReached,
      logTime: this.logTime,
      report: () => undefined,
    };
    this.groups = Array.from({ length: keyGroupCount }, () => []);
  }
}

/** Points the scope at an event, before its key is known. */
export function enterEvent(shard: Shard, event: TocsinEvent): Scope {
  const { scope } = shard;
  scope.event = event;
  scope.key = noKey;
  scope.now = event.time;
  scope.prev = undefined;
  scope.keySince = undefined;
  return scope;
}

/** Stands in the intake of windows before the first event. */
const noEvent: TocsinEvent = {
  position: { source: "", sequence: 0, index: 0 },
  id: 0,
  type: "",
  time: eventTimeMs(0),
  source: "",
  fields: {},
};

const noKey: Readonly<Record<string, JsonValue>> = {};
