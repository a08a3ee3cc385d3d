import fc from "fast-check";
import { BlockList, isIP, isIPv4 } from "node:net";
import { describe, expect, test } from "vitest";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import {
  cidrBlockText,
  compileCidrs,
  isInCidr,
  parseCidr,
  parseIpAddress,
} from "../../../../src/core/expr/function/ip-address.ts";

const v4 = fc.ipV4();
const v6 = fc.oneof(
  fc.ipV6(),
  fc.constantFrom("::", "::1", "1::", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "fe80::1:2"),
);

describe("text that is an address, and text that is none", () => {
  test.each([
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    " 1.2.3.4",
    "",
    ":",
    ":::",
    "1:2",
    "1::2::3",
    "12345::",
    "g::",
    "::1%eth0",
    "[::1]",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8:9",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
  ])("no address: %s", (text) => {
    expect(parseIpAddress(text)).toBeUndefined();
    expect(isIP(text)).toBe(text === "::1%eth0" ? 6 : 0);
  });

  test("node:net agrees on every text", () => {
    const alphabet = fc.string({ unit: fc.constantFrom(..."0123456789abcdef:.".split("")), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(v4, v6, alphabet), (text) => {
        expect(parseIpAddress(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 3000 },
    );
  });
});

test("node:net's BlockList agrees on what is in a block of its own family", () => {
  const pair = fc.oneof(
    fc.tuple(v4, v4, fc.integer({ min: 0, max: 32 })),
    fc.tuple(v6, v6, fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(
    fc.property(pair, fc.boolean(), ([network, address, prefix], isSame) => {
      const list = new BlockList();
      list.addSubnet(network, prefix, isIPv4(network) ? "ipv4" : "ipv6");
      const tested = isSame ? network : address;
      const block = parseCidr(`${network}/${prefix}`);
      const parsed = parseIpAddress(tested);
      if (block === undefined || parsed === undefined) throw new Error("not parsed");
      if (tested.startsWith("::ffff:")) return;
      expect(isInCidr(parsed, block)).toBe(list.check(tested, isIPv4(tested) ? "ipv4" : "ipv6"));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  {
    why: "a mapped address is in its own address's blocks",
    address: "::ffff:10.1.2.3",
    block: "10.0.0.0/8",
    isIn: true,
  },
  { why: "an IPv4 address is in no other IPv6 block", address: "10.1.2.3", block: "2001:db8::/32", isIn: false },
  { why: "nor in the block of all IPv6", address: "10.1.2.3", block: "::/0", isIn: false },
  { why: "one address", address: "10.1.2.3", block: "10.1.2.3", isIn: true },
  { why: "another address", address: "10.1.2.4", block: "10.1.2.3", isIn: false },
  { why: "bits behind the prefix count for nothing", address: "10.9.9.9", block: "10.1.2.3/8", isIn: true },
  { why: "every IPv4 address", address: "200.1.2.3", block: "0.0.0.0/0", isIn: true },
  { why: "of a list", address: "10.1.2.3", block: ["1.0.0.0/8", "10.1.0.0/16"], isIn: true },
  { why: "of an empty list", address: "10.1.2.3", block: [], isIn: false },
])("$why", ({ address, block, isIn }) => {
  const isInBlock = compileCidrs(block);
  const parsed = parseIpAddress(address);
  if (isInBlock instanceof ExprError || parsed === undefined) throw new Error("not parsed");
  expect(isInBlock(parsed)).toBe(isIn);
});

test.each(["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8.5", "x/8", "::/129", 5, null, ["10.0.0.0/8", ""]])(
  "no block: %s",
  (value) => {
    expect(compileCidrs(value)).toBeInstanceOf(ExprError);
  },
);

test.each([
  { address: "10.1.2.3", prefix: 24, text: "10.1.2.0/24" },
  { address: "10.1.2.3", prefix: 0, text: "0.0.0.0/0" },
  { address: "10.1.2.3", prefix: 33, text: undefined },
  { address: "10.1.2.3", prefix: 1.5, text: undefined },
  { address: "::ffff:10.1.2.3", prefix: 8, text: "10.0.0.0/8" },
  { address: "2001:DB8:0:1:0:0:0:1", prefix: 128, text: "2001:db8:0:1::1/128" },
  { address: "2001:db8::1", prefix: 0, text: "::/0" },
  { address: "2001:db8::1", prefix: 32, text: "2001:db8::/32" },
  { address: "1:0:2:0:0:3:0:0", prefix: 128, text: "1:0:2::3:0:0/128" },
  { address: "1:0:2:3:4:5:6:7", prefix: 128, text: "1:0:2:3:4:5:6:7/128" },
])("the block of $prefix bits around $address is $text (RFC 5952)", ({ address, prefix, text }) => {
  const parsed = parseIpAddress(address);
  if (parsed === undefined) throw new Error("not parsed");
  expect(cidrBlockText(parsed, prefix)).toBe(text);
});
