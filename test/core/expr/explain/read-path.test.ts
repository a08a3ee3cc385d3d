import { expect, test } from "vitest";
import { compileExpression } from "../../../../src/core/expr/compile-expression.ts";
import { eventNames } from "../../../../src/core/expr/names.ts";
import { nameText, readPathsIn } from "../../../../src/core/expr/explain/read-path.ts";
import { contextWith } from "../expr-fixture.ts";

const names = eventNames({ burst: 0 }, { hasHistory: true });

test.each([
  {
    why: "members and indices as they are written",
    text: "device.os[0].name + burst.n",
    paths: ["device.os[0].name", "burst.n"],
  },
  { why: "each once, in the order of reading", text: "a + b * a", paths: ["a", "b"] },
  { why: "an index that is worked out is read by itself", text: "a[b.c]", paths: ["a", "b.c"] },
  { why: "names that CEL cannot spell", text: "input['user-agent']", paths: ['input["user-agent"]'] },
  { why: "not the variables of macros", text: "items.all(x, x.n > limit)", paths: ["items", "limit"] },
  {
    why: "the language's own names",
    text: "[key, now, prev, keySince, meta.id]",
    paths: ["key", "now", "prev", "keySince", "meta.id"],
  },
  { why: "no more than twelve", text: "a+b+c+d+e+f+g+h+i+j+k+l+m+n", paths: "abcdefghijkl".split("") },
])("$why", ({ text, paths }) => {
  const { compiled, faults } = compileExpression(text, "", contextWith({ names }));
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  expect(readPathsIn(compiled.expr, names).map((path) => path.text)).toEqual(paths);
});

test("a slot that no declared name has is not guessed", () => {
  expect(nameText({ kind: "slot", index: 7 }, names)).toBe("?");
});
