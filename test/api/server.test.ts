import { once } from "node:events";
import { createServer, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { IngestMessage } from "../../src/api/ingest-body.ts";
import type { ApiHandlers, IngestProducer } from "../../src/api/routes.ts";
import { type ApiOptions, type ApiServer, startApi } from "../../src/api/server.ts";
import { defaultHttpPort } from "../../src/spec/config-schema.ts";
import { CepError } from "../../src/ports/error.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { noLists, quietHandlers } from "./handlers.ts";

const servers: ApiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

interface Ingested {
  readonly texts: string[];
  readonly producer: IngestProducer | undefined;
}

async function start(
  options: Partial<Omit<ApiOptions, "handlers">> & { handlers?: Partial<ApiHandlers> } = {},
): Promise<{ api: ApiServer; ingested: Ingested[]; telemetry: ReturnType<typeof recordTelemetry> }> {
  const ingested: Ingested[] = [];
  const telemetry = recordTelemetry();
  const handlers: ApiHandlers = {
    unreadyReasons: () => [],
    metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "tocsin_rules 1\n" }),
    status: async () => ({ shard: 0 }),
    lists: noLists,
    async ingest(messages: readonly IngestMessage[], producer) {
      ingested.push({ texts: messages.map((message) => Buffer.from(message.bytes).toString()), producer });
      return 41;
    },
    ...options.handlers,
  };
  // 0 asks for any free port.
  const api = await startApi({ port: 0, telemetry, ...options, handlers });
  servers.push(api);
  return { api, ingested, telemetry };
}

const ndjson = { "content-type": "application/x-ndjson" };

describe("probes", () => {
  test("alive, ready, metrics and status", async () => {
    const { api } = await start();
    const seen: unknown[] = [];
    for (const path of ["/healthz", "/readyz", "/metrics", "/status?x=1"]) {
      const response = await fetch(api.url + path);
      seen.push([response.status, await response.text()]);
    }
    expect(seen).toEqual([
      [200, '{"status":"alive"}\n'],
      [200, '{"status":"ready"}\n'],
      [200, "tocsin_rules 1\n"],
      [200, '{"shard":0}\n'],
    ]);
  });

  test("not ready says why, and is alive all the same", async () => {
    const { api } = await start({ handlers: { unreadyReasons: () => ["recovering from 17", "the store is down"] } });
    const ready = await fetch(`${api.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: "not ready", reasons: ["recovering from 17", "the store is down"] },
    ]);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  });

  test("other paths and methods", async () => {
    const { api } = await start();
    expect((await fetch(`${api.url}/toString`)).status).toBe(404);
    const wrong = await fetch(`${api.url}/events`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await fetch(`${api.url}/healthz`, { method: "HEAD" })).status).toBe(200);
  });

  test("a handler that throws is a 500 that tells nothing, and a line in the log", async () => {
    const { api, telemetry } = await start({ handlers: { status: () => Promise.reject(new Error("inner")) } });
    const response = await fetch(`${api.url}/status`);
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining("inner")]);
    expect(telemetry.lines).toMatchObject([{ level: "error" }]);
  });
});

describe("POST /events", () => {
  test("is answered once the events are durable, and not before", async () => {
    let finish = (_sequence: number): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const durable = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const { api, telemetry } = await start({
      handlers: {
        ingest: () => {
          begun();
          return durable;
        },
      },
    });
    let isAnswered = false;
    const answered = fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: '{"a":1}\n{"a":2}\n' }).then(
      (response) => {
        isAnswered = true;
        return response;
      },
    );
    await hasBegun;
    await fetch(`${api.url}/healthz`);
    expect(isAnswered).toBe(false);
    finish(9);
    const response = await answered;
    expect([response.status, await response.json()]).toEqual([202, { accepted: 2, lastSequence: 9 }]);
    expect(telemetry.counts.get("tocsin_http_events_total")).toBe(2);
  });

  test("a named producer is handed on", async () => {
    const { api, ingested } = await start();
    const headers = { ...ndjson, "Tocsin-Producer": "fw-1", "Tocsin-Producer-Sequence": "17" };
    await fetch(`${api.url}/events`, { method: "POST", headers, body: "{}" });
    expect(ingested).toEqual([{ texts: ["{}"], producer: { name: "fw-1", sequence: 17 } }]);
  });

  const badProducers = [
    { "Tocsin-Producer": "a" },
    { "Tocsin-Producer-Sequence": "1" },
    { "Tocsin-Producer": "a", "Tocsin-Producer-Sequence": "-1" },
    { "Tocsin-Producer": "a", "Tocsin-Producer-Sequence": "9007199254740993" },
  ];
  test.each(badProducers)("a producer that is not whole is refused: %j", async (given) => {
    const { api, ingested } = await start();
    const response = await fetch(`${api.url}/events`, { method: "POST", headers: { ...ndjson, ...given }, body: "{}" });
    expect(response.status).toBe(400);
    expect(ingested).toEqual([]);
  });

  test("without a source for it there is none", async () => {
    const api = await startApi({ port: 0, telemetry: recordTelemetry(), handlers: quietHandlers });
    servers.push(api);
    expect((await fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "{}" })).status).toBe(404);
  });

  test("a body that is too large, declared or not", async () => {
    const { api, ingested } = await start({ bodySizeMax: 100 });
    const declared = await fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "x".repeat(101) });
    expect(declared.status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 3; chunk += 1) controller.enqueue(Buffer.alloc(50, "x"));
        controller.close();
      },
    });
    const streamed = await fetch(`${api.url}/events`, {
      method: "POST",
      headers: ndjson,
      body: chunks,
      duplex: "half",
    });
    expect(streamed.status).toBe(413);
    expect((await fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "x".repeat(100) })).status).toBe(
      202,
    );
    expect(ingested).toHaveLength(1);
  });

  test("bodies have a bound in all, and what one held is given back", async () => {
    const { api } = await start({ receivingSizeMax: 150 });
    const post = (size: number): Promise<Response> =>
      fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "x".repeat(size) });
    const refused = await post(151);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    for (let round = 0; round < 4; round += 1) expect((await post(140)).status).toBe(202);
  });

  const failures = [
    {
      why: "a full store",
      error: new CepError("STORE_FULL", "full", { retryable: true, retryAfterMs: 2_500 }),
      retryAfter: "3",
    },
    {
      why: "a store that is away",
      error: new CepError("STORE_UNAVAILABLE", "away", { retryable: true }),
      retryAfter: "1",
    },
    {
      why: "what sending again does not mend",
      error: new CepError("STORE_FULL", "too many producers"),
      retryAfter: null,
    },
  ];
  test.each(failures)("$why: 503, Retry-After $retryAfter", async ({ error, retryAfter }) => {
    const { api } = await start({ handlers: { ingest: () => Promise.reject(error) } });
    const response = await fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "{}" });
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      503,
      retryAfter,
      { error: error.message, code: error.code },
    ]);
  });

  test("a client that goes away in the middle of its body leaves nothing behind", async () => {
    const { api, ingested } = await start({ receivingSizeMax: 100 });
    const socket = connect(api.port, "127.0.0.1");
    socket.write(
      "POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 90\r\n\r\n{}\n",
    );
    await once(socket, "connect");
    await fetch(`${api.url}/healthz`);
    socket.destroy();
    await once(socket, "close");
    const post = (): Promise<Response> =>
      fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "y".repeat(100) });
    for (let round = 0; round < 200 && (await post()).status !== 202; round += 1);
    expect(ingested.at(-1)?.texts).toEqual(["y".repeat(100)]);
    expect(ingested.every(({ texts }) => texts[0] !== "{}")).toBe(true);
  });
});

describe("the token", () => {
  const rows = [
    { why: "none given", authorization: undefined, status: 401 },
    { why: "another one", authorization: "Bearer other", status: 401 },
    { why: "another scheme", authorization: "Basic s3cret", status: 401 },
    { why: "the beginning of it", authorization: "Bearer s3cre", status: 401 },
    { why: "the token", authorization: "bearer s3cret", status: 202 },
  ];
  test.each(rows)("$why: $status", async ({ authorization, status }) => {
    const { api, ingested } = await start({ token: "s3cret" });
    const headers = authorization === undefined ? ndjson : { ...ndjson, authorization };
    expect((await fetch(`${api.url}/events`, { method: "POST", headers, body: "{}" })).status).toBe(status);
    expect(ingested).toHaveLength(status === 202 ? 1 : 0);
    expect((await fetch(`${api.url}/status`, { headers })).status).toBe(status === 202 ? 200 : 401);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
  });
});

describe("the port", () => {
  test("a configured one that is taken is an error that names it", async () => {
    const { api } = await start();
    await expect(start({ port: api.port })).rejects.toMatchObject({
      code: "CONFIG",
      message: expect.stringContaining(String(api.port)),
    });
  });

  test("the default one that is taken gives way to a free one, with a warning", async () => {
    const holder = createServer();
    holder.once("error", () => undefined);
    // Where somebody else has it already, it is taken all the same.
    await new Promise<void>((resolve) => {
      holder.once("error", () => resolve());
      holder.listen(defaultHttpPort, "127.0.0.1", resolve);
    });
    const telemetry = recordTelemetry();
    const api = await startApi({ telemetry, handlers: quietHandlers });
    servers.push(api);
    expect(api.port).not.toBe(defaultHttpPort);
    expect(telemetry.lines).toMatchObject([
      { level: "warn", message: expect.stringContaining(String(defaultHttpPort)) },
    ]);
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    await new Promise((resolve) => holder.close(resolve));
  });

  test("a host that is not this machine's is an error", async () => {
    await expect(start({ host: "192.0.2.1" })).rejects.toMatchObject({ code: "CONFIG" });
  });

  test("closing waits for what is under way and for no idle connection", async () => {
    let finish = (_sequence: number): void => undefined;
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { api } = await start({
      handlers: {
        ingest: () => {
          begun();
          return new Promise((resolve) => {
            finish = resolve;
          });
        },
      },
    });
    const idle = connect(api.port, "127.0.0.1");
    idle.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(idle, "data");
    const answered = fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "{}" });
    await hasBegun;
    const closed = api.close(60_000);
    await once(idle, "close");
    finish(1);
    const response = await answered;
    expect([response.status, response.headers.get("connection")]).toEqual([202, "close"]);
    await response.text();
    await closed;
    await expect(fetch(`${api.url}/healthz`)).rejects.toBeInstanceOf(TypeError);
  });

  test("closing cuts what does not end", async () => {
    const { api } = await start({ handlers: { ingest: () => new Promise(() => undefined) } });
    const answered = fetch(`${api.url}/events`, { method: "POST", headers: ndjson, body: "{}" });
    await fetch(`${api.url}/healthz`);
    await Promise.all([expect(answered).rejects.toBeInstanceOf(TypeError), api.close(1)]);
  });

  test("a connection serves one request after the other", async () => {
    const { api } = await start();
    const socket = connect(api.port, "127.0.0.1");
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    for (let round = 1; round <= 3; round += 1) {
      socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      await once(socket, "data");
    }
    expect(text.split("HTTP/1.1 200").length - 1).toBe(3);
    socket.destroy();
  });
});
