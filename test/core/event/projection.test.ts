import { expect, test } from "vitest";
import { projectionOf } from "../../../src/core/event/projection.ts";

test.for([
  { why: "each name once, sorted", names: ["b", "a", "b"], projection: ["a", "b"] },
  { why: "nothing is read", names: [], projection: [] },
  { why: "a name that would set a prototype", names: ["a", "__proto__"], projection: "all" },
  { why: "an empty name", names: [""], projection: "all" },
  { why: "a name that has no bytes", names: ["\ud800"], projection: "all" },
  {
    why: "more names than a projection pays for",
    names: Array.from({ length: 65 }, (_, index) => String(index)),
    projection: "all",
  },
])("$why", ({ names, projection }) => {
  expect(projectionOf(names)).toEqual(projection);
});
