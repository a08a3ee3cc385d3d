import { describe, expect, test } from "vitest";
import { listsOnly } from "../api/lists-only.ts";
import type { CliWorld } from "./memory-cli.ts";
import { linesOf, runInMemory } from "./memory-cli.ts";

/** `tocsin list …` of a service with the lists cards, nets and bins. */
function listWorld(world: CliWorld = {}) {
  const { lists, changes } = listsOnly();
  return {
    changes,
    run: (...args: readonly string[]) => runInMemory(["list", ...args], { lists, ...world }),
  };
}

describe("show", () => {
  test("all lists", async () => {
    const { run } = listWorld();
    expect(await run("show")).toMatchObject({
      status: 0,
      err: "",
      out: [
        "bins  exact  0 of its documents, 0 added, 0 removed  fields risk",
        "cards  exact  2 of its documents, 0 added, 0 removed  ttl 1h",
        "nets  cidr  1 of its documents, 0 added, 0 removed",
        "",
      ].join("\n"),
    });
    expect(linesOf((await run("show", "--format", "ndjson")).out)[2]).toMatchObject({ id: "nets", documents: 1 });
  });

  test("the members of one", async () => {
    const { run } = listWorld();
    await run("add", "cards", "x", "--field", "why=stolen", "--ttl", "5s");
    const { status, out, err } = await run("show", "cards");
    expect([status, err]).toEqual([0, "cards  exact  2 of its documents, 1 added, 0 removed  ttl 1h\n"]);
    expect(out).toBe('4111\n5\nx  {"why":"stolen"}  since 1970-01-01T00:00:01.000Z  until 1970-01-01T00:00:06.000Z\n');
    expect(await run("show", "cards", "--prefix", "4", "--format", "ndjson")).toMatchObject({
      ...{ status: 0, err: "" },
      out: '{"member":"4111","fields":{},"since":null,"expires":null}\n',
    });
    expect(await run("show", "cards", "--limit", "2")).toMatchObject({
      ...{ status: 0, out: "4111\n5\n" },
      err: expect.stringContaining("there are more: --limit 20"),
    });
  });

  test("one member, as a condition would find it", async () => {
    const { run } = listWorld();
    expect(await run("show", "nets", "10.1.2.3")).toMatchObject({ status: 0, out: '10.1.2.3  {"owner":"us"}\n' });
    expect(await run("show", "nets", "11.1.2.3")).toMatchObject({
      ...{ status: 1, out: "" },
      err: "tocsin list: 11.1.2.3 is not in the list nets\n",
    });
  });
});

describe("add and remove", () => {
  test("members, with fields and for a time", async () => {
    const { run, changes } = listWorld();
    const fields = ["--field", "risk=3", "--field", "why=a=b"];
    expect(await run("add", "cards", "x", "7", "--ttl", "1m", ...fields)).toMatchObject({
      ...{ status: 0, out: "2 members added to cards\n", err: "" },
    });
    const added = { kind: "add", fields: { risk: 3, why: "a=b" }, ttlMs: 60_000 };
    expect(changes).toEqual(["x", "7", 7].map((member) => ({ ...added, member })));
    expect(await run("remove", "cards", "x", "5")).toMatchObject({ status: 0, out: "2 members removed from cards\n" });
    expect(await run("remove", "cards", "nobody", "4111")).toMatchObject({
      ...{ status: 1, out: "1 member removed from cards\n" },
      err: "tocsin list: nobody is no member of the list cards\n",
    });
  });

  test.each([
    { why: "an unknown list", args: ["add", "crds", "x"], says: "there is no list crds; there are bins, cards, nets" },
    { why: "no address", args: ["add", "nets", "x"], says: '"x" is no address' },
    { why: "a field that is none", args: ["add", "cards", "x", "--field", "risk"], says: "write name=value" },
    { why: "no time", args: ["add", "cards", "x", "--ttl", "5"], says: "Write it with a unit" },
    { why: "no members", args: ["add", "cards"], says: "missing required argument 'members'" },
    { why: "no address of the service", args: ["--url", "nowhere", "show"], says: "no address" },
    { why: "an unknown list to show", args: ["show", "crds"], says: "there is no list crds" },
  ])("$why ends with 2", async ({ args, says }) => {
    const { run, changes } = listWorld();
    expect(await run(...args)).toMatchObject({ status: 2, out: "", err: expect.stringContaining(says) });
    expect(changes).toEqual([]);
  });
});

describe("import", () => {
  const added = (member: string | number, fields = {}) => ({ kind: "add", member, fields, ttlMs: undefined });

  test.each([
    { why: "lines", path: "a.txt", text: "# cards\nx\n 7 \n\n", changes: [added("x"), added("7"), added(7)] },
    {
      why: "a table",
      path: "a.csv",
      text: 'bin,risk\n"4111",3\n',
      list: "bins",
      changes: [added("4111", { risk: 3 })],
    },
    { why: "NDJSON", path: "a.ndjson", text: '"x"\n{"member":7}\n', changes: [added("x"), added(7)] },
    {
      why: "blocks",
      path: "a.txt",
      text: "10.1.0.0/16\n::1\n",
      list: "nets",
      changes: [added("10.1.0.0/16"), added("::1")],
    },
  ])("$why", async ({ path, text, list = "cards", changes }) => {
    const world = listWorld({ files: { [path]: text } });
    expect(await world.run("import", list, path)).toMatchObject({ status: 0, err: "" });
    expect(world.changes).toEqual(changes);
  });

  test("standard input, as it is said to be", async () => {
    const { run, changes } = listWorld({ stdin: "bin,risk\nx,1\n" });
    expect(await run("import", "bins", "-", "--format", "csv")).toMatchObject({
      status: 0,
      out: "1 member added to bins\n",
    });
    expect(changes).toEqual([added("x", { risk: 1 })]);
  });

  test("many, some thousands at a time", async () => {
    const text = Array.from({ length: 25_000 }, (_, index) => `m${index}\n`).join("");
    const { run, changes } = listWorld({ files: { "a.txt": text } });
    expect(await run("import", "cards", "a.txt")).toMatchObject({ status: 0, out: "25,000 members added to cards\n" });
    expect(changes).toHaveLength(25_000);
  });

  test("a file at fault, or none, ends with 2; what was added before a refusal is told", async () => {
    const bad = `${Array.from({ length: 10_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}\n`).join("")}x\n`;
    const { run, changes } = listWorld({ files: { "a.csv": "a,b\nx\n", "b.txt": bad } });
    expect(await run("import", "bins", "a.csv")).toMatchObject({
      status: 2,
      err: expect.stringContaining("a.csv: line 2"),
    });
    expect(await run("import", "bins", "c.txt")).toMatchObject({
      status: 2,
      err: expect.stringContaining("can't be read"),
    });
    expect(changes).toEqual([]);
    expect(await run("import", "nets", "b.txt")).toMatchObject({
      status: 2,
      err: expect.stringContaining("10,000 members before were added"),
    });
  });
});

test("where no service runs, that is said, and it ends with 1", async () => {
  expect(await runInMemory(["list", "show"])).toMatchObject({
    ...{ status: 1, out: "" },
    err: "tocsin list: no service answers at http://here (ECONNREFUSED); start it with `tocsin run`, or name it with --url\n",
  });
});

test("a token that is asked for is sent; a wrong one is told", async () => {
  expect(await listWorld({ token: "secret" }).run("show", "cards", "5")).toMatchObject({ status: 0 });
  expect(await listWorld({ token: "another" }).run("show")).toMatchObject({
    status: 1,
    err: expect.stringContaining("TOCSIN_HTTP_TOKEN"),
  });
});
