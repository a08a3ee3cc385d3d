import { describe, expect, test } from "vitest";
import { joinPlugins } from "../../src/plugin/plugin-set.ts";
import { definePlugin } from "../../src/plugin/plugin.ts";
import { readPlugin } from "../../src/plugin/read-plugin.ts";

const read = (namespace: unknown, path = "plugins/my-plugin.mjs") => readPlugin({ path, namespace, fileHash: "00ff" });

describe("what a module exports", () => {
  test("named, or all in its default export", () => {
    const named = read({ facts: { a: () => 1 } }).plugin;
    const whole = read({ default: definePlugin({ facts: { a: () => 1 } }) }).plugin;
    const commonJs = { facts: { a: () => 1 } };
    const common = read({ ...commonJs, default: commonJs, "module.exports": commonJs }).plugin;
    for (const plugin of [named, whole, common])
      expect(plugin).toMatchObject({
        name: "my-plugin",
        identity: "sha256:00ff",
        facts: [{ name: "a", isAsync: false, isCached: true, priority: 1 }],
      });
  });

  test("its name and version", () => {
    const { plugin } = read({ name: "risk", version: "7", operators: { x: () => true } });
    expect(plugin).toMatchObject({ name: "risk", identity: "version:7", operators: [{ name: "x" }] });
  });

  test("an async function is an asynchronous fact", () => {
    const facts = { a: async () => 1, b: { calculate: async () => 1, cache: false, priority: 3 } };
    expect(read({ facts }).plugin?.facts).toMatchObject([
      { name: "a", isAsync: true },
      { name: "b", isAsync: true, isCached: false, priority: 3 },
    ]);
  });

  test.each([
    { why: "nothing", namespace: {}, fault: /^\/?: exports nothing; a plug-in exports any of name/ },
    { why: "a slip", namespace: { fact: {} }, fault: /^\/fact: unknown export "fact"; did you mean "facts"\?/ },
    {
      why: "what is for later",
      namespace: { aggregates: {} },
      fault: /^\/aggregates: `aggregates` are not in this version yet/,
    },
    {
      why: "no object",
      namespace: { facts: [] },
      fault: /^\/facts: expected an object of facts by name, found a list/,
    },
    {
      why: "no function",
      namespace: { facts: { a: 5 } },
      fault: /^\/facts\/a: expected a function, or an object with `calculate`, found a value of type number/,
    },
    {
      why: "no calculate",
      namespace: { facts: { a: {} } },
      fault: /^\/facts\/a\/calculate: expected a function, found undefined/,
    },
    {
      why: "an unknown key",
      namespace: { facts: { a: { calculate: () => 1, cached: true } } },
      fault: /^\/facts\/a\/cached: unknown key "cached"; did you mean "cache"\?/,
    },
    {
      why: "a name of the language",
      namespace: { facts: { now: () => 1 } },
      fault: /^\/facts\/now: `now` is a name of the language itself/,
    },
    {
      why: "a priority of 0",
      namespace: { facts: { a: { calculate: () => 1, priority: 0 } } },
      fault: /^\/facts\/a\/priority: expected a whole number from 1/,
    },
    {
      why: "an async function that is said to be none",
      namespace: { facts: { a: { calculate: async () => 1, isAsync: false } } },
      fault: /`isAsync` is false/,
    },
    {
      why: "an async operator",
      namespace: { operators: { x: async () => true } },
      fault: /^\/operators\/x: an operator decides at once/,
    },
    {
      why: "json-rules-engine's own operator",
      namespace: { operators: { equal: () => true } },
      fault: /^\/operators\/equal: `equal` is json-rules-engine's own operator/,
    },
    {
      why: "a decorator with a colon",
      namespace: { decorators: { "a:b": () => true } },
      fault: /^\/decorators\/a:b: a decorator needs a name without a colon/,
    },
    {
      why: "json-rules-engine's own decorator",
      namespace: { decorators: { not: () => true } },
      fault: /^\/decorators\/not: `not` is json-rules-engine's own decorator/,
    },
    {
      why: "a channel that is no function",
      namespace: { channels: { pager: {} } },
      fault: /^\/channels\/pager: expected a function from a channel's settings/,
    },
    {
      why: "an empty version",
      namespace: { version: "", facts: {} },
      fault: /^\/version: expected a text that is not empty/,
    },
  ])("refuses $why", ({ namespace, fault }) => {
    const { plugin, lints } = read(namespace);
    expect(plugin).toBeUndefined();
    expect(lints.map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([expect.stringMatching(fault)]);
    expect(lints[0]).toMatchObject({ file: "plugins/my-plugin.mjs", severity: "error" });
  });

  test("tells all faults at once", () => {
    expect(read({ fact: {}, operators: { equal: 1 }, facts: { a: 1 } }).lints).toHaveLength(3);
  });
});

describe("several plug-ins", () => {
  const plugins = [
    read({ name: "one", version: "1", facts: { a: () => 1 }, operators: { x: () => true } }).plugin,
    read({ name: "two", version: "1", channels: { c: () => ({}) } }, "two.mjs").plugin,
  ].filter((plugin) => plugin !== undefined);

  test("may share no name", () => {
    const other = read({ name: "one", operators: { x: () => true } }, "other.mjs").plugin;
    const { lints } = joinPlugins([...plugins, ...(other === undefined ? [] : [other])]);
    expect(lints.map(({ file, pointer, message }) => `${file}${pointer}: ${message}`)).toEqual([
      "other.mjs/name: the plug-in `one` is plugins/my-plugin.mjs's already; give one of them another name",
      "other.mjs/operators/x: the operator `x` is plugins/my-plugin.mjs's already; give one of them another name",
    ]);
  });

  test("one that only has channels is no part of the documents", () => {
    const { set } = joinPlugins(plugins);
    expect(set.records).toMatchObject([{ name: "one", identity: "version:1" }]);
    expect([...set.channels.keys()]).toEqual(["c"]);
  });

  test("what was there before and is gone is an error where it is used, and is told", () => {
    const { set } = joinPlugins(plugins);
    const gone = { name: "gone", identity: "version:9", facts: [], operators: ["old"], decorators: [] };
    const { operators } = set.extensionsFor([...set.records, gone]);
    expect(() => operators.get("old")?.evaluate(1, 2)).toThrow("the plug-in gone, which had old, is not loaded");
    expect(set.differencesFrom([gone, { ...gone, name: "one" }])).toEqual([
      "the plug-in gone (version:9) is not loaded any more",
      "the plug-in one was version:9 and is version:1 now",
    ]);
    expect(set.differencesFrom(set.records)).toEqual([]);
  });
});
