import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { TimerQueue } from "../../../src/core/time/timer-queue.ts";

function drain(queue: TimerQueue, upTo: number): string[] {
  const taken: string[] = [];
  for (let timer = queue.popDue(eventTimeMs(upTo)); timer !== undefined; timer = queue.popDue(eventTimeMs(upTo))) {
    taken.push(`${timer.deadline} ${timer.operatorIndex} ${timer.key}`);
  }
  return taken;
}

function queueOf(...timers: readonly (readonly [operatorIndex: number, key: string, deadline: number])[]): TimerQueue {
  const queue = new TimerQueue();
  for (const [operatorIndex, key, deadline] of timers) queue.schedule(operatorIndex, key, eventTimeMs(deadline));
  return queue;
}

describe("timers", () => {
  test("come by deadline, then operator, then key by code units", () => {
    const queue = queueOf([1, "a", 5], [0, "b", 5], [0, "B", 5], [0, "a", 5], [10, "a", 4], [2, "a", 4], [0, "z", -3]);
    const order = ["-3 0 z", "4 2 a", "4 10 a", "5 0 B", "5 0 a", "5 0 b", "5 1 a"];
    expect(drain(queue, 5)).toEqual(order);
  });

  test("are due at their deadline and not before", () => {
    const queue = queueOf([0, "a", 5]);
    expect([drain(queue, 4), drain(queue, 5), drain(queue, 5)]).toEqual([[], ["5 0 a"], []]);
  });

  test("are one for each operator and key: the last said", () => {
    const queue = queueOf([0, "a", 5], [0, "a", 9], [0, "b", 7], [0, "b", 3]);
    expect([queue.size, queue.peekDeadline()]).toEqual([2, 3]);
    expect(drain(queue, 100)).toEqual(["3 0 b", "9 0 a"]);
  });

  test("moved away and back are due once", () => {
    const queue = queueOf([0, "a", 5], [0, "a", 9], [0, "a", 5]);
    expect(drain(queue, 100)).toEqual(["5 0 a"]);
  });

  test("that are cancelled do not come, and cancelling none is harmless", () => {
    const queue = queueOf([0, "a", 5], [1, "a", 6]);
    queue.cancel(0, "a");
    queue.cancel(0, "a");
    queue.cancel(7, "a");
    expect([queue.size, queue.peekDeadline(), drain(queue, 100)]).toEqual([1, 6, ["6 1 a"]]);
  });

  test("scheduled while others are taken come in their turn", () => {
    const queue = queueOf([0, "a", 5], [0, "b", 6]);
    expect(queue.popDue(eventTimeMs(10))?.key).toBe("a");
    queue.schedule(0, "a", eventTimeMs(6));
    expect(drain(queue, 10)).toEqual(["6 0 a", "6 0 b"]);
  });

  test("at the end of input all come", () => {
    expect(drain(queueOf([0, "a", 8.64e15], [0, "b", 1]), Infinity)).toEqual(["1 0 b", "8640000000000000 0 a"]);
  });

  test("that keep being moved take no more room than live ones do", () => {
    const queue = queueOf([0, "b", 1]);
    for (let deadline = 0; deadline < 10_000; deadline += 1) queue.schedule(0, "a", eventTimeMs(deadline));
    for (let count = 0; count < 10_000; count += 1) {
      queue.schedule(0, "c", eventTimeMs(count));
      queue.cancel(0, "c");
    }
    expect(queue.size).toBe(2);
    expect(queue.heap.size).toBeLessThan(200);
  });

  test("do what a sorted list does", () => {
    const key = fc.constantFrom("a", "b", "c", "d");
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(fc.constant("schedule" as const), fc.nat(2), key, fc.integer({ min: -5, max: 20 })),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant("cancel" as const), fc.nat(2), key, fc.constant(0)) },
      {
        weight: 1,
        arbitrary: fc.tuple(
          fc.constant("drain" as const),
          fc.constant(0),
          fc.constant("a"),
          fc.integer({ min: -5, max: 20 }),
        ),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const queue = new TimerQueue();
        let model: { deadline: number; operator: number; key: string }[] = [];
        for (const [kind, operator, name, time] of steps) {
          if (kind === "drain") {
            const due = model
              .filter(({ deadline }) => deadline <= time)
              .sort((a, b) => a.deadline - b.deadline || a.operator - b.operator || (a.key < b.key ? -1 : 1));
            expect(drain(queue, time)).toEqual(due.map((timer) => `${timer.deadline} ${timer.operator} ${timer.key}`));
            model = model.filter(({ deadline }) => deadline > time);
          } else {
            model = model.filter((timer) => timer.operator !== operator || timer.key !== name);
            if (kind === "schedule") {
              queue.schedule(operator, name, eventTimeMs(time));
              model.push({ deadline: time, operator, key: name });
            } else queue.cancel(operator, name);
          }
          expect(queue.size).toBe(model.length);
          expect(queue.peekDeadline()).toBe(
            model.length === 0 ? undefined : Math.min(...model.map(({ deadline }) => deadline)),
          );
        }
      }),
    );
  });
});
