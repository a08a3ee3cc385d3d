import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RuleChain, type ChainMember } from "../../../src/core/plan/rule-chain.ts";

function member(name: string, options: Partial<ChainMember> = {}): ChainMember {
  return { name, on: [], readsLists: [], makes: [], writesLists: [], ...options };
}

const textsOf = (members: readonly ChainMember[]) => new RuleChain(members).circles().map(({ text }) => text);

describe("circles", () => {
  test.each([
    {
      why: "none",
      members: [member("a", { on: ["x"], makes: ["y"] }), member("b", { on: ["y"], makes: ["z"] })],
      texts: [],
    },
    { why: "of one", members: [member("a", { on: [">"], makes: ["y"] })], texts: ["a → y → a"] },
    {
      why: "of three, by a wildcard",
      members: [
        member("a", { on: ["x.*"], makes: ["y"] }),
        member("b", { on: ["y"], makes: ["z"] }),
        member("c", { on: ["z"], makes: ["q", "x.1"] }),
      ],
      texts: ["a → y → b → z → c → x.1 → a"],
    },
    {
      why: "through Tocsin's own types, which other wildcards do not see",
      members: [
        member("a", { on: [">"], makes: ["tocsin.alert.a"] }),
        member("b", { on: ["tocsin.>"], makes: ["tocsin.alert.b"] }),
      ],
      texts: ["b → tocsin.alert.b → b"],
    },
    {
      why: "through lists",
      members: [
        member("a", { readsLists: ["l"], makes: ["x"] }),
        member("b", { on: ["x"], writesLists: ["l", "m"] }),
        member("c", { readsLists: ["m"] }),
      ],
      texts: ["a → x → b → list l → a"],
    },
    {
      why: "two that are apart, and what is only behind one",
      members: [
        member("a", { on: ["x"], makes: ["x"] }),
        member("b", { on: ["y", "x"], makes: ["y"] }),
        member("c", { on: ["y"], makes: ["z"] }),
      ],
      texts: ["a → x → a", "b → y → b"],
    },
  ])("$why", ({ members, texts }) => {
    expect(textsOf(members)).toEqual(texts);
  });
});

test("a member's level is one more than that of those that reach it by events; lists decide none", () => {
  const members = [
    member("d", { on: ["z", "y"] }),
    member("a", { on: ["x"], makes: ["y"] }),
    member("b", { on: ["y"], makes: ["z"], writesLists: ["l"] }),
    member("c", { readsLists: ["l"] }),
  ];
  const chain = new RuleChain(members);
  expect(members.map((each) => chain.levelOf(each))).toEqual([2, 0, 1, 0]);
});

test("there is a circle exactly where some member leads back to itself", () => {
  const types = ["p", "q", "r", "s"];
  const members = fc.array(fc.record({ on: fc.subarray(types), makes: fc.subarray(types) }), { maxLength: 6 });
  fc.assert(
    fc.property(members, (all) => {
      const made = all.map((each, index) => member(`m${index}`, each));
      const reached = (from: ChainMember): Set<ChainMember> => {
        const found = new Set<ChainMember>();
        const visit = (at: ChainMember): void => {
          for (const to of made)
            if (!found.has(to) && at.makes.some((type) => to.on?.includes(type) === true)) {
              found.add(to);
              visit(to);
            }
        };
        visit(from);
        return found;
      };
      const inCircles = made.filter((each) => reached(each).has(each));
      const chain = new RuleChain(made);
      const found = chain.circles();
      expect(found.length > 0).toBe(inCircles.length > 0);
      for (const circle of found) for (const each of circle.members) expect(inCircles).toContain(each);
      for (const each of inCircles)
        expect(found.some(({ members: circle }) => circle.some((other) => reached(each).has(other)))).toBe(true);
      if (found.length > 0) return;
      for (const from of made)
        for (const { to } of chain.linksFrom(from)) expect(chain.levelOf(to)).toBeGreaterThan(chain.levelOf(from));
    }),
  );
});
