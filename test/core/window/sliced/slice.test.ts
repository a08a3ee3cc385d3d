import { expect, test } from "vitest";
import { evidenceOf, Slice } from "../../../../src/core/window/sliced/slice.ts";

const sliceOf = (start: number) => new Slice({ start, end: start + 10, generation: 0, lateness: 0 }, []);

test.each([1, 4, 5, 99, 100, 101, 150, 350])(
  "a slice of %d events names the last 100, saved and restored, too",
  (count) => {
    const slice = sliceOf(0);
    for (let index = 0; index < count; index += 1) slice.note(`e${index}`, index * 2);
    const ids = Array.from({ length: count }, (_, index) => `e${index}`).slice(-100);
    expect(evidenceOf([slice])).toEqual({ ids, count });
    const copy = sliceOf(0);
    copy.restore(
      count,
      Array.from({ length: slice.nameCount }, (_, index) => [slice.nameAt(index), slice.arrivalAt(index)] as const),
    );
    for (const each of [slice, copy]) each.note("last", count * 2);
    expect(evidenceOf([copy])).toEqual(evidenceOf([slice]));
    expect(evidenceOf([slice, sliceOf(10)]).ids).toEqual([...ids, "last"].slice(-100));
  },
);

test("of several slices the names are in the order taken", () => {
  const [first, second] = [sliceOf(0), sliceOf(10)];
  second.note("a", 0);
  first.note("b", 1);
  second.note("c", 2);
  expect(evidenceOf([first, second])).toEqual({ ids: ["a", "b", "c"], count: 3 });
  expect(evidenceOf([])).toEqual({ ids: [], count: 0 });
});
