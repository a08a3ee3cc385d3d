import fc from "fast-check";
import { expect, test } from "vitest";
import { compileTypeFilters } from "../../../src/core/event/type-filter.ts";
import { TypeGroups } from "../../../src/core/plan/type-groups.ts";

const token = fc.constantFrom("a", "b", "tocsin", "");
const type = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join("."));
const filter = fc
  .array(fc.oneof({ weight: 2, arbitrary: token }, fc.constantFrom("*", ">")), { minLength: 1, maxLength: 3 })
  .map((tokens) => tokens.join("."));

test("a type leads to the members whose filters it fits, each once", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(filter, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
      fc.array(type, { minLength: 1, maxLength: 8 }),
      (members, types) => {
        const index = new TypeGroups();
        for (const [member, filters] of members.entries())
          index.add(member, filters, member % 3 === 0 ? "released" : "arrival");
        for (const each of [...types, ...types]) {
          const { arrival, released } = index.of(each);
          const found = (groups: readonly number[]) =>
            groups.flatMap((group) => index.groups[group] ?? []).sort((a, b) => a - b);
          const fitting = [...members.keys()].filter((member) => compileTypeFilters(members[member] ?? [])(each));
          expect(found(arrival)).toEqual(fitting.filter((member) => member % 3 !== 0));
          expect(found(released)).toEqual(fitting.filter((member) => member % 3 === 0));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("many members of many types are few groups a type", () => {
  const index = new TypeGroups();
  for (let member = 0; member < 10_000; member += 1) index.add(member, [`t.${member % 100}`], "arrival");
  index.add(10_000, ["t.*"], "arrival");
  expect(index.of("t.5").arrival).toHaveLength(2);
  for (let each = 0; each < 25_000; each += 1) expect(index.of(`u.${each}`).arrival).toHaveLength(0);
});
