import fc from "fast-check";
import { expect, test } from "vitest";
import { TextTable } from "../../../src/core/event/text-table.ts";
import "../../property-seed.ts";

test("it gives the text of the bytes, whatever came before", () => {
  const table = new TextTable();
  const ascii = fc.string({ unit: fc.constantFrom("a", "b", "1", "-"), maxLength: 30 });
  fc.assert(
    fc.property(fc.array(ascii, { maxLength: 20 }), (texts) => {
      const bytes = Buffer.from(texts.join(""));
      let start = 0;
      for (const text of texts) {
        expect(table.textOf(bytes, start, start + text.length)).toBe(text);
        start += text.length;
      }
    }),
  );
});
