import fc from "fast-check";
import { expect, test } from "vitest";
import { BinaryHeap } from "../../../src/core/base/heap.ts";

const byNumber = (a: number, b: number): number => a - b;

test("what goes in comes out in order, whatever is pushed and popped in between", () => {
  const operation = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constant("pop" as const));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200, size: "max" }), (operations) => {
      const heap = new BinaryHeap<number>(byNumber);
      let sorted: number[] = [];
      for (const step of operations) {
        if (step === "pop") {
          const [least, ...rest] = sorted;
          expect(heap.pop()).toBe(least);
          sorted = rest;
        } else {
          heap.push(step);
          sorted = [...sorted, step].sort(byNumber);
        }
        expect(heap.peek()).toBe(sorted[0]);
        expect(heap.size).toBe(sorted.length);
      }
    }),
  );
});

test("retain keeps the order of what it keeps", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 100, size: "max" }), (items) => {
      const heap = new BinaryHeap<number>(byNumber);
      for (const item of items) heap.push(item);
      heap.retain((item) => item % 3 !== 0);
      const popped: (number | undefined)[] = [];
      while (heap.size > 0) popped.push(heap.pop());
      expect(popped).toEqual(items.filter((item) => item % 3 !== 0).sort(byNumber));
    }),
  );
});
