import fc from "fast-check";
import { expect, test } from "vitest";
import { isAt, isHexDigit, skipExponent, skipSpace } from "../../../src/core/event/json-bytes.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (...letters: readonly string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });

test("white space is what JSON calls so", () => {
  fc.assert(
    fc.property(textOf(" ", "\t", "\n", "\r", "\v", "\f", "\u00a0", "a", "\0"), fc.nat(8), (text, from) => {
      const bytes = bytesOf(text);
      const start = Math.min(from, bytes.length);
      let end = start;
      while ([0x20, 0x09, 0x0a, 0x0d].includes(bytes[end] ?? 0)) end += 1;
      expect(skipSpace(bytes, start)).toBe(end);
    }),
  );
});

test("an exponent is a sign or none, and digits", () => {
  fc.assert(
    fc.property(textOf("+", "-", "0", "5", "9", "/", ":", "e"), (text) => {
      const [found] = /^[+-]?[0-9]+/.exec(text) ?? [];
      expect(skipExponent(bytesOf(text), 0)).toBe(found === undefined ? -1 : found.length);
    }),
  );
});

test("a text stands where all of it does, and nothing more", () => {
  fc.assert(
    fc.property(textOf("a", "b"), textOf("a", "b"), fc.nat(8), fc.nat(8), (text, expected, start, length) => {
      const end = Math.min(start + length, text.length);
      fc.pre(start <= end);
      expect(isAt(bytesOf(text), start, end, bytesOf(expected))).toBe(text.slice(start, end) === expected);
    }),
  );
});

test("hexadecimal digits are these, of all bytes", () => {
  const found = Array.from({ length: 256 }, (_, byte) => byte).filter(isHexDigit);
  expect(String.fromCharCode(...found)).toBe("0123456789ABCDEFabcdef");
});
