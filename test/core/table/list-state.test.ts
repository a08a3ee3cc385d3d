import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptBytesError } from "../../../src/core/base/bytes.ts";
import { isInCidr, parseCidr, parseIpAddress } from "../../../src/core/expr/function/ip-address.ts";
import { decodeListState, encodeListCounts, encodeListEntry } from "../../../src/core/table/list-codec.ts";
import type { Member } from "../../../src/core/table/list-change.ts";
import type { ListKind, ListProgram } from "../../../src/core/table/list-program.ts";
import { entryAddress } from "../../../src/core/table/list-entry.ts";
import { ListState } from "../../../src/core/table/list-state.ts";
import { logTimeMs } from "../../../src/core/time/instant.ts";
import { listOf } from "./table-kit.ts";

/** Members of each kind that are near each other, and what is looked for. */
const texts: Readonly<Record<ListKind, { readonly members: readonly Member[]; readonly values: readonly unknown[] }>> =
  {
    exact: {
      members: ["a", "b", "1", 1, 0, "", "\ud800", "n1"],
      values: ["a", "b", "1", 1, 0, -0, "", "\ud800", "n1", Number.NaN, null, true, {}, []],
    },
    cidr: {
      members: [
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.3",
        "0.0.0.0/0",
        "::/0",
        "2001:db8::/32",
        "2001:db8::1",
        "::ffff:10.1.0.0/112",
      ],
      values: [
        "10.1.2.3",
        "10.1.9.9",
        "10.9.9.9",
        "11.0.0.1",
        "::1",
        "2001:db8::1",
        "2001:DB8:0::2",
        "::ffff:10.1.2.3",
        "x",
        7,
      ],
    },
    suffix: {
      members: ["evil.com", "a.evil.com", "com", "Evil.ORG.", ".b.a.evil.com", "co.uk"],
      values: [
        "evil.com",
        "EVIL.com.",
        "x.a.evil.com",
        "b.a.evil.com",
        "notevil.com",
        "evil.org",
        "x.co.uk",
        "uk",
        "",
        ".",
        5,
      ],
    },
  };

interface ModelMember {
  readonly member: Member;
  readonly fields: Readonly<Record<string, number>>;
  readonly since: number | null;
  readonly expires: number | null;
  readonly sequence: number;
}

/** The slow way: every member is looked at, at every question. */
class Model {
  readonly kind: ListKind;
  readonly base: readonly ModelMember[];
  readonly countMax: number;
  readonly ttlMs: number | undefined;
  added: ModelMember[] = [];
  hidden: Member[] = [];
  sequence = 0;

  constructor(kind: ListKind, base: readonly Member[], countMax: number, ttlMs: number | undefined) {
    this.kind = kind;
    this.base = base.map((member, n) => ({ member, fields: { n }, since: null, expires: null, sequence: -1 }));
    this.countMax = countMax;
    this.ttlMs = ttlMs;
  }

  isSame(a: Member, b: Member): boolean {
    switch (this.kind) {
      case "exact":
        return a === b;
      case "cidr":
        return JSON.stringify(parseCidr(String(a))) === JSON.stringify(parseCidr(String(b)));
      case "suffix":
        return domain(String(a)) === domain(String(b));
    }
  }

  /** How near the member is to the value; undefined: not at all. */
  nearness(member: Member, value: unknown): number | undefined {
    switch (this.kind) {
      case "exact":
        return member === value ? 0 : undefined;
      case "cidr": {
        const address = typeof value === "string" ? parseIpAddress(value) : undefined;
        const block = parseCidr(String(member));
        if (address === undefined || block === undefined) return undefined;
        return isInCidr(address, block) ? block.prefixLength : undefined;
      }
      case "suffix": {
        if (typeof value !== "string") return undefined;
        const [name, suffix] = [domain(value), domain(String(member))];
        return name === suffix || name.endsWith(`.${suffix}`) ? suffix.length : undefined;
      }
    }
  }

  add(member: Member, n: number, ttlMs: number | undefined, at: number): void {
    const known = this.added.find((other) => this.isSame(other.member, member));
    this.added = this.added.filter((other) => other !== known);
    const lasts = ttlMs ?? this.ttlMs;
    const expires = lasts === undefined ? null : at + lasts;
    this.added.push({ member, fields: { n }, since: known?.since ?? at, expires, sequence: this.sequence });
    this.sequence += 1;
    if (expires === null) this.hidden = this.hidden.filter((other) => !this.isSame(other, member));
    this.added = this.added.slice(-this.countMax);
  }

  remove(member: Member): void {
    this.added = this.added.filter((other) => !this.isSame(other.member, member));
    if (this.base.some((other) => this.isSame(other.member, member))) this.hidden.push(member);
  }

  advance(at: number): void {
    this.added = this.added.filter(({ expires }) => expires === null || expires > at);
  }

  find(value: unknown): unknown {
    const shown = this.base.filter(({ member }) => !this.hidden.some((other) => this.isSame(other, member)));
    let best: { readonly rank: number; readonly found: ModelMember } | undefined;
    for (const found of [...shown, ...this.added]) {
      const rank = this.nearness(found.member, value);
      if (rank !== undefined && (best === undefined || rank >= best.rank)) best = { rank, found };
    }
    if (best === undefined) return undefined;
    const { fields, since, expires } = best.found;
    return { ...fields, since, expires };
  }
}

function domain(text: string): string {
  return text.toLowerCase().replace(/^\.|\.$/g, "");
}

const kinds = fc.constantFrom<ListKind>("exact", "cidr", "suffix");

const scenario = kinds.chain((kind) => {
  const member = fc.constantFrom(...texts[kind].members);
  const change = fc.record({
    kind: fc.constantFrom("add", "add", "remove", "advance"),
    member,
    n: fc.nat(9),
    ttlMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    passedMs: fc.nat(20),
  });
  return fc.record({
    kind: fc.constant(kind),
    base: fc.subarray([...texts[kind].members]),
    countMax: fc.integer({ min: 1, max: 6 }),
    ttlMs: fc.option(fc.constant(15), { nil: undefined }),
    changes: fc.array(change, { maxLength: 40 }),
    cut: fc.nat(40),
  });
});

function programOf(kind: ListKind, base: readonly Member[], countMax: number, ttlMs: number | undefined): ListProgram {
  const members = base.map((member, n) => ({ member, n }));
  return listOf({ kind, members, maxMembers: countMax, ...(ttlMs === undefined ? {} : { ttl: `${ttlMs}ms` }) });
}

function entriesOf(state: ListState): Map<string, Uint8Array> {
  const entries = [...state.added.values(), ...state.hidden.values()];
  return new Map(entries.map((entry) => [entryAddress(entry), encodeListEntry(entry)]));
}

function restored(state: ListState): ListState {
  return decodeListState(state.program, encodeListCounts(state), [...entriesOf(state)].reverse());
}

test("a list answers as one that looks at every member, stopped and restored at any cut too", () => {
  let foundCount = 0;
  fc.assert(
    fc.property(scenario, ({ kind, base: written, countMax, ttlMs, changes, cut }) => {
      // Of members that are one, the last that is written counts.
      const model = new Model(kind, written, countMax, ttlMs);
      let state = new ListState(programOf(kind, written, countMax, ttlMs));
      let at = 1_000;
      for (const [index, change] of changes.entries()) {
        if (index === cut) state = restored(state);
        switch (change.kind) {
          case "add": {
            const fields = { n: change.n };
            state.apply({ kind: "add", member: change.member, fields, ttlMs: change.ttlMs }, logTimeMs(at));
            model.add(change.member, change.n, change.ttlMs, at);
            break;
          }
          case "remove":
            state.apply({ kind: "remove", member: change.member }, logTimeMs(at));
            model.remove(change.member);
            break;
          default:
            at += change.passedMs;
            state.expire(logTimeMs(at));
            model.advance(at);
        }
        for (const value of texts[kind].values) {
          const found = state.find(value);
          expect(found).toEqual(model.find(value));
          expect(state.contains(value)).toBe(found !== undefined);
          if (found !== undefined) foundCount += 1;
        }
        expect(state.added.size).toBe(model.added.length);
      }
    }),
    { numRuns: 300 },
  );
  expect(foundCount).toBeGreaterThan(1_000);
}, 60_000);

describe("changes", () => {
  const at = logTimeMs(100);
  const add = (state: ListState, member: Member, ttlMs?: number, fields = {}) =>
    state.apply({ kind: "add", member, fields, ttlMs }, at);

  test.each([
    { why: "a block that is none", kind: "cidr" as const, member: "10.0.0.0/33" },
    { why: "a number among blocks", kind: "cidr" as const, member: 10 },
    { why: "a wildcard", kind: "suffix" as const, member: "*.evil.com" },
    { why: "no domain", kind: "suffix" as const, member: "a..b" },
  ])("$why is refused and changes nothing", ({ kind, member }) => {
    const state = new ListState(listOf({ kind }));
    expect(add(state, member)).toEqual(expect.stringContaining(JSON.stringify(member)));
    expect([state.added.size, state.dirty.size]).toEqual([0, 0]);
  });

  test("what an addition says nothing of, the document says", () => {
    const state = new ListState(listOf({ members: [{ member: "a", owner: "x", level: 1 }] }));
    add(state, "a", 50, { level: 2 });
    expect(state.find("a")).toEqual({ owner: "x", level: 2, since: 100, expires: 150 });
    state.expire(logTimeMs(150));
    expect(state.find("a")).toEqual({ owner: "x", level: 1, since: null, expires: null });
  });

  test("a removed member of the document is back for ever, or for as long as the addition lasts", () => {
    const state = new ListState(listOf({ members: ["a"] }));
    state.apply({ kind: "remove", member: "a" }, at);
    expect(state.contains("a")).toBe(false);
    add(state, "a", 5);
    expect(state.contains("a")).toBe(true);
    state.expire(logTimeMs(105));
    expect(state.contains("a")).toBe(false);
    add(state, "a");
    state.apply({ kind: "add", member: "a", fields: {}, ttlMs: 5 }, logTimeMs(200));
    state.expire(logTimeMs(205));
    expect(state.contains("a")).toBe(true);
  });

  test("at the limit the member added longest ago goes, however often others were added again", () => {
    const state = new ListState(listOf({ maxMembers: 3 }));
    for (let round = 0; round < 50; round += 1)
      for (const member of ["a", "b", "c"]) expect(add(state, member)).toBe(0);
    add(state, "a");
    expect(add(state, "d")).toBe(1);
    expect([...state.added.values()].map(({ member }) => member)).toEqual(["c", "a", "d"]);
    expect(state.shedCount).toBe(1);
  });

  test("a change makes one entry dirty, and what is gone is said once", () => {
    const state = new ListState(listOf({ members: ["x"] }));
    add(state, "a");
    add(state, "a", 5);
    state.apply({ kind: "remove", member: "x" }, at);
    expect([...state.dirty].map(entryAddress)).toEqual(["+sa", "-sx"]);
    expect([...state.gone]).toEqual([]);
    state.expire(logTimeMs(105));
    add(state, "x");
    expect([...state.dirty].map(entryAddress)).toEqual(["+sx"]);
    expect([...state.gone]).toEqual(["+sa", "-sx"]);
  });
});

describe("bytes", () => {
  const program = listOf({ kind: "exact", members: ["x", "y"] });
  const filled = () => {
    const state = new ListState(program);
    state.apply({ kind: "add", member: "a", fields: { n: [1, { m: null }] }, ttlMs: 5 }, logTimeMs(7));
    state.apply({ kind: "add", member: 2, fields: {}, ttlMs: undefined }, logTimeMs(8));
    state.apply({ kind: "remove", member: "x" }, logTimeMs(8));
    return state;
  };

  test("read back as they were written", () => {
    const state = filled();
    const again = restored(state);
    expect([...again.added]).toEqual([...state.added]);
    expect([...again.hidden]).toEqual([...state.hidden]);
    expect([again.nextSequence, again.shedCount]).toEqual([2, 0]);
    expect(encodeListCounts(again)).toEqual(encodeListCounts(state));
  });

  test("a removal of what the documents no longer have is let go of", () => {
    const other = listOf({ kind: "exact", members: ["y"] });
    const again = decodeListState(other, encodeListCounts(filled()), entriesOf(filled()));
    expect([again.hidden.size, again.added.size]).toEqual([0, 2]);
  });

  test("that are cut or of another version are refused, at every place", () => {
    const state = filled();
    for (const [address, bytes] of entriesOf(state)) {
      for (let length = 0; length < bytes.length; length += 1) {
        const entries = entriesOf(state).set(address, bytes.slice(0, length));
        expect(() => decodeListState(program, encodeListCounts(state), entries)).toThrow(CorruptBytesError);
      }
      const newer = bytes.slice();
      newer[0] = 2;
      const entries = entriesOf(state).set(address, newer);
      expect(() => decodeListState(program, encodeListCounts(state), entries)).toThrow(CorruptBytesError);
      const longer = entriesOf(state).set(address, Uint8Array.from([...bytes, 0]));
      expect(() => decodeListState(program, encodeListCounts(state), longer)).toThrow(CorruptBytesError);
    }
    const elsewhere = new Map([["+sz", encodeListEntry([...state.added.values()][0] ?? { kind: "hidden", key: "" })]]);
    expect(() => decodeListState(program, encodeListCounts(state), elsewhere)).toThrow(CorruptBytesError);
    expect(() => decodeListState(program, encodeListCounts(new ListState(program)), entriesOf(state))).toThrow(
      CorruptBytesError,
    );
  });
});
