import { BinaryHeap } from "../base/heap.ts";
import { keepEvent, type TocsinEvent } from "../event/event.ts";
import type { EventTimeMs } from "../time/instant.ts";

/** An event that waits for the watermark. */
export interface BufferedEvent {
  readonly event: TocsinEvent;
  /** Number of arrival: of equal times the first to arrive comes out first. */
  readonly arrival: number;
  /** Derived by a shadow rule: shadow rules alone take it. */
  readonly isShadow: boolean;
}

/** Events on their way into event-time order, equal times in arrival order. */
export class ReorderBuffer {
  readonly heap = new BinaryHeap<BufferedEvent>((a, b) => a.event.time - b.event.time || a.arrival - b.arrival);
  arrivals = 0;

  get size(): number {
    return this.heap.size;
  }

  add(event: TocsinEvent, isShadow = false): void {
    keepEvent(event);
    this.heap.push({ event, arrival: this.arrivals, isShadow });
    this.arrivals += 1;
  }

  peekTime(): EventTimeMs | undefined {
    return this.heap.peek()?.event.time;
  }

  take(): BufferedEvent | undefined {
    return this.heap.pop();
  }
}
