import { describe, expect, test } from "vitest";
import { blockOf } from "../../../src/core/table/address.ts";
import { BlockArrays, BlockBase } from "../../../src/core/table/block-base.ts";
import { unknownFieldFaults } from "../../../src/core/table/compile-feed.ts";
import { FileFaults, lineAt } from "../../../src/core/table/file-members.ts";
import { MemberRows, memberType, typeOfWritten } from "../../../src/core/table/member-rows.ts";
import { MmdbBase } from "../../../src/core/table/mmdb-base.ts";
import { overlayIndexOf } from "../../../src/core/table/overlay-index.ts";
import { ExactBase, SuffixBase } from "../../../src/core/table/text-base.ts";
import { mmdbOf } from "./mmdb-writer.ts";

function rowsOf(...texts: readonly string[]): MemberRows {
  const rows = new MemberRows("", 1, undefined);
  for (const text of texts) rows.addText(text, memberType.text);
  rows.close();
  return rows;
}

test.each([
  { text: "4111", type: memberType.either },
  { text: "-1.5", type: memberType.either },
  { text: "007", type: memberType.text },
  { text: "1e3", type: memberType.text },
  { text: "-", type: memberType.text },
  { text: "", type: memberType.text },
])("a file's `$text` is of type $type", ({ text, type }) => {
  expect(typeOfWritten(text)).toBe(type);
});

test("rows that stand in the text and rows that do not are read alike, however many", () => {
  const rows = new MemberRows("a,bc", 1, undefined);
  rows.addPlace(2, 4, memberType.text);
  for (let row = 0; row < 40; row += 1) rows.addText(`x${row}`, memberType.text);
  rows.close();
  expect([rows.textAt(0), rows.textAt(1), rows.textAt(40), rows.count]).toEqual(["bc", "x0", "x39", 41]);
});

describe("the key by which the very member is removed", () => {
  test("of texts, domains, blocks and networks", () => {
    expect(new ExactBase(rowsOf("a", "b")).keyOf("a")).toBe("sa");
    expect(new ExactBase(rowsOf("a")).keyOf(1)).toBeUndefined();
    expect(new SuffixBase(rowsOf("a.b")).keyOf("a.b")).toBe("a.b");
    expect(new SuffixBase(rowsOf("a.b")).keyOf("x.a.b")).toBeUndefined();
    const blocks = new BlockArrays(1);
    const block = blockOf("10.0.0.0/8");
    if (block !== undefined) blocks.add(block, 0);
    const base = new BlockBase(rowsOf("10.0.0.0/8"), blocks);
    expect([base.keyOf("10.9.9.9/8"), base.keyOf("10.0.0.0/9"), base.keyOf("10.0.0.0")]).toEqual([
      "10.0.0.0/8",
      undefined,
      undefined,
    ]);
    const mmdb = new MmdbBase(mmdbOf([{ block: "1.2.0.0/16", record: { a: 1 } }]), undefined);
    expect([mmdb.keyOf("1.2.0.0/16"), mmdb.keyOf("1.2.0.0/17")]).toEqual(["1.2.0.0/16", undefined]);
  });
});

test("an index of what was added is empty at first", () => {
  for (const kind of ["exact", "cidr", "suffix"] as const)
    expect(overlayIndexOf(kind, new Map()).nearest("10.0.0.1")).toBeUndefined();
});

test("lines are counted from 1, and faults past the twentieth are counted alone", () => {
  expect(["a", "b", "c"].map((text) => lineAt("a\nb\nc", "a\nb\nc".indexOf(text)))).toEqual([1, 2, 3]);
  const faults = new FileFaults();
  for (let line = 1; line <= 22; line += 1) faults.add(line, "wrong");
  expect(
    faults
      .finish()
      .map(({ message }) => message)
      .slice(19),
  ).toEqual(["line 20: wrong", "2 more lines are at fault"]);
});

test("fields that members cannot have", () => {
  const target = { id: "l", fields: ["level"] };
  expect(unknownFieldFaults(["level", "levle", "since"], "/f", target).map(({ code }) => code)).toEqual([
    "unknown-name",
    "duplicate",
  ]);
  expect(unknownFieldFaults(["any"], "/f", { id: "l", fields: undefined })).toEqual([]);
});
