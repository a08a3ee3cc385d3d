import { TimerHeap } from "./timer-heap.ts";
import type { EventTimeMs, LogTimeMs } from "./instant.ts";

/** At `deadline` an operator has something to do for a key. */
export interface Timer<At extends EventTimeMs | LogTimeMs = EventTimeMs> {
  readonly deadline: At;
  /** The operator's place in the plan's order. */
  readonly operatorIndex: number;
  readonly key: string;
}

interface ReadyTimer<At extends EventTimeMs | LogTimeMs> extends Timer<At> {
  readonly slot: number;
}

/** Entries that are of no use are swept out once there are more of them than timers and this many. */
const staleCountMin = 64;

/**
 * The times of one operator by the slot of its keys; not a number: none. The deadline is the one in force. The entry in the
 * heap that stands for it may be earlier, never later.
 */
class OperatorTimes {
  deadlines = new Float64Array(0);
  entries = new Float64Array(0);

  reach(slot: number): void {
    if (slot < this.deadlines.length) return;
    this.deadlines = grown(this.deadlines, slot + 1);
    this.entries = grown(this.entries, slot + 1);
  }
}

function grown(times: Float64Array<ArrayBuffer>, countMin: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(8, countMin, times.length + (times.length >> 1))).fill(Number.NaN);
  larger.set(times);
  return larger;
}

/**
 * The timers of a shard in one time: at most one for each operator and key, due in the order (deadline, operator, key). A key
 * stands here for its slot, which it has as long as it has timers. Timers are numbers in arrays; those of one deadline become
 * objects, and are put in order, when they come due.
 *
 * Cancel takes O(1), and so does schedule where the deadline moves on: the entry is put back at the true deadline when it
 * comes up. Another deadline is an insertion into a heap: O(log n), O(1) of one that is later than most. It has no codec:
 * each operator's state gives its deadline again on restore.
 *
 * At the limit: it holds no more than one timer for each operator and key of the shard, whose keys are limited.
 */
export class TimerQueue<At extends EventTimeMs | LogTimeMs = EventTimeMs> {
  size = 0;
  readonly heap = new TimerHeap<At>();
  private readonly operators: (OperatorTimes | undefined)[] = [];
  /** Timers of one deadline, the first last. */
  private ready: ReadyTimer<At>[] = [];
  private readonly timeOf: (ms: number) => At;
  private readonly keyOf: (operatorIndex: number, slot: number) => string;

  constructor(options: {
    /** The brand of the time. */
    readonly timeOf: (ms: number) => At;
    readonly keyOf: (operatorIndex: number, slot: number) => string;
  }) {
    this.timeOf = options.timeOf;
    this.keyOf = options.keyOf;
  }

  /** Sets the timer of an operator and key, in place of the one it has. */
  schedule(operatorIndex: number, slot: number, deadline: At): void {
    const times = (this.operators[operatorIndex] ??= new OperatorTimes());
    times.reach(slot);
    const current = times.deadlines[slot];
    if (current === deadline) return;
    if (Number.isNaN(current)) this.size += 1;
    times.deadlines[slot] = deadline;
    const entry = times.entries[slot] ?? Number.NaN;
    if (entry <= deadline) return;
    times.entries[slot] = deadline;
    this.heap.push(deadline, operatorIndex, slot);
    this.sweep();
  }

  /** Nothing happens where there is none. */
  cancel(operatorIndex: number, slot: number): void {
    const deadlines = this.operators[operatorIndex]?.deadlines;
    const current = deadlines?.[slot];
    if (deadlines === undefined || current === undefined || Number.isNaN(current)) return;
    deadlines[slot] = Number.NaN;
    this.size -= 1;
    this.sweep();
  }

  /** Deadline of the timer that is due first. */
  peekDeadline(): At | undefined {
    this.dropStale();
    const ready = this.ready.at(-1)?.deadline;
    const waiting = this.heap.first;
    return ready === undefined || (waiting !== undefined && waiting < ready) ? waiting : ready;
  }

  /**
   * Takes the first timer whose deadline is at or before `upTo`, if there is one. One at a time, so that what it leads to
   * may schedule another that is due too. A window's or pattern's deadline d is due when the watermark is at least d - 1.
   */
  popDue(upTo: At): Timer<At> | undefined {
    const deadline = this.peekDeadline();
    if (deadline === undefined || deadline > upTo) return undefined;
    if (this.heap.first === deadline) this.makeReady(deadline);
    const timer = this.ready.pop();
    const deadlines = timer === undefined ? undefined : this.operators[timer.operatorIndex]?.deadlines;
    if (timer === undefined || deadlines === undefined) return undefined;
    deadlines[timer.slot] = Number.NaN;
    this.size -= 1;
    return timer;
  }

  /** Puts the timers of a deadline in order. Those that were ready before are of it, or of a later one and wait again. */
  private makeReady(deadline: At): void {
    const ready: ReadyTimer<At>[] = [];
    for (const timer of this.ready) {
      if (timer.deadline === deadline) ready.push(timer);
      else this.putBack(timer);
    }
    const { heap } = this;
    for (this.dropStaleEntries(); heap.first === deadline; this.dropStaleEntries()) {
      const operatorIndex = heap.firstOperator;
      const slot = heap.firstSlot;
      heap.pop();
      const entries = this.operators[operatorIndex]?.entries;
      if (entries !== undefined) entries[slot] = Number.NaN;
      ready.push({ deadline, operatorIndex, key: this.keyOf(operatorIndex, slot), slot });
    }
    this.ready = ready.sort(compareLastFirst);
  }

  private putBack({ deadline, operatorIndex, slot }: ReadyTimer<At>): void {
    const times = this.operators[operatorIndex];
    if (times === undefined || times.deadlines[slot] !== deadline) return;
    if ((times.entries[slot] ?? Number.NaN) <= deadline) return;
    times.entries[slot] = deadline;
    this.heap.push(deadline, operatorIndex, slot);
  }

  private dropStale(): void {
    for (let timer = this.ready.at(-1); timer !== undefined && !this.isDue(timer); timer = this.ready.at(-1))
      this.ready.pop();
    this.dropStaleEntries();
  }

  /** Until the first entry is of a timer that is due then. One whose timer is due later is put back there. */
  private dropStaleEntries(): void {
    const { heap } = this;
    for (let time = heap.first; time !== undefined; time = heap.first) {
      const operatorIndex = heap.firstOperator;
      const slot = heap.firstSlot;
      const times = this.operators[operatorIndex];
      if (times?.entries[slot] === time) {
        const deadline = this.timeOf(times.deadlines[slot] ?? Number.NaN);
        if (deadline === time) return;
        times.entries[slot] = deadline;
        heap.pop();
        if (!Number.isNaN(deadline)) heap.push(deadline, operatorIndex, slot);
      } else heap.pop();
    }
  }

  private isDue({ deadline, operatorIndex, slot, key }: ReadyTimer<At>): boolean {
    return this.operators[operatorIndex]?.deadlines[slot] === deadline && this.keyOf(operatorIndex, slot) === key;
  }

  private sweep(): void {
    if (this.heap.size <= 2 * this.size + staleCountMin) return;
    this.heap.retain((time, operatorIndex, slot) => {
      const times = this.operators[operatorIndex];
      if (times === undefined || times.entries[slot] !== time) return false;
      // An entry that is there twice is kept once.
      times.entries[slot] = Number.NaN;
      return !Number.isNaN(times.deadlines[slot]);
    });
    this.heap.forEach((time, operatorIndex, slot) => {
      const entries = this.operators[operatorIndex]?.entries;
      if (entries !== undefined) entries[slot] = time;
    });
  }
}

/** By operator, then keys by code units, so that the order is the same everywhere; backwards, for the last is taken first. */
function compareLastFirst(a: Timer<EventTimeMs | LogTimeMs>, b: Timer<EventTimeMs | LogTimeMs>): number {
  if (a.operatorIndex !== b.operatorIndex) return b.operatorIndex - a.operatorIndex;
  if (a.key === b.key) return 0;
  return a.key < b.key ? 1 : -1;
}
