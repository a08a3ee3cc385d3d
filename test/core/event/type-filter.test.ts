import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileTypeFilters } from "../../../src/core/event/type-filter.ts";
import { fitsTypeFilter } from "../../oracle/type-filter.ts";

describe("one filter", () => {
  test.each([
    { why: "itself", filter: "auth.login", sees: ["auth.login"] },
    {
      why: "no part of it, nothing behind it",
      filter: "auth.login",
      not: ["auth", "auth.login.failed", "auth.logins"],
    },
    { why: "letters as they are", filter: "auth.login", not: ["Auth.login", "auth.LOGIN"] },
    { why: "* is one token", filter: "auth.*", sees: ["auth.login", "auth.*"] },
    { why: "* is neither none nor two", filter: "auth.*", not: ["auth", "auth.login.failed"] },
    { why: "* in the middle", filter: "a.*.c", sees: ["a.b.c"], not: ["a.c", "a.b.b.c", "a.b.d"] },
    { why: "* at the beginning", filter: "*.login", sees: ["auth.login"], not: ["login", "a.b.login"] },
    { why: "several *", filter: "*.*", sees: ["a.b"], not: ["a", "a.b.c"] },
    { why: "* within a token is a letter", filter: "auth.log*", sees: ["auth.log*"], not: ["auth.login"] },
    { why: "> is one token or more", filter: "payment.>", sees: ["payment.a", "payment.a.b.c"] },
    { why: "> is not none", filter: "payment.>", not: ["payment", "payments.a"] },
    { why: "> alone is every type", filter: ">", sees: ["a", "a.b.c", "event"] },
    { why: "* and > together", filter: "*.login.>", sees: ["a.login.b"], not: ["a.login", "a.b.login.c"] },
    { why: "> but at the end is a letter", filter: "a.>.c", sees: ["a.>.c"], not: ["a.b.c"] },
    { why: "a number that became text", filter: "4625", sees: ["4625"], not: ["46250"] },
    { why: "an empty token of a type is a token", filter: "a.*", sees: ["a."], not: ["a.."] },
    { why: "no wildcard sees Tocsin's own types", filter: ">", not: ["tocsin.alert.card-testing", "tocsin.x"] },
    { why: "not even one that would fit", filter: "*.alert.*", sees: ["my.alert.r"], not: ["tocsin.alert.r"] },
    { why: "tocsin.> sees them", filter: "tocsin.>", sees: ["tocsin.alert.r"], not: ["tocsin", "tocsins.alert"] },
    { why: "tocsin with a * too", filter: "tocsin.*.r", sees: ["tocsin.alert.r"], not: ["tocsin.alert.q"] },
    { why: "and the very name", filter: "tocsin.alert.r", sees: ["tocsin.alert.r"] },
    { why: "only the prefix with its dot is Tocsin's", filter: ">", sees: ["tocsin", "tocsinology.a", "a.tocsin.b"] },
  ])("$filter: $why", ({ filter, sees = [], not = [] }) => {
    const matches = compileTypeFilters([filter]);
    expect([...sees, ...not].filter(matches)).toEqual(sees);
  });
});

describe("several filters", () => {
  test("any of them may fit", () => {
    const matches = compileTypeFilters(["auth.login", "payment.>"]);
    expect(["auth.login", "payment.a.b", "auth.logout", "tocsin.x"].filter(matches)).toEqual([
      "auth.login",
      "payment.a.b",
    ]);
  });

  test("one that sees Tocsin's own types opens them to no other", () => {
    const matches = compileTypeFilters([">", "tocsin.alert.a"]);
    expect(["tocsin.alert.a", "tocsin.alert.b", "b"].filter(matches)).toEqual(["tocsin.alert.a", "b"]);
  });

  test("none at all sees nothing", () => {
    expect(compileTypeFilters([])("a")).toBe(false);
  });
});

test("filters agree with their definition", () => {
  const token = fc.constantFrom("a", "b", "tocsin", "");
  const type = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join("."));
  const filter = fc
    .array(fc.oneof(token, fc.constantFrom("*", ">", "tocsin")), { minLength: 1, maxLength: 4 })
    .map((tokens) => tokens.join("."));
  fc.assert(
    fc.property(
      fc.array(filter, { maxLength: 3 }),
      fc.array(type, { minLength: 1, maxLength: 8 }),
      (filters, types) => {
        const matches = compileTypeFilters(filters);
        const expected = types.map((each) => filters.some((one) => fitsTypeFilter(one, each)));
        expect(types.map(matches)).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
});
