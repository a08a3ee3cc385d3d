import { describe, expect, test } from "vitest";
import { knownListOf } from "../../../src/core/table/compile-list.ts";
import { ListState } from "../../../src/core/table/list-state.ts";
import { memberRefusal } from "../../../src/core/table/member-key.ts";
import { logTimeMs } from "../../../src/core/time/instant.ts";
import type { ListDocument } from "../../../src/spec/list.ts";
import { compiling, contentOf, listOf } from "./table-kit.ts";
import { mmdbOf } from "./mmdb-writer.ts";

const accounts = 'id,name,level,isOpen,note\nA-1,"Ann, of ""X""",3,true,\n7,Bob,"3",false,a b\n"8",Cid,007,no,1e400\n';

function find(document: ListDocument, content: Parameters<typeof listOf>[1], value: unknown): unknown {
  return new ListState(listOf(document, content)).find(value);
}

const own = { since: null, expires: null };

describe("members of files", () => {
  test.each([
    { why: "a line each, trimmed", text: " a \r\nb\n", value: "a", isIn: true },
    { why: "the last without a break", text: "a\nb", value: "b", isIn: true },
    { why: "a byte order mark is none", text: "\ufeffa\n", value: "a", isIn: true },
    { why: "a comment is none", text: "#a\n # b\n", value: "#a", isIn: false },
    { why: "a # inside is of the member", text: "a#b\n", value: "a#b", isIn: true },
    { why: "a blank line is none", text: "\n \n", value: "", isIn: false },
    { why: "a number is the text", text: "4111\n", value: "4111", isIn: true },
    { why: "a number is the number", text: "4111\n", value: 4111, isIn: true },
    { why: "digits that are no number's text", text: "007\n", value: 7, isIn: false },
    { why: "digits that are no number's text are a text", text: "007\n", value: "007", isIn: true },
    { why: "a line that begins as another does", text: "abc\nab\n", value: "a", isIn: false },
    { why: "letters outside of ASCII", text: "müller\n", value: "müller", isIn: true },
    { why: "case counts", text: "a\n", value: "A", isIn: false },
    { why: "nothing at all", text: "", value: "", isIn: false },
  ])("$why", ({ text, value, isIn }) => {
    expect(new ListState(listOf({}, contentOf("txt", text))).contains(value)).toBe(isIn);
  });

  test("a member that is a text and a number goes and comes back by either", () => {
    const state = new ListState(listOf({}, contentOf("txt", "4111\n")));
    state.apply({ kind: "remove", member: "4111" }, logTimeMs(1));
    expect([state.contains("4111"), state.contains(4111)]).toEqual([false, false]);
  });

  test.each([
    {
      why: "quotes, numbers, truth and nothing",
      value: "A-1",
      found: { name: 'Ann, of "X"', level: 3, isOpen: true, note: null, ...own },
    },
    {
      why: "what is quoted is a text",
      value: 7,
      found: { name: "Bob", level: "3", isOpen: false, note: "a b", ...own },
    },
    { why: "a quoted member is a text alone", value: 8, found: undefined },
    {
      why: "what is no JSON number is a text",
      value: "8",
      found: { name: "Cid", level: "007", isOpen: "no", note: "1e400", ...own },
    },
  ])("a table: $why", ({ value, found }) => {
    expect(find({}, contentOf("csv", accounts), value)).toEqual(found);
  });

  test("a table's rows end with CRLF or LF, cells may hold either, and blank lines are none", () => {
    const text = 'id,note\r\n\r\na,"one\r\ntwo"\r\n\n"b ""q""",x';
    expect(find({}, contentOf("csv", text), "a")).toEqual({ note: "one\r\ntwo", ...own });
    expect(find({}, contentOf("csv", text), 'b "q"')).toEqual({ note: "x", ...own });
  });

  test("`fields` chooses columns; members of the document stand behind those of the file", () => {
    const document: ListDocument = { fields: ["level"], members: [{ member: "A-1", level: 9 }, "new", 8] };
    expect(find(document, contentOf("csv", accounts), "A-1")).toEqual({ level: 9, ...own });
    expect(find(document, contentOf("csv", accounts), 7)).toEqual({ level: "3", ...own });
    expect(find(document, contentOf("csv", accounts), 8)).toEqual(own);
    expect(find(document, contentOf("csv", accounts), "new")).toEqual(own);
  });

  test("blocks and domains of tables", () => {
    const blocks = contentOf("csv", "net,zone\n10.0.0.0/8,a\n10.1.0.0/16,b\n::/0,c\n");
    expect(find({ kind: "cidr" }, blocks, "10.1.2.3")).toEqual({ zone: "b", ...own });
    expect(find({ kind: "cidr" }, blocks, "10.2.2.3")).toEqual({ zone: "a", ...own });
    expect(find({ kind: "cidr" }, blocks, "2001:db8::1")).toEqual({ zone: "c", ...own });
    const domains = contentOf("csv", "domain,kind\nEvil.com.,x\na.evil.com,y\n");
    expect(find({ kind: "suffix" }, domains, "b.A.evil.com")).toEqual({ kind: "y", ...own });
    expect(find({ kind: "suffix" }, domains, "b.evil.com")).toEqual({ kind: "x", ...own });
  });
});

describe("faults", () => {
  const row = (document: ListDocument, content: Parameters<typeof compiling>[1], faults: readonly string[]) => ({
    document,
    content,
    faults,
  });

  test.each([
    {
      why: "lines",
      ...row({ kind: "cidr" }, contentOf("txt", "10.0.0.1\n#\nx\n1.2.3.4/33\n"), [
        'error wrong-value /file line 3: "x" is no address',
        'error wrong-value /file line 4: "1.2.3.4/33" is no address',
      ]),
    },
    {
      why: "a domain",
      ...row({ kind: "suffix" }, contentOf("txt", "a.b\n*.c\n"), [
        'error wrong-value /file line 2: "*.c" is no domain',
      ]),
    },
    {
      why: "a member of the document",
      ...row({ kind: "cidr", members: ["1.1.1.1", 5] }, undefined, ["error wrong-value /members/1 5 is no address"]),
    },
    {
      why: "too few cells",
      ...row({}, contentOf("csv", "a,b\n1\n1,2\n1,2,3\n"), [
        "error wrong-value /file line 2: 1 cells",
        "error wrong-value /file line 4: 3 cells",
      ]),
    },
    {
      why: "an open quote",
      ...row({}, contentOf("csv", 'a,b\n1,2\n3,"x\n'), ["error wrong-value /file line 3: a quote is not closed"]),
    },
    {
      why: "text behind a quote",
      ...row({}, contentOf("csv", 'a,b\n"1"x,2\n'), ["error wrong-value /file line 2: text stands behind"]),
    },
    {
      why: "an empty member",
      ...row({}, contentOf("csv", "a,b\n,2\n"), ["error wrong-value /file line 2: the first cell"]),
    },
    {
      why: "no such column",
      ...row({ fields: ["levl"] }, contentOf("csv", accounts), [
        'error unknown-name /fields/0 the file has no column "levl"; did you mean "level"?',
      ]),
    },
    {
      why: "two columns of one name",
      ...row({}, contentOf("csv", "a,b,b\n1,2,3\n"), ['error duplicate /file two columns are called "b"']),
    },
    {
      why: "a name of every member",
      ...row({}, contentOf("csv", "a,since\n1,2\n"), ["error duplicate /file every member has `since`"]),
    },
    {
      why: "a field of that name",
      ...row({ fields: ["expires"] }, undefined, ["error duplicate /fields/0 every member has `expires`"]),
    },
    {
      why: "a member's field that is not named",
      ...row({ fields: ["level"], members: [{ member: "a", levle: 1 }] }, undefined, [
        'error unknown-name /members/0 the list l has no field "levle"; did you mean "level"?',
      ]),
    },
    {
      why: "no UTF-8",
      ...row({}, contentOf("txt", Uint8Array.of(0x61, 0xff)), ["error wrong-value /file the file is not UTF-8"]),
    },
    {
      why: "no database",
      ...row({}, contentOf("mmdb", "not a database"), ["error wrong-value /file no MaxMind database"]),
    },
    { why: "a ttl of nothing", ...row({ ttl: "0s" }, undefined, ['error wrong-value /ttl "0s" is no time']) },
    {
      why: "written twice",
      ...row({ members: ["a", "b", "a"] }, undefined, ["warning duplicate /members 1 of the members"]),
    },
    {
      why: "a feed",
      ...row({ fields: ["f"], feed: { member: "1 +", fields: ["g"] } }, undefined, [
        "error syntax /feed/member",
        'error unknown-name /feed/fields/0 the list l has no field "g"',
      ]),
    },
  ])("$why", ({ document, content, faults }) => {
    const found = compiling(document, content).faults.map(
      ({ severity, code, pointer, message }) => `${severity} ${code} ${pointer} ${message}`,
    );
    expect(found).toEqual(faults.map((text) => expect.stringContaining(text)));
  });

  test("of a file the first twenty, and how many more", () => {
    const { faults } = compiling({ kind: "cidr" }, contentOf("txt", "x\n".repeat(100)));
    expect(faults.length).toBe(21);
    expect(faults.at(-1)?.message).toBe("80 more lines are at fault");
  });

  test("what is known of fields before anything is compiled", () => {
    expect(knownListOf({ fields: ["a"] }, undefined).fields).toEqual(["a"]);
    expect(knownListOf({}, contentOf("csv", accounts)).fields).toEqual(["name", "level", "isOpen", "note"]);
    expect(knownListOf({}, contentOf("csv", '"a\nb",c\n1,2')).fields).toEqual(["c"]);
    expect(knownListOf({}, contentOf("txt", "a\n")).fields).toBeUndefined();
  });

  test("a member from outside is refused as one of a rule would be", () => {
    expect(memberRefusal("exact", true)).toBe("true is neither a text nor a number");
    expect(memberRefusal("exact", 1)).toBeUndefined();
    expect(memberRefusal("cidr", "x".repeat(200))?.length).toBeLessThan(250);
  });
});

describe("a MaxMind database", () => {
  const records = [
    { block: "1.2.0.0/16", record: { country: { iso: "AU" }, asn: 13335 } },
    { block: "2001:db8::/32", record: { country: { iso: "NL" } } },
  ];
  const content = contentOf("mmdb", mmdbOf(records));

  test("gives the record of the network around an address", () => {
    const { contains } = { contains: (value: unknown) => new ListState(listOf({}, content)).contains(value) };
    expect(listOf({}, content).kind).toBe("cidr");
    expect(find({}, content, "1.2.3.4")).toEqual({ country: { iso: "AU" }, asn: 13335, ...own });
    expect(find({}, content, "::ffff:1.2.3.4")).toEqual({ country: { iso: "AU" }, asn: 13335, ...own });
    expect(find({ fields: ["asn"] }, content, "1.2.3.4")).toEqual({ asn: 13335, ...own });
    expect(find({}, content, "2001:db8:1::1")).toEqual({ country: { iso: "NL" }, ...own });
    expect([contains("1.3.0.1"), contains("2001:db9::1"), contains("x"), contains(1)]).toEqual(Array(4).fill(false));
  });

  test("a network is removed, and a narrower one added", () => {
    const state = new ListState(listOf({}, content));
    const at = logTimeMs(5);
    state.apply({ kind: "add", member: "1.2.3.0/24", fields: { asn: 1 }, ttlMs: undefined }, at);
    expect(state.find("1.2.3.4")).toMatchObject({ asn: 1, since: 5 });
    expect(state.find("1.2.4.4")).toMatchObject({ asn: 13335, since: null });
    state.apply({ kind: "remove", member: "1.2.0.0/16" }, at);
    state.apply({ kind: "remove", member: "1.9.0.0/16" }, at);
    expect([state.contains("1.2.3.4"), state.contains("1.2.4.4"), state.hidden.size]).toEqual([true, false, 1]);
  });

  test("is always of blocks, and alone", () => {
    const { faults } = compiling({ kind: "exact", members: ["a"] }, content);
    expect(faults.map(({ pointer }) => pointer)).toEqual(["/kind", "/members"]);
  });

  test("that is damaged finds nothing, and never throws", () => {
    const bytes = mmdbOf(records);
    for (let place = 0; place < bytes.length; place += 1) {
      const damaged = bytes.slice();
      damaged[place] = (damaged[place] ?? 0) ^ 0x55;
      const { compiled } = compiling({}, contentOf("mmdb", damaged));
      if (compiled === undefined) continue;
      const state = new ListState(compiled);
      for (const value of ["1.2.3.4", "2001:db8::1", "9.9.9.9"]) state.find(value);
    }
  });
});

describe("blocks of addresses in an exact list", () => {
  test.each([
    { why: "IPv4, in a file", document: {}, text: "1.2.3.4\n10.0.0.0/8\n", pointer: "/file" },
    { why: "IPv6, the first of a table", document: {}, csv: "net,who\n2001:db8::/32,a\n", pointer: "/file" },
    { why: "written in the document", document: { members: ["10.0.0.0/8"] }, pointer: "/members" },
    { why: "addresses alone", document: {}, text: "1.2.3.4\n2001:db8::1\n", pointer: undefined },
    { why: "a path", document: {}, text: "/a/12\na:b/12x\n", pointer: undefined },
    { why: "a cidr list", document: { kind: "cidr" as const }, text: "10.0.0.0/8\n", pointer: undefined },
  ])("$why", ({ document, text, csv, pointer }) => {
    const content = csv === undefined ? text && contentOf("txt", text) : contentOf("csv", csv);
    const { compiled, faults } = compiling(document, content || undefined);
    expect(compiled).toBeDefined();
    expect(faults.map((fault) => [fault.severity, fault.pointer])).toEqual(
      pointer === undefined ? [] : [["warning", pointer]],
    );
  });
});
