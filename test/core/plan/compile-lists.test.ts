import { expect, test } from "vitest";
import { compileLists, knownListsOf } from "../../../src/core/plan/compile-lists.ts";
import { documentSetOf } from "../shard/scenario.ts";

test("lists come in the order of their ids, each with the lists that its feed reads, and with its faults", () => {
  const set = documentSetOf({
    lists: [
      { id: "b", fields: ["f"], feed: { where: "inList(u, 'c') && notInList(u, 'a')", member: "u" } },
      { id: "a", members: ["x", "x"] },
      { id: "c", kind: "cidr", members: ["x"] },
    ],
  });
  const lists = knownListsOf(set);
  expect([...lists]).toEqual([
    ["b", { fields: ["f"] }],
    ["a", { fields: undefined }],
    ["c", { fields: undefined }],
  ]);
  const { compiled, faults } = compileLists(set, { patterns: new Map(), named: new Map(), lists });
  expect(compiled.map(({ program, listsRead }) => [program.id, listsRead])).toEqual([
    ["a", []],
    ["b", ["a", "c"]],
  ]);
  expect(faults.map(({ kind, id, fault }) => [kind, id, fault.severity])).toEqual([
    ["list", "a", "warning"],
    ["list", "c", "error"],
  ]);
});
