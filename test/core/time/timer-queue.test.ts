import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { TimerQueue } from "../../../src/core/time/timer-queue.ts";

/** Slots are those of the keys' places here. */
const keys = ["z", "B", "b", "a", "c", "d"];

function newQueue(): TimerQueue {
  return new TimerQueue({ timeOf: eventTimeMs, keyOf: (_, slot) => keys[slot] ?? "" });
}

function slotOf(key: string): number {
  return keys.indexOf(key);
}

function drain(queue: TimerQueue, upTo: number): string[] {
  const taken: string[] = [];
  for (let timer = queue.popDue(eventTimeMs(upTo)); timer !== undefined; timer = queue.popDue(eventTimeMs(upTo))) {
    taken.push(`${timer.deadline} ${timer.operatorIndex} ${timer.key}`);
  }
  return taken;
}

function drainOne(queue: TimerQueue, upTo: number): string[] {
  const timer = queue.popDue(eventTimeMs(upTo));
  return timer === undefined ? [] : [`${timer.deadline} ${timer.operatorIndex} ${timer.key}`];
}

interface ModelTimer {
  readonly deadline: number;
  readonly operator: number;
  readonly key: string;
}

function compareModel(a: ModelTimer, b: ModelTimer): number {
  return a.deadline - b.deadline || a.operator - b.operator || (a.key < b.key ? -1 : 1);
}

function queueOf(...timers: readonly (readonly [operatorIndex: number, key: string, deadline: number])[]): TimerQueue {
  const queue = newQueue();
  for (const [operatorIndex, key, deadline] of timers)
    queue.schedule(operatorIndex, slotOf(key), eventTimeMs(deadline));
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
    queue.cancel(0, slotOf("a"));
    queue.cancel(0, slotOf("a"));
    queue.cancel(7, slotOf("a"));
    expect([queue.size, queue.peekDeadline(), drain(queue, 100)]).toEqual([1, 6, ["6 1 a"]]);
  });

  test("scheduled while others are taken come in their turn", () => {
    const queue = queueOf([0, "a", 5], [0, "b", 6]);
    expect(queue.popDue(eventTimeMs(10))?.key).toBe("a");
    queue.schedule(0, slotOf("a"), eventTimeMs(6));
    expect(drain(queue, 10)).toEqual(["6 0 a", "6 0 b"]);
  });

  test("moved later while others are taken come at their true deadline, among those of it in order", () => {
    const queue = queueOf([0, "c", 5], [0, "a", 6], [1, "b", 6], [0, "d", 7]);
    queue.schedule(0, slotOf("c"), eventTimeMs(6));
    queue.schedule(0, slotOf("d"), eventTimeMs(6));
    expect(queue.peekDeadline()).toBe(6);
    expect(queue.popDue(eventTimeMs(6))?.key).toBe("a");
    queue.schedule(0, slotOf("c"), eventTimeMs(8));
    queue.schedule(0, slotOf("b"), eventTimeMs(4));
    expect(drain(queue, 10)).toEqual(["4 0 b", "6 0 d", "6 1 b", "8 0 c"]);
  });

  test("of a slot that has another key by now come in that one's place", () => {
    const names = ["b", "a", "c"];
    const queue = new TimerQueue({ timeOf: eventTimeMs, keyOf: (_, slot) => names[slot] ?? "" });
    for (const slot of [0, 1, 2]) queue.schedule(0, slot, eventTimeMs(5));
    expect(queue.popDue(eventTimeMs(5))?.key).toBe("a");
    queue.cancel(0, 0);
    names[0] = "d";
    queue.schedule(0, 0, eventTimeMs(5));
    expect(drain(queue, 5)).toEqual(["5 0 c", "5 0 d"]);
  });

  test("at the end of input all come", () => {
    expect(drain(queueOf([0, "a", 8.64e15], [0, "b", 1]), Infinity)).toEqual(["1 0 b", "8640000000000000 0 a"]);
  });

  test("that keep being moved take no more room than live ones do", () => {
    const queue = queueOf([0, "b", 1]);
    for (let deadline = 0; deadline < 10_000; deadline += 1) queue.schedule(0, slotOf("a"), eventTimeMs(deadline));
    for (let count = 0; count < 10_000; count += 1) {
      queue.schedule(0, slotOf("c"), eventTimeMs(count));
      queue.cancel(0, slotOf("c"));
    }
    expect(queue.size).toBe(2);
    expect(queue.heap.size).toBeLessThan(200);
  });

  test("do what a sorted list does", () => {
    const key = fc.constantFrom("a", "b", "c", "d");
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(
          fc.constant("schedule" as const),
          fc.nat(2),
          key,
          fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constantFrom(-8.64e15, 8.64e15)),
        ),
      },
      { weight: 1, arbitrary: fc.tuple(fc.constant("cancel" as const), fc.nat(2), key, fc.constant(0)) },
      {
        weight: 2,
        arbitrary: fc.tuple(
          fc.constantFrom("drain" as const, "pop" as const, "pop" as const, "pop" as const),
          fc.constant(0),
          fc.constant("a"),
          fc.integer({ min: -5, max: 20 }),
        ),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
        const queue = newQueue();
        let model: ModelTimer[] = [];
        for (const [kind, operator, name, time] of steps) {
          if (kind === "pop") {
            const [first] = model.toSorted(compareModel);
            const isDue = first !== undefined && first.deadline <= time;
            expect(drainOne(queue, time)).toEqual(isDue ? [`${first.deadline} ${first.operator} ${first.key}`] : []);
            if (isDue) model = model.filter((timer) => timer !== first);
          } else if (kind === "drain") {
            const due = model.filter(({ deadline }) => deadline <= time).sort(compareModel);
            expect(drain(queue, time)).toEqual(due.map((timer) => `${timer.deadline} ${timer.operator} ${timer.key}`));
            model = model.filter(({ deadline }) => deadline > time);
          } else {
            model = model.filter((timer) => timer.operator !== operator || timer.key !== name);
            if (kind === "schedule") {
              queue.schedule(operator, slotOf(name), eventTimeMs(time));
              model.push({ deadline: time, operator, key: name });
            } else queue.cancel(operator, slotOf(name));
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
