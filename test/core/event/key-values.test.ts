import fc from "fast-check";
import { expect, test } from "vitest";
import { keyString } from "../../../src/core/event/key.ts";
import { hasOwnForm, keyValues } from "../../../src/core/event/key-values.ts";
import { toJson } from "../../../src/core/base/json.ts";

test("a key's parts come back from its string, unless they have a form of their own", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\uD800", "", ":", "m", "1:s", null, true, false, -0, 1e21, 5e-324),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.jsonValue().map(toJson),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const back = keyValues(keyString(parts));
      expect(keyString(back)).toBe(keyString(parts));
      if (!hasOwnForm(parts)) expect(back).toEqual(parts);
    }),
  );
});

test.each([
  { parts: [-0], is: true },
  { parts: [0, "a", null, true], is: false },
  { parts: ["a", { b: 1 }], is: true },
  { parts: [[1]], is: true },
])("$parts has a form of its own: $is", ({ parts, is }) => {
  expect(hasOwnForm(parts)).toBe(is);
});
