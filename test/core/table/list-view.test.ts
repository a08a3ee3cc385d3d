import { describe, expect, test } from "vitest";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import { noDocuments } from "../../../src/core/plan/document-set.ts";
import type { ListContent, Member } from "../../../src/core/table/list-change.ts";
import { ListState } from "../../../src/core/table/list-state.ts";
import { firstPlace, hasMember, pageMembers, summaryOf, viewMember } from "../../../src/core/table/list-view.ts";
import type { MemberPlace, MemberView } from "../../../src/core/table/list-view.ts";
import { logTimeMs } from "../../../src/core/time/instant.ts";
import type { ListDocument } from "../../../src/spec/list.ts";

function stateOf(document: ListDocument, text?: string): ListState {
  const bytes = new TextEncoder().encode(text ?? "");
  const format = document.file?.endsWith(".csv") === true ? "csv" : "txt";
  const content: ListContent | undefined = text === undefined ? undefined : { format, sha256: "", bytes };
  const { plan, faults } = compilePlan({ ...noDocuments, lists: [{ id: "l", document, content }] });
  const [program] = plan?.lists ?? [];
  if (program === undefined) throw new Error(JSON.stringify(faults));
  return new ListState(program);
}

const add = (state: ListState, member: Member, at = 0, ttlMs?: number) =>
  state.apply({ kind: "add", member, fields: {}, ttlMs }, logTimeMs(at));

/** Goes through all pages. */
function allMembers(state: ListState, prefix = "", countMax = 2): readonly MemberView[] {
  const all: MemberView[] = [];
  for (let from: MemberPlace = firstPlace; ; ) {
    const { members, next } = pageMembers(state, { prefix, from, countMax });
    expect(members.length).toBeLessThanOrEqual(countMax);
    all.push(...members);
    if (next === undefined) return all;
    from = next;
  }
}

describe("pages", () => {
  test("give each member once: of the file, of the document, then what was added", () => {
    const state = stateOf({ file: "l.txt", members: ["z", 7] }, "b\n5\na\nb\n");
    add(state, "n", 10, 5);
    add(state, "a", 20);
    state.apply({ kind: "remove", member: "z" }, logTimeMs(30));
    expect(allMembers(state)).toEqual([
      { member: "5", fields: {}, since: null, expires: null },
      { member: "b", fields: {}, since: null, expires: null },
      { member: 7, fields: {}, since: null, expires: null },
      { member: "n", fields: {}, since: 10, expires: 15 },
      { member: "a", fields: {}, since: 20, expires: null },
    ]);
    expect(allMembers(state, "", 100)).toEqual(allMembers(state, "", 1));
    expect(summaryOf(state)).toEqual({
      ...{ id: "l", kind: "exact", ttlMs: undefined, fields: undefined },
      counts: { documents: 5, added: 2, removed: 1 },
    });
  });

  test.each([
    { kind: "cidr", file: "10.0.0.0/8\n::1\n10.1.0.0/16\n", members: ["10.0.0.0/8", "10.1.0.0/16", "::1"] },
    { kind: "suffix", file: "Evil.com\n.sub.evil.com\n", members: ["evil.com", "sub.evil.com"] },
  ] as const)("of a list of kind $kind", ({ kind, file, members }) => {
    const state = stateOf({ kind, file: "l.txt" }, file);
    expect(allMembers(state).map(({ member }) => member)).toEqual(members);
    const [first = ""] = members;
    state.apply({ kind: "remove", member: first }, logTimeMs(0));
    expect(allMembers(state).map(({ member }) => member)).toEqual(members.slice(1));
  });

  test("give those that begin so, with the fields of a table", () => {
    const state = stateOf({ file: "l.csv" }, "bin,risk\n4111,3\n4222,high\n5111,\n");
    expect(allMembers(state, "4")).toEqual([
      { member: "4111", fields: { risk: 3 }, since: null, expires: null },
      { member: "4222", fields: { risk: "high" }, since: null, expires: null },
    ]);
  });

  test("look at 50,000 members at most", () => {
    const state = stateOf({ file: "l.txt" }, Array.from({ length: 60_000 }, (_, index) => `m${index}\n`).join(""));
    const first = pageMembers(state, { prefix: "m59999", from: firstPlace, countMax: 10 });
    expect(first).toEqual({ members: [], next: { part: "documents", row: 50_000 } });
    expect(allMembers(state, "m59999").map(({ member }) => member)).toEqual(["m59999"]);
  });
});

test("a member is what a condition finds; the very member is another thing", () => {
  const state = stateOf({ kind: "cidr", members: [{ member: "10.0.0.0/8", owner: "us" }] });
  add(state, "10.9.0.0/16", 3);
  expect(viewMember(state, "10.1.1.1")).toEqual({
    ...{ member: "10.1.1.1", fields: { owner: "us" } },
    ...{ since: null, expires: null },
  });
  expect(viewMember(state, "10.9.1.1")).toMatchObject({ since: 3 });
  expect(viewMember(state, "11.1.1.1")).toBeUndefined();
  const has = () => ["10.1.1.1", "10.0.0.0/8", "10.9.0.0/16", "no address"].map((member) => hasMember(state, member));
  expect(has()).toEqual([false, true, true, false]);
  state.apply({ kind: "remove", member: "10.0.0.0/8" }, logTimeMs(0));
  expect(has()).toEqual([false, false, true, false]);
});
