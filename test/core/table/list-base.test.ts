import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInCidr, parseCidr, parseIpAddress } from "../../../src/core/expr/function/ip-address.ts";
import { addressOf, blockOf, blockText, ipv4Of, noIpv4 } from "../../../src/core/table/address.ts";
import { readCsvRow } from "../../../src/core/table/csv-table.ts";
import { ListState } from "../../../src/core/table/list-state.ts";
import { contentOf, listOf } from "./table-kit.ts";

/** Few high bits, so that blocks nest and addresses hit them. */
const ipv4 = fc.tuple(fc.constantFrom(10, 11, 192), fc.nat(3), fc.nat(3), fc.nat(255)).map((parts) => parts.join("."));
const ipv6 = fc
  .tuple(fc.constantFrom("2001:db8", "::", "fe80"), fc.nat(3), fc.nat(0xff_ff))
  .map(([head, a, b]) => (head === "::" ? `::${a}:${b.toString(16)}` : `${head}:${a}::${b.toString(16)}`));
const block = fc.oneof(
  fc
    .tuple(ipv4, fc.oneof(fc.constantFrom(7, 8, 16, 22, 24), fc.integer({ min: 0, max: 32 })))
    .map(([address, length]) => `${address}/${length}`),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([address, length]) => `${address}/${length}`),
  ipv4,
  ipv4.map((address) => `::ffff:${address}`),
);
const address = fc.oneof(
  ipv4,
  ipv6,
  ipv4.map((text) => `::ffff:${text}`),
  fc.string(),
);

test("blocks in order find what a scan of all finds, the longest; of equal ones the last", () => {
  let hitCount = 0;
  fc.assert(
    fc.property(
      fc.array(block, { maxLength: 60 }),
      fc.array(address, { minLength: 5, maxLength: 20 }),
      (blocks, addresses) => {
        const lines = blocks.map((text, n) => `${text},${n}`).join("\n");
        const state = new ListState(listOf({ kind: "cidr" }, contentOf("csv", `net,n\n${lines}`)));
        for (const text of addresses) {
          const parsed = parseIpAddress(text);
          let best: { readonly length: number; readonly n: number } | undefined;
          for (const [n, written] of blocks.entries()) {
            const parsedBlock = parseCidr(written);
            if (parsed === undefined || parsedBlock === undefined || !isInCidr(parsed, parsedBlock)) continue;
            if (best === undefined || parsedBlock.prefixLength >= best.length)
              best = { length: parsedBlock.prefixLength, n };
          }
          if (best !== undefined) hitCount += 1;
          expect(state.find(text)?.["n"]).toBe(best?.n);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(hitCount).toBeGreaterThan(500);
});

test("a table of texts finds what a Map finds", () => {
  const member = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("a", "b", "ab", "müller", "日本", "__proto__"));
  fc.assert(
    fc.property(fc.array(member, { maxLength: 200 }), fc.array(member, { maxLength: 20 }), (members, values) => {
      const state = new ListState(listOf({ members: members.map((text, n) => ({ member: text, n })) }));
      const model = new Map(members.map((text, n) => [text, n]));
      expect(state.program.base.memberCount).toBe(model.size);
      for (const value of [...values, ...members]) expect(state.find(value)?.["n"]).toBe(model.get(value));
    }),
  );
});

describe("addresses", () => {
  test("the fast way to read IPv4 takes what the other takes, and no more", () => {
    const near = fc
      .array(fc.constantFrom("0", "1", "9", "25", "255", "256", "01", ".", ".", ".", " ", "-", "x", ""), {
        maxLength: 9,
      })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(near, ipv4, fc.string()), (text) => {
        const groups = text.includes(":") ? undefined : parseIpAddress(text);
        const slow = groups === undefined ? noIpv4 : (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0);
        expect(ipv4Of(text)).toBe(slow);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a block's one text is a block that is equal", () => {
    fc.assert(
      fc.property(block, (text) => {
        const parsed = blockOf(text);
        if (parsed === undefined) throw new Error(text);
        expect(blockOf(blockText(parsed))).toEqual(parsed);
        expect(parseCidr(blockText(parsed))).toEqual(parseCidr(text));
      }),
    );
  });

  test.each([
    { why: "a mapped address is IPv4", text: "::ffff:1.2.3.4", family: 4 },
    { why: "one that only begins so", text: "::fffe:1.2.3.4", family: 6 },
    { why: "no address", text: "1.2.3", family: undefined },
  ])("$why", ({ text, family }) => {
    expect(addressOf(text)?.family).toBe(family);
  });

  test("a block of IPv6 around all mapped addresses holds none of IPv4", () => {
    const state = new ListState(listOf({ kind: "cidr", members: ["::ffff:0:0/95"] }));
    expect([state.contains("1.2.3.4"), state.contains("::fffe:1.2.3.4")]).toEqual([false, true]);
  });
});

test("rows of tables read back as they were written", () => {
  const cell = fc
    .array(fc.constantFrom('"', ",", "\n", "\r\n", "a", " ", "ä"), { maxLength: 5 })
    .map((parts) => parts.join(""));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), fc.constantFrom("", "\n", "\r\n"), (cells, end) => {
      const text = cells.map(quoted).join(",") + end;
      const row = readCsvRow(text, 0);
      expect(row.fault).toBeUndefined();
      expect(row.next).toBe(text.length);
      expect(row.cells.map(({ start, end: to, unescaped }) => unescaped ?? text.slice(start, to))).toEqual(cells);
    }),
  );
});
