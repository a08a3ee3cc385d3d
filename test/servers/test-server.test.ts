import { existsSync } from "node:fs";
import { connect } from "node:net";
import { describe, expect, inject, test } from "vitest";
import { findBinary, serverBinary } from "./binary.ts";
import { startNats } from "./nats.ts";
import { startRedis } from "./redis.ts";
import type { TestServer } from "./test-server.ts";

/** Sends `request` and gives what comes back first; undefined where nobody listens. */
function ask(port: number, request: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(undefined));
    socket.once("data", (bytes) => {
      resolve(bytes.toString("utf8"));
      socket.destroy();
    });
    socket.write(request);
  });
}

const rows: readonly { name: string; start: () => Promise<TestServer>; request: string; reply: RegExp }[] = [
  { name: "redis", start: startRedis, request: "PING\r\n", reply: /^\+PONG/ },
  { name: "nats", start: startNats, request: "", reply: /^INFO .*"jetstream":true/ },
];

describe.each(rows)("a private $name server", ({ start, request, reply }) => {
  test("serves, dies by kill, comes back on the same port and folder, and leaves nothing behind", async () => {
    const server = await start();
    const { pid, port, dir } = server;
    expect(await ask(port, request)).toMatch(reply);
    await server.kill();
    expect(await ask(port, request)).toBeUndefined();
    expect(existsSync(dir)).toBe(true);
    await server.restart();
    expect([server.port, server.dir, server.pid === pid]).toEqual([port, dir, false]);
    expect(await ask(port, request)).toMatch(reply);
    await server.stop();
    expect(await ask(port, request)).toBeUndefined();
    expect(existsSync(dir)).toBe(false);
  });
});

test("redis keeps what it acknowledged over a SIGKILL", async () => {
  const server = await startRedis();
  expect(await ask(server.port, "SET a 1\r\n")).toBe("+OK\r\n");
  await server.restart();
  expect(await ask(server.port, "GET a\r\n")).toBe("$1\r\n1\r\n");
  await server.stop();
});

test("a server that can't start tells its last words and leaves no folder", async () => {
  await expect(startRedis({ args: ["--no-such-option", "x"] })).rejects.toThrow(
    /redis-server on port \d+ ended with 1:[^]*no-such-option/,
  );
});

test("both shared servers are there", async () => {
  expect(await ask(Number(new URL(inject("redisUrl")).port), "PING\r\n")).toMatch(/^\+PONG/);
  expect(await ask(Number(new URL(inject("natsUrl")).port), "")).toMatch(/^INFO /);
});

test("programs are found outside of PATH, and an unknown one is not", async () => {
  expect(findBinary("no-such-server")).toBeUndefined();
  expect(await serverBinary("nats-server", "nats-server")).toMatch(/nats-server$/);
});
