import { describe, expect, test } from "vitest";
import type { Expr } from "../../../../src/core/expr/ast.ts";
import type { Evaluate } from "../../../../src/core/expr/closure/closure.ts";
import { compileCall } from "../../../../src/core/expr/closure/compile-call.ts";
import { ExprError } from "../../../../src/core/expr/expr-error.ts";
import { evaluate, scopeOf } from "../expr-fixture.ts";

const fields = {
  n: 12,
  s: "abc",
  ip: "10.1.2.3",
  v6: "2001:db8::1",
  blocks: ["10.0.0.0/8", "192.168.0.0/16"],
  badBlocks: ["10.0.0.0/99"],
  none: null,
  map: { a: 1, none: null },
};

describe("arguments", () => {
  test.each([
    { why: "one", text: "size(s)", value: 3 },
    { why: "two, as a method", text: "s.startsWith('ab')", value: true },
    { why: "two, as a function", text: "startsWith(s, 'b')", value: false },
    { why: "three", text: "between(n, 1, 12)", value: true },
    { why: "four", text: "distanceKm(0.0, 0.0, 0.0, 0.0)", value: 0 },
    { why: "an error of the first is the call's", text: "startsWith(1 / 0, 5)", value: "error:division-by-zero" },
    { why: "an error of the second is the call's", text: "startsWith(s, 1 / 0)", value: "error:division-by-zero" },
    { why: "the leftmost error of several", text: "between(n, 1 / 0, s.x)", value: "error:division-by-zero" },
    { why: "an error of the last of three", text: "between(n, 1, 1 / 0)", value: "error:division-by-zero" },
    { why: "of a type that is not taken", text: "size(n)", value: "error:type" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });

  test("behind an error none is evaluated", () => {
    const failed = new ExprError("argument", "on purpose");
    const parts = [1, failed, 3];
    const evaluated: unknown[] = [];
    const compile =
      (expr: Expr): Evaluate =>
      () => {
        const value = expr.kind === "literal" ? parts[Number(expr.value)] : undefined;
        evaluated.push(value);
        return value;
      };
    const args = parts.map((_, index): Expr => ({ kind: "literal", value: index }));
    for (const count of [2, 3]) {
      evaluated.length = 0;
      const call = compileCall({ frame: [], compile }, { kind: "call", name: "between", args: args.slice(0, count) });
      expect(call(scopeOf({ fields }))).toBe(failed);
      expect(evaluated).toEqual([1, failed]);
    }
  });
});

describe("exists never errs on what is absent", () => {
  test.each([
    { why: "a value", text: "exists(n)", value: true },
    { why: "null is nothing", text: "exists(none)", value: false },
    { why: "an absent name", text: "exists(absent)", value: false },
    { why: "a member", text: "exists(map.a)", value: true },
    { why: "a member that is null", text: "exists(map.none)", value: false },
    { why: "through what has no members", text: "exists(n.a.b)", value: false },
    { why: "through what is absent", text: "exists(absent.a.b)", value: false },
    { why: "any other error stays one", text: "exists(1 / 0)", value: "error:division-by-zero" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});

describe("matches", () => {
  test.each([
    { why: "a literal pattern, anywhere", text: "s.matches('b')", value: true },
    { why: "case counts", text: "s.matches('B')", value: false },
    { why: "of no text", text: "n.matches('1')", value: "error:type" },
    { why: "a pattern that is none", text: "s.matches(n)", value: "error:type" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });

  test("more patterns than are kept are still told apart", () => {
    const call = compileCall(
      {
        frame: [],
        compile: (expr) => (scope) => (expr.kind === "literal" ? scope.slots[Number(expr.value)] : undefined),
      },
      {
        kind: "call",
        name: "matches",
        args: [
          { kind: "literal", value: 0 },
          { kind: "literal", value: 1 },
        ],
      },
    );
    for (const round of [0, 1]) {
      for (let index = 0; index < 300; index += 1) {
        expect(call(scopeOf({ slots: [`x${index}x`, `x${index + round}x`] }))).toBe(round === 0);
      }
    }
  });
});

describe("inCidr", () => {
  test.each([
    { why: "a block of the document", text: "inCidr(ip, '10.0.0.0/8')", value: true },
    { why: "several", text: "inCidr(ip, ['192.168.0.0/16', '10.1.0.0/16'])", value: true },
    { why: "none of them", text: "inCidr(ip, ['192.168.0.0/16', '10.2.0.0/16'])", value: false },
    { why: "of the other family", text: "inCidr(v6, '10.0.0.0/8')", value: false },
    { why: "version 6", text: "inCidr(v6, '2001:db8::/32')", value: true },
    { why: "blocks out of the event", text: "inCidr(ip, blocks)", value: true },
    { why: "what is no address is in no block", text: "inCidr(s, '10.0.0.0/8')", value: false },
    { why: "what is no text", text: "inCidr(n, '10.0.0.0/8')", value: "error:type" },
    { why: "nor out of the event", text: "inCidr(n, blocks)", value: "error:type" },
    { why: "bad blocks out of the event", text: "inCidr(ip, badBlocks)", value: "error:argument" },
  ])("$why: $text", ({ text, value }) => {
    expect(evaluate(text, { fields })).toEqual(value);
  });
});
