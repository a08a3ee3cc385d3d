import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseWebhookSecret, webhookHeaders } from "../../../src/adapters/channel-webhook/standard-webhook.ts";
import { retryAfterMs, webhookChannel } from "../../../src/adapters/channel-webhook/webhook-channel.ts";
import { recordOf } from "../../../src/core/notify/effect-record.ts";
import { plainSecret } from "../../contract/plain-secret.ts";
import { deliveryOf } from "../../contract/sample-delivery.ts";
import { alarmEffect, alertEffect } from "../../contract/sample-effects.ts";

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const now = 1_700_000_000_000;
const clock = { now: () => now };

let server: Server;
let received: Received[];
let answer: (response: ServerResponse, request: IncomingMessage) => void;
beforeEach(async () => {
  received = [];
  answer = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function address(): string {
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? `http://127.0.0.1:${bound.port}` : "";
}

function channelTo(url: string, more: Partial<Parameters<typeof webhookChannel>[0]> = {}) {
  return webhookChannel({ name: "hook", url: plainSecret(url), clock, ...more });
}

const options = { timeoutMs: 5_000 };

describe("Standard Webhooks 1.0.0", () => {
  test("the signature is that of the vector", () => {
    const keys = [parseWebhookSecret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")];
    const body = '{"type":"alert.firing","timestamp":"2023-11-14T22:13:20Z","data":{"id":"a1"}}';
    expect(webhookHeaders({ id: "msg_1", at: 1_700_000_000_999, body, keys })).toEqual({
      "webhook-id": "msg_1",
      "webhook-timestamp": "1700000000",
      "webhook-signature": "v1,5bTGILHwT3KHFK8XWUSpqYOAckweBo84b5+4hFEplkE=",
    });
  });

  test("in rotation there is a signature of each key; without a key there is none", () => {
    const [a, b] = [new Uint8Array(24).fill(1), new Uint8Array(24).fill(2)];
    expect(webhookHeaders({ id: "d", at: 0, body: "", keys: [a, b] })["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(webhookHeaders({ id: "d", at: 0, body: "", keys: [] })).toEqual({
      "webhook-id": "d",
      "webhook-timestamp": "0",
    });
  });

  test.each([
    { why: "no prefix", secret: Buffer.alloc(24).toString("base64") },
    { why: "too short", secret: `whsec_${Buffer.alloc(23).toString("base64")}` },
    { why: "too long", secret: `whsec_${Buffer.alloc(65).toString("base64")}` },
    { why: "no base64", secret: "whsec_!!!!MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3" },
  ])("a secret that is not one is refused: $why", ({ secret }) => {
    expect(() => parseWebhookSecret(secret)).toThrow(expect.objectContaining({ code: "CONFIG" }));
    expect(() => parseWebhookSecret(secret)).not.toThrow(secret.slice(6));
  });
});

test("an alert is posted whole, the same at every attempt but for the time", async () => {
  let at = now;
  const channel = channelTo(`${address()}/hook?token=t`, {
    clock: { now: () => at },
    secret: plainSecret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
  });
  const delivery = deliveryOf();
  expect(await channel.send(delivery, options)).toEqual({ kind: "delivered" });
  at += 60_000;
  await channel.send(delivery, options);
  const [first, second] = received;
  expect(first?.url).toBe("/hook?token=t");
  expect(first?.headers).toMatchObject({
    "content-type": "application/json",
    "webhook-id": delivery.id,
    "webhook-timestamp": "1700000000",
  });
  expect(JSON.parse(first?.body ?? "")).toEqual({
    type: "alert.firing",
    timestamp: "2023-11-14T22:13:20.000Z",
    data: recordOf(delivery.effect),
  });
  expect(second?.body).toBe(first?.body);
  expect(second?.headers["webhook-id"]).toBe(delivery.id);
  expect(second?.headers["webhook-timestamp"]).toBe("1700000060");
  expect(second?.headers["webhook-signature"]).not.toBe(first?.headers["webhook-signature"]);
});

test("what is no alert says what it is", async () => {
  await channelTo(address()).send(deliveryOf(alarmEffect(1)), options);
  expect(JSON.parse(received[0]?.body ?? "")).toEqual({ type: "alarm", data: recordOf(alarmEffect(1)) });
});

test.each([
  { status: 200, headers: {}, expected: { kind: "delivered" } },
  { status: 202, headers: {}, expected: { kind: "delivered" } },
  { status: 400, headers: {}, expected: { kind: "permanent", reason: "HTTP 400" } },
  { status: 404, headers: {}, expected: { kind: "permanent", reason: "HTTP 404" } },
  { status: 410, headers: {}, expected: { kind: "permanent", reason: "HTTP 410" } },
  { status: 408, headers: {}, expected: { kind: "retryable", reason: "HTTP 408" } },
  {
    status: 429,
    headers: { "retry-after": "17" },
    expected: { kind: "retryable", reason: "HTTP 429", afterMs: 17_000 },
  },
  { status: 429, headers: {}, expected: { kind: "retryable", reason: "HTTP 429" } },
  { status: 500, headers: {}, expected: { kind: "retryable", reason: "HTTP 500" } },
  {
    status: 503,
    headers: { "retry-after": "Tue, 14 Nov 2023 22:14:20 GMT" },
    expected: { kind: "retryable", reason: "HTTP 503", afterMs: 60_000 },
  },
])("HTTP $status with $headers", async ({ status, headers, expected }) => {
  answer = (response) => response.writeHead(status, headers).end("whatever the body says");
  expect(await channelTo(address()).send(deliveryOf(), options)).toEqual(expected);
});

test.each([
  { header: "0", expected: 0 },
  { header: " 5 ", expected: 5_000 },
  { header: "Tue, 14 Nov 2023 22:13:10 GMT", expected: 0 },
  { header: "-5", expected: 0 },
  { header: "soon", expected: undefined },
  { header: null, expected: undefined },
])("Retry-After $header", ({ header, expected }) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});

test.each([301, 302, 307, 308])("a redirect (%i) is not followed", async (status) => {
  answer = (response) => response.writeHead(status, { location: `${address()}/elsewhere` }).end();
  expect(await channelTo(address()).send(deliveryOf(), options)).toMatchObject({ kind: "permanent" });
  expect(received.map(({ url }) => url)).toEqual(["/"]);
});

test.each([
  { why: "no answer at all", hang: () => undefined },
  {
    why: "an answer that stops in its body",
    hang: (response: ServerResponse) => void response.writeHead(200).write("x"),
  },
])("who hangs is given up in time: $why", async ({ hang }) => {
  answer = hang;
  expect(await channelTo(address()).send(deliveryOf(), { timeoutMs: 150 })).toMatchObject({
    kind: "retryable",
    reason: expect.stringContaining("no answer in time"),
  });
});

test("an answer without end is not read to it", async () => {
  let writtenBytes = 0;
  answer = (response, request) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (!request.socket.destroyed && response.write(chunk)) writtenBytes += chunk.length;
    };
    response.on("drain", more);
    more();
  };
  expect(await channelTo(address()).send(deliveryOf(), options)).toEqual({ kind: "delivered" });
  expect(writtenBytes).toBeLessThan(64 * 1024 * 1024);
});

test("a connection that breaks or can't be made is a passing failure, and tells nothing of the path", async () => {
  answer = (_response, request) => request.socket.destroy();
  const broken = await channelTo(`${address()}/T0KEN`).send(deliveryOf(), options);
  const { host } = new URL(address());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const refused = await channelTo(`http://${host}/T0KEN`).send(deliveryOf(), options);
  expect([broken, refused]).toMatchObject([
    { kind: "retryable" },
    { kind: "retryable", reason: `${host}: ECONNREFUSED` },
  ]);
  expect(JSON.stringify([broken, refused])).not.toContain("T0KEN");
});

test("an address that is refused is never reached", async () => {
  const result = await channelTo(address(), { refuseAddress: async (url) => `${url.hostname} is private` }).send(
    deliveryOf(alertEffect(1)),
    options,
  );
  expect(result).toEqual({ kind: "permanent", reason: "127.0.0.1 is private" });
  expect(received).toEqual([]);
});

test.each(["ftp://x/y", "hooks.example.org", "", "http://user:T0KEN@x/"])(
  "a URL that can't be used is refused: %s",
  (url) => {
    expect(() => channelTo(url)).toThrow(expect.objectContaining({ code: "CONFIG" }));
    expect(() => channelTo(url)).not.toThrow("T0KEN");
  },
);
