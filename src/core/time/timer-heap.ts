import type { EventTimeMs, LogTimeMs } from "./instant.ts";

/**
 * A binary min-heap of times, each with an operator and a slot, in three arrays: no object for an entry. Entries of one
 * time come in no promised order.
 */
export class TimerHeap<At extends EventTimeMs | LogTimeMs> {
  private times: At[] = [];
  private operators: number[] = [];
  private slots: number[] = [];

  get size(): number {
    return this.times.length;
  }

  /** The least time. */
  get first(): At | undefined {
    return this.times[0];
  }

  get firstOperator(): number {
    return this.operators[0] ?? -1;
  }

  get firstSlot(): number {
    return this.slots[0] ?? -1;
  }

  push(time: At, operatorIndex: number, slot: number): void {
    const { times } = this;
    let index = times.length;
    this.set(index, time, operatorIndex, slot);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(time, parent)) break;
      this.move(parent, index);
      index = parent;
    }
    this.set(index, time, operatorIndex, slot);
  }

  pop(): void {
    const time = this.times.pop();
    const operatorIndex = this.operators.pop();
    const slot = this.slots.pop();
    if (this.times.length === 0 || time === undefined || operatorIndex === undefined || slot === undefined) return;
    this.sink(0, time, operatorIndex, slot);
  }

  /** Keeps only the entries that `keeps` is true for, in O(n). */
  retain(keeps: (time: At, operatorIndex: number, slot: number) => boolean): void {
    let count = 0;
    this.forEach((time, operatorIndex, slot) => {
      if (!keeps(time, operatorIndex, slot)) return;
      this.set(count, time, operatorIndex, slot);
      count += 1;
    });
    // Shorter copies, so that the memory goes too.
    this.times = this.times.slice(0, count);
    this.operators = this.operators.slice(0, count);
    this.slots = this.slots.slice(0, count);
    for (let index = (count >> 1) - 1; index >= 0; index -= 1) {
      const time = this.times[index];
      if (time !== undefined) this.sink(index, time, this.operators[index] ?? -1, this.slots[index] ?? -1);
    }
  }

  /** In no promised order. What is called may replace entries that it has had. */
  forEach(take: (time: At, operatorIndex: number, slot: number) => void): void {
    const count = this.times.length;
    for (let index = 0; index < count; index += 1) {
      const time = this.times[index];
      if (time !== undefined) take(time, this.operators[index] ?? -1, this.slots[index] ?? -1);
    }
  }

  private sink(from: number, time: At, operatorIndex: number, slot: number): void {
    const count = this.times.length;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= count) break;
      const left = this.times[child];
      if (child + 1 < count && left !== undefined && !this.isBefore(left, child + 1) && this.times[child + 1] !== left)
        child += 1;
      if (this.isBefore(time, child) || this.times[child] === time) break;
      this.move(child, index);
      index = child;
    }
    this.set(index, time, operatorIndex, slot);
  }

  private isBefore(time: At, index: number): boolean {
    const other = this.times[index];
    return other !== undefined && time < other;
  }

  private move(from: number, to: number): void {
    const time = this.times[from];
    if (time !== undefined) this.set(to, time, this.operators[from] ?? -1, this.slots[from] ?? -1);
  }

  private set(index: number, time: At, operatorIndex: number, slot: number): void {
    this.times[index] = time;
    this.operators[index] = operatorIndex;
    this.slots[index] = slot;
  }
}
