import fc from "fast-check";
import { expect, test } from "vitest";
import { Deque } from "../../../src/core/base/deque.ts";

test("does at both ends what an array does", () => {
  const operation = fc.oneof(
    { weight: 3, arbitrary: fc.integer() },
    { weight: 2, arbitrary: fc.constant("front" as const) },
    { weight: 1, arbitrary: fc.constant("back" as const) },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400, size: "max" }), fc.nat(5), (operations, index) => {
      const deque = new Deque<number>();
      const model: number[] = [];
      for (const step of operations) {
        if (step === "front") expect(deque.popFront()).toBe(model.shift());
        else if (step === "back") expect(deque.popBack()).toBe(model.pop());
        else {
          deque.pushBack(step);
          model.push(step);
        }
        expect(deque.size).toBe(model.length);
        expect([deque.front(), deque.back()]).toEqual([model[0], model.at(-1)]);
        expect([deque.at(index), deque.at(-1)]).toEqual([model[index], undefined]);
        expect(deque.latest(index)).toEqual(index === 0 ? [] : model.slice(-index));
      }
    }),
  );
});

test("a queue that is never empty does not keep what has left it", () => {
  const deque = new Deque<number>();
  deque.pushBack(0);
  for (let item = 1; item <= 10_000; item += 1) {
    deque.pushBack(item);
    expect(deque.popFront()).toBe(item - 1);
  }
  expect(deque.items.length).toBeLessThan(100);
});
