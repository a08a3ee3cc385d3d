import { expect, test } from "vitest";
import { eventNames } from "../../../src/core/expr/names.ts";
import { stepHeadOf } from "../../../src/core/pattern/step-head.ts";
import { factFieldsIn, stepNames } from "../../../src/core/pattern/step-names.ts";

const steps = [{ begin: "a" }, { notNext: "n" }, { followedBy: "b" }].map(stepHeadOf);
const names = stepNames(eventNames({ burst: 0, b: 1 }, { members: { burst: ["attempts"] } }), steps, {
  firstSlot: 7,
  visibleCount: 2,
});

test("a step's fact has its slot; outer names stay", () => {
  expect(names.resolve("a")).toEqual({ kind: "slot", index: 7 });
  expect(names.resolve("burst")).toEqual({ kind: "slot", index: 0 });
  expect(names.resolve("user")).toEqual({ kind: "field", name: "user" });
  expect(names.membersOf?.("burst")).toEqual(["attempts"]);
  expect(names.membersOf?.("a")).toContain("distinct");
});

test("neither a later step nor a not-step is to be read, and an outer name of theirs does not shine through", () => {
  expect([names.resolve("b"), names.resolve("n")]).toEqual([undefined, undefined]);
  expect(names.refusalOf?.("b")).toMatch(/only later/);
  expect(names.refusalOf?.("n")).toMatch(/takes no event/);
  expect(names.declared).not.toContain("b");
});

test("a head says its name and contiguity; none and several are counted", () => {
  expect(stepHeadOf({ notFollowedBy: "x" })).toEqual({ key: "notFollowedBy", name: "x", isTaking: false, keyCount: 1 });
  expect(stepHeadOf({}).keyCount).toBe(0);
  expect(stepHeadOf({ next: "x", begin: "y" })).toMatchObject({ key: "begin", name: "y", keyCount: 2 });
});

test("fields that conditions ask sums for are found in CEL and in paths", () => {
  const where = {
    all: [{ fact: "a", path: "$.avg['the amount']", operator: "greaterThan", value: 1 }, 'a.max["x"] > 0'],
  };
  expect(
    factFieldsIn({
      sequence: [
        { begin: "a", where: "a.sum.amount > 1 && summary.x == 1" },
        { next: "b", where },
      ],
    }),
  ).toEqual(["amount", "the amount", "x"]);
});
