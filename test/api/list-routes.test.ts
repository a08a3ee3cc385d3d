import { afterEach, describe, expect, test } from "vitest";
import type { ListHandlers } from "../../src/api/list-routes.ts";
import { type ApiServer, startApi } from "../../src/api/server.ts";
import { isJsonObject } from "../../src/core/base/json.ts";
import { listHandlers } from "../../src/main/list-handlers.ts";
import { CepError } from "../../src/ports/error.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { quietHandlers } from "./handlers.ts";
import { listsOnly } from "./lists-only.ts";

const servers: ApiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

async function start(lists: ListHandlers, token?: string) {
  const handlers = { ...quietHandlers, lists };
  const api = await startApi({
    ...{ port: 0, telemetry: recordTelemetry(), handlers },
    ...(token === undefined ? {} : { token }),
  });
  servers.push(api);
  return async (method: string, path: string, body?: string, type = "application/json") => {
    const headers = body === undefined ? {} : { "content-type": type };
    const response = await fetch(api.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const value: unknown = await response.json();
    return [response.status, value] as const;
  };
}

describe("reading", () => {
  test("what lists there are", async () => {
    const call = await start(listsOnly().lists);
    const counts = { added: 0, removed: 0 };
    expect(await call("GET", "/lists")).toEqual([
      200,
      {
        lists: [
          { id: "bins", kind: "exact", ttl: null, fields: ["risk"], documents: 0, ...counts },
          { id: "cards", kind: "exact", ttl: "1h", fields: null, documents: 2, ...counts },
          { id: "nets", kind: "cidr", ttl: null, fields: null, documents: 1, ...counts },
        ],
      },
    ]);
  });

  test("members, page by page", async () => {
    const call = await start(listsOnly().lists);
    await call("POST", "/lists/cards", '["x", "y"]');
    const pages: unknown[] = [];
    for (let cursor = ""; ; ) {
      const [, page] = await call("GET", `/lists/cards?limit=3${cursor}`);
      if (!isJsonObject(page) || !Array.isArray(page["members"])) throw new Error("a page has members");
      pages.push(page["members"].map((view) => isJsonObject(view) && view["member"]));
      if (typeof page["cursor"] !== "string") break;
      cursor = `&cursor=${page["cursor"]}`;
    }
    expect(pages).toEqual([["4111", 5, "x"], ["y"]]);
    expect(await call("GET", "/lists/cards?prefix=x")).toMatchObject([
      200,
      { list: { id: "cards", added: 2 }, members: [{ member: "x", fields: {}, since: 1_000, expires: 3_601_000 }] },
    ]);
  });

  test.each([
    { path: "/lists/cards/4111", answer: [200, { member: "4111", fields: {}, since: null, expires: null }] },
    { path: "/lists/cards/5", answer: [200, { member: 5, fields: {}, since: null, expires: null }] },
    { path: "/lists/nets/10.1.2.3", answer: [200, { member: "10.1.2.3", fields: { owner: "us" } }] },
    { path: "/lists/nets/10.0.0.0%2F8", answer: [200, { fields: { owner: "us" } }] },
    { path: "/lists/cards/nobody", answer: [404, { error: "nobody is not in the list cards" }] },
    { path: "/lists/crds", answer: [404, { error: "there is no list crds; there are bins, cards, nets" }] },
    { path: "/lists/cards?limit=0", answer: [400, { error: "limit is a number from 1 to 1000" }] },
    { path: "/lists/cards?cursor=x", answer: [400, { error: "cursor is what the page before gave" }] },
    {
      path: "/lists/cards?prefx=x",
      answer: [400, { error: "unknown parameter prefx; there are prefix, limit and cursor" }],
    },
    { path: "/lists/%E0", answer: [404, {}] },
    { path: "/lists/", answer: [404, {}] },
  ])("GET $path", async ({ path, answer }) => {
    expect(await (await start(listsOnly().lists))("GET", path)).toMatchObject(answer);
  });
});

describe("adding", () => {
  const added = (member: string | number, fields = {}, ttlMs?: number) => ({ kind: "add", member, fields, ttlMs });

  test.each([
    { why: "one", body: '"x"', changes: [added("x")] },
    { why: "several, of each form", body: '["x", 7, {"member": "y"}]', changes: [added("x"), added(7), added("y")] },
    {
      why: "with fields and a time",
      list: "bins",
      body: '{"member": "4111", "fields": {"risk": 3}, "ttl": "5m"}',
      changes: [added("4111", { risk: 3 }, 300_000)],
    },
    {
      why: "for a time",
      query: "?ttl=1s",
      body: '["x", {"member": "y", "ttl": "2s"}]',
      changes: [added("x", {}, 1_000), added("y", {}, 2_000)],
    },
    {
      why: "without types",
      body: '[{"member": "7", "untyped": true}, {"member": "x7", "untyped": true}]',
      changes: [added("7"), added(7), added("x7")],
    },
    { why: "lines", type: "application/x-ndjson", body: '"x"\n\n{"member":1}\n', changes: [added("x"), added(1)] },
    {
      why: "a table",
      type: "text/csv",
      list: "bins",
      body: 'bin,risk\n"4111",3\n42,high\n',
      changes: [added("4111", { risk: 3 }), added("42", { risk: "high" }), added(42, { risk: "high" })],
    },
    { why: "none", body: "[]", changes: [] },
  ])("$why", async ({ list = "cards", query = "", body, type, changes: expected }) => {
    const { lists, changes } = listsOnly();
    const [status] = await (await start(lists))("POST", `/lists/${list}${query}`, body, type);
    expect([status, changes]).toEqual([200, expected]);
  });

  test.each([
    { why: "a list that is not there", list: "crds", body: '"x"', status: 404, error: "there is no list crds" },
    { why: "no JSON", body: "x", status: 400, error: "not JSON" },
    { why: "no member", body: '["x", true]', status: 400, error: "member 2: a member is a text" },
    { why: "a line", type: "application/x-ndjson", body: '"x"\n\n{}\n', status: 400, error: "line 3: a member is" },
    { why: "a line that is no JSON", type: "application/x-ndjson", body: '"x"\nx', status: 400, error: "line 2 is" },
    { why: "an unknown key", body: '{"member": "x", "feilds": {}}', status: 400, error: "unknown key feilds" },
    { why: "a wrong time", body: '{"member": "x", "ttl": "1"}', status: 400, error: "a `ttl` is a duration" },
    { why: "a wrong time for all", query: "?ttl=1", body: '"x"', status: 400, error: "ttl is a duration" },
    {
      why: "a field that the list has not",
      list: "bins",
      body: '{"member": "x", "fields": {"rsk": 1}}',
      status: 400,
      error: 'no field "rsk"',
    },
    { why: "no address", list: "nets", body: '["10.0.0.1", "x"]', status: 400, error: '"x" is no address' },
    { why: "a text that is too long", body: `"${"x".repeat(5_000)}"`, status: 400, error: "at most 4096 characters" },
    { why: "a table at fault", type: "text/csv", body: "a,b\nx\n", status: 400, error: "line 2: 1 cells" },
    { why: "a plain text", type: "text/plain", body: "x", status: 415, error: "not as text/plain" },
    {
      why: "too deep",
      body: `{"member":"x","fields":{"a":${"[".repeat(80)}${"]".repeat(80)}}}`,
      status: 400,
      error: "64 levels",
    },
    {
      why: "too many",
      body: JSON.stringify(Array.from({ length: 100_001 }, () => "")),
      status: 413,
      error: "at most 100000",
    },
  ])("is refused as a whole: $why", async ({ list = "cards", query = "", body, type, status, error }) => {
    const { lists, changes } = listsOnly();
    const answer = await (await start(lists))("POST", `/lists/${list}${query}`, body, type);
    expect(answer).toEqual([status, { error: expect.stringContaining(error) }]);
    expect(changes).toEqual([]);
  });
});

describe("removing", () => {
  test("the very member, once", async () => {
    const { lists } = listsOnly();
    const call = await start(lists);
    expect(await call("DELETE", "/lists/nets/10.1.2.3")).toEqual([
      404,
      { error: "10.1.2.3 is no member of the list nets" },
    ]);
    for (const path of ["/lists/nets/10.0.0.0%2F8", "/lists/cards/5", "/lists/cards/4111"]) {
      expect(await call("DELETE", path)).toEqual([200, { removed: 1 }]);
      expect((await call("GET", path))[0]).toBe(404);
      expect((await call("DELETE", path))[0]).toBe(404);
    }
    expect((await call("DELETE", "/lists/crds/x"))[0]).toBe(404);
  });

  test("other methods are told", async () => {
    const call = await start(listsOnly().lists);
    expect(await call("PUT", "/lists/cards")).toEqual([405, { error: "/lists/cards takes GET, POST" }]);
    expect(await call("DELETE", "/lists")).toEqual([405, { error: "/lists takes GET" }]);
  });
});

test("all of it asks for the token", async () => {
  const call = await start(listsOnly().lists, "secret");
  for (const [method, path] of [
    ["GET", "/lists"],
    ["GET", "/lists/cards"],
    ["POST", "/lists/cards"],
    ["GET", "/lists/cards/5"],
    ["DELETE", "/lists/cards/5"],
  ] as const)
    expect((await call(method, path))[0]).toBe(401);
});

test("a shard that is not recovered is told so", async () => {
  const call = await start(listHandlers(() => undefined));
  expect(await call("GET", "/lists")).toEqual([
    503,
    { error: "the shard is not recovered yet", code: "STORE_UNAVAILABLE" },
  ]);
  const { lists } = listsOnly();
  const failing = { ...lists, change: () => Promise.reject(new CepError("STORE_UNAVAILABLE", "away")) };
  expect((await (await start(failing))("POST", "/lists/cards", '"x"'))[0]).toBe(503);
});
