import { expect, test } from "vitest";
import { contentHash } from "../../../src/core/rule/plug-ins-used.ts";
import { extensionsOf, factOf } from "../expr/extension-fixture.ts";

const ofVersion = (identity: string) =>
  extensionsOf({ identity, facts: [factOf("score", () => 1)], operators: { 'near "x"': () => true } });

test.each([
  { why: "a fact of the plug-in", content: { fact: "score" }, differs: true },
  { why: "in CEL", content: "score > 5", differs: true },
  { why: "an operator whose name is escaped in JSON", content: { operator: 'not:near "x"' }, differs: true },
  { why: "nothing of it", content: { fact: "amount" }, differs: false },
])("another version decides otherwise in a document that has $why", ({ content, differs }) => {
  const [one, two] = ["version:1", "version:2"].map((identity) => contentHash([content], ofVersion(identity)));
  expect(one !== two).toBe(differs);
});

test("what uses no plug-in has the hash that it has without any", () => {
  expect(contentHash([{ fact: "amount" }], ofVersion("version:1"))).toBe(contentHash([{ fact: "amount" }], undefined));
});
