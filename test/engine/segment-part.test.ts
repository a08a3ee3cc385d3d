import { expect, test } from "vitest";
import { segmentBytesMax } from "../../src/core/shard/segment.ts";
import { commitOf, segmentName, segmentParts, wholeSegments } from "../../src/engine/segment-part.ts";

const rows: readonly { why: string; sizes: readonly number[]; parts: readonly (readonly [number, boolean])[] }[] = [
  { why: "nothing has no parts", sizes: [], parts: [] },
  { why: "a segment that fits is one part", sizes: [segmentBytesMax], parts: [[segmentBytesMax, false]] },
  {
    why: "one byte more makes a second part",
    sizes: [segmentBytesMax + 1],
    parts: [
      [segmentBytesMax, true],
      [1, false],
    ],
  },
  {
    why: "each segment ends with a part of its own",
    sizes: [3, 2 * segmentBytesMax, 4],
    parts: [
      [3, false],
      [segmentBytesMax, true],
      [segmentBytesMax, false],
      [4, false],
    ],
  },
];

test.each(rows)("$why", ({ sizes, parts }) => {
  const found = segmentParts(sizes.map((size) => new Uint8Array(size)));
  expect(found.map(({ bytes, isContinued }) => [bytes.length, isContinued])).toEqual(parts);
});

test("names of a manifest come together again as they were cut, and tell their commit", () => {
  const names = [
    segmentName(7, 0, "0123456789abcdef", false),
    segmentName(7, 1, "0123456789abcdef", true),
    segmentName(7, 2, "0123456789abcdef", false),
  ];
  expect(names).toEqual(["7-0-01234567", "7-1-01234567+", "7-2-01234567"]);
  expect(wholeSegments(names)).toEqual([["7-0-01234567"], ["7-1-01234567+", "7-2-01234567"]]);
  expect(names.map(commitOf)).toEqual([7, 7, 7]);
});
