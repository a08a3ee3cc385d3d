import { BinaryHeap } from "../base/heap.ts";
import type { EventTimeMs, LogTimeMs } from "./instant.ts";

/** At `deadline` an operator has something to do for a key. */
export interface Timer<At extends EventTimeMs | LogTimeMs = EventTimeMs> {
  readonly deadline: At;
  /** The operator's place in the plan's order. */
  readonly operatorIndex: number;
  readonly key: string;
}

/** Timers that were cancelled or moved are swept out once there are more of them than live ones and this many. */
const staleCountMin = 64;

/** Keys by code units, so that the order is the same everywhere. */
function compareTimers(a: Timer<EventTimeMs | LogTimeMs>, b: Timer<EventTimeMs | LogTimeMs>): number {
  if (a.deadline !== b.deadline) return a.deadline < b.deadline ? -1 : 1;
  if (a.operatorIndex !== b.operatorIndex) return a.operatorIndex - b.operatorIndex;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * The event-time timers of a shard: at most one for each operator and key, due in the order (deadline, operator, key).
 * Schedule and cancel in O(log n). It has no codec: each operator's state gives its deadline again on restore.
 *
 * At the limit: it holds no more than one timer for each operator and key of the shard, whose keys are limited.
 */
export class TimerQueue<At extends EventTimeMs | LogTimeMs = EventTimeMs> {
  readonly heap = new BinaryHeap<Timer<At>>(compareTimers);
  /** The timer in force by operator, then key; a timer in the heap that is not here is stale. */
  readonly live = new Map<number, Map<string, Timer<At>>>();
  size = 0;

  /** Sets the timer of an operator and key, in place of the one it has. */
  schedule(operatorIndex: number, key: string, deadline: At): void {
    let timers = this.live.get(operatorIndex);
    if (timers === undefined) {
      timers = new Map();
      this.live.set(operatorIndex, timers);
    }
    const current = timers.get(key);
    if (current?.deadline === deadline) return;
    const timer = { deadline, operatorIndex, key };
    timers.set(key, timer);
    this.heap.push(timer);
    if (current === undefined) this.size += 1;
    else this.sweep();
  }

  /** Nothing happens where there is none. */
  cancel(operatorIndex: number, key: string): void {
    if (this.live.get(operatorIndex)?.delete(key) !== true) return;
    this.size -= 1;
    this.sweep();
  }

  /** Deadline of the timer that is due first. */
  peekDeadline(): At | undefined {
    this.dropStale();
    return this.heap.peek()?.deadline;
  }

  /**
   * Takes the first timer whose deadline is at or before `upTo`, if there is one. One at a time, so that what it leads to
   * may schedule another that is due too. A window's or pattern's deadline d is due when the watermark is at least d - 1.
   */
  popDue(upTo: At): Timer<At> | undefined {
    this.dropStale();
    const timer = this.heap.peek();
    if (timer === undefined || timer.deadline > upTo) return undefined;
    this.heap.pop();
    this.live.get(timer.operatorIndex)?.delete(timer.key);
    this.size -= 1;
    return timer;
  }

  private isLive(timer: Timer<At>): boolean {
    return this.live.get(timer.operatorIndex)?.get(timer.key) === timer;
  }

  private dropStale(): void {
    for (let timer = this.heap.peek(); timer !== undefined && !this.isLive(timer); timer = this.heap.peek())
      this.heap.pop();
  }

  private sweep(): void {
    if (this.heap.size - this.size > Math.max(this.size, staleCountMin))
      this.heap.retain((timer) => this.isLive(timer));
  }
}
