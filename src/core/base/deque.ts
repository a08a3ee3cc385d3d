/** A front that has been left behind is cut off once it is this long and more than half of the array. */
const leftBehindMin = 32;

/**
 * A queue that is also open at its back, over an array and a head cursor: push and pop at either end in amortised O(1),
 * numbers stay unboxed. What was popped from the front may stay in memory until half of the array has been.
 */
export class Deque<T> {
  items: T[] = [];
  head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  pushBack(item: T): void {
    this.items.push(item);
  }

  popFront(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.head += 1;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head >= leftBehindMin && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  popBack(): T | undefined {
    return this.size === 0 ? undefined : this.items.pop();
  }

  front(): T | undefined {
    return this.items[this.head];
  }

  back(): T | undefined {
    return this.size === 0 ? undefined : this.items[this.items.length - 1];
  }

  /** Item `index` places behind the front; undefined outside. */
  at(index: number): T | undefined {
    return index < 0 ? undefined : this.items[this.head + index];
  }

  /** A copy of the last `countMax` items, front first. */
  latest(countMax: number): T[] {
    return this.items.slice(Math.max(this.head, this.items.length - countMax));
  }
}
