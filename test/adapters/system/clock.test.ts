import { expect, test } from "vitest";
import { systemClock } from "../../../src/adapters/system/clock.ts";

test("an abort ends a sleep at once, before it and within it", async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, abort.signal);
  abort.abort();
  await sleeping;
  await systemClock.sleep(3_600_000, abort.signal);
});

test("a sleep longer than a timer can be is not over at once", async () => {
  const abort = new AbortController();
  let isOver = false;
  const sleeping = systemClock.sleep(Number.POSITIVE_INFINITY, abort.signal).then(() => {
    isOver = true;
  });
  await systemClock.sleep(5);
  expect(isOver).toBe(false);
  abort.abort();
  await sleeping;
});

test("it is the wall's", () => {
  expect(Number.isSafeInteger(systemClock.now())).toBe(true);
});
