import { expect, test } from "vitest";
import { sha256Base32, sha256Hex } from "../../../src/core/base/hash.ts";

test("hexadecimal is that of FIPS 180-4's example", () => {
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("base32 holds the first bits of the digest", () => {
  // The first 16 bytes of SHA-256("abc") by coreutils: head -c 16 | base32, in lower case
  expect(sha256Base32("abc", 128)).toBe("xj4bnp4pahh6uqkbidpf3lrcem");
});
