import { describe, expect, test } from "vitest";
import { runInMemory } from "./memory-cli.ts";
import { jsonSchemas } from "../../src/spec/json-schema.ts";

const kinds = Object.keys(jsonSchemas());

describe("tocsin schema", () => {
  test("prints all, by name", async () => {
    const { status, out } = await runInMemory(["schema"]);
    expect(status).toBe(0);
    expect(Object.keys(JSON.parse(out))).toEqual(kinds);
    expect(kinds).toEqual(expect.arrayContaining(["rule", "pattern", "define", "config"]));
  });

  test.each(kinds)("prints %s alone", async (kind) => {
    const all = await runInMemory(["schema"]);
    const { status, out, written } = await runInMemory(["schema", kind]);
    expect([status, written]).toEqual([0, {}]);
    expect({ [kind]: JSON.parse(out) }).toEqual(
      Object.fromEntries(Object.entries(JSON.parse(all.out)).filter(([name]) => name === kind)),
    );
  });

  test("writes each to its file", async () => {
    const { status, out, written } = await runInMemory(["schema", "--out", "here"]);
    expect([status, out]).toEqual([0, ""]);
    expect(Object.keys(written)).toEqual(kinds.map((kind) => `here/${kind}.schema.json`));
    expect(JSON.parse(written["here/rule.schema.json"] ?? "")).toEqual(
      JSON.parse((await runInMemory(["schema", "rule"])).out),
    );
  });

  test("writes one to its file", async () => {
    const { written } = await runInMemory(["schema", "pattern", "--out", "here"]);
    expect(Object.keys(written)).toEqual(["here/pattern.schema.json"]);
  });

  test.each([
    {
      why: "a typing error, with the nearest",
      kind: "rul",
      message: "tocsin schema: there is no schema rul; did you mean rule?\n",
    },
    {
      why: "nothing near",
      kind: "quite-another",
      message: `tocsin schema: there is no schema quite-another; there are ${kinds.join(", ")}\n`,
    },
    {
      why: "what every object has",
      kind: "toString",
      message: `tocsin schema: there is no schema toString; there are ${kinds.join(", ")}\n`,
    },
  ])("refuses $why", async ({ kind, message }) => {
    expect(await runInMemory(["schema", kind])).toMatchObject({ status: 2, out: "", err: message });
  });
});
