/**
 * A binary min-heap: the item that `compare` puts first is on top. Insert and remove in O(log n). Items that compare
 * equal come out in no promised order, so a deterministic caller gives a total order.
 */
export class BinaryHeap<T> {
  readonly compare: (a: T, b: T) => number;
  items: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    this.items.push(item);
    this.siftUp(this.items.length - 1);
  }

  pop(): T | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0 && last !== undefined) {
      this.items[0] = last;
      this.siftDown(0);
    }
    return top;
  }

  /** Keeps only the items that `keeps` is true for, in O(n) (Floyd's bottom-up construction). */
  retain(keeps: (item: T) => boolean): void {
    this.items = this.items.filter(keeps);
    for (let index = (this.items.length >> 1) - 1; index >= 0; index -= 1) this.siftDown(index);
  }

  private siftUp(from: number): void {
    const item = this.items[from]!;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.items[parentIndex]!;
      if (this.compare(item, parent) >= 0) break;
      this.items[index] = parent;
      index = parentIndex;
    }
    this.items[index] = item;
  }

  private siftDown(from: number): void {
    const size = this.items.length;
    const item = this.items[from]!;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      const rightIndex = childIndex + 1;
      if (rightIndex < size && this.compare(this.items[rightIndex]!, this.items[childIndex]!) < 0)
        childIndex = rightIndex;
      const child = this.items[childIndex]!;
      if (this.compare(item, child) <= 0) break;
      this.items[index] = child;
      index = childIndex;
    }
    this.items[index] = item;
  }
}
