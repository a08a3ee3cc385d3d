import { describe, expect, inject, test } from "vitest";
import { connectRedis } from "../../../src/adapters/redis/connection.ts";
import { startRedis } from "../../servers/redis.ts";
import { freePort } from "../../servers/test-server.ts";

const ping = { name: "ping", lua: "return { KEYS[1], ARGV[1], tonumber(ARGV[2]) }" };

test("runs commands and scripts, and has nothing to warn of a server that keeps what it is given", async () => {
  const connection = await connectRedis({ url: inject("redisUrl") });
  expect(connection.warnings).toEqual([]);
  expect(await connection.run((redis) => redis.ping())).toBe("PONG");
  await connection.run((redis) => redis.script("FLUSH"));
  for (const attempt of [1, 2])
    expect(await connection.runScript(ping, ["k"], ["a", attempt])).toEqual(["k", "a", attempt]);
  await connection.close();
  await expect(connection.run((redis) => redis.ping())).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
});

describe("what is wrong at the start is told at once, and without the password", () => {
  test("nobody listens", async () => {
    const port = await freePort();
    const refused = connectRedis({ url: `redis://user:secret@127.0.0.1:${port}`, connectMsMax: 300 });
    await expect(refused).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      retryable: true,
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port} .*ECONNREFUSED`)),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  });

  const urls: readonly { url: string; why: string }[] = [
    { url: "no url, secret", why: "no URL" },
    { url: "http://user:secret@localhost:6379", why: "another protocol" },
    { url: "localhost:6379", why: "a host that reads as a protocol" },
  ];
  test.each(urls)("$why", async ({ url }) => {
    const refused = connectRedis({ url });
    await expect(refused).rejects.toMatchObject({ code: "CONFIG", retryable: false });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
  });

  test("a wrong password, and none", async () => {
    const server = await startRedis({ args: ["--requirepass", "right"] });
    const at = (user: string): string => server.url.replace("//", `//${user}`);
    for (const user of [":secret@", ""]) {
      const refused = connectRedis({ url: at(user) });
      await expect(refused).rejects.toMatchObject({ code: "CONFIG", retryable: false });
      await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
    }
    const connection = await connectRedis({ url: at(":right@") });
    expect(connection.address).toBe(`127.0.0.1:${server.port}`);
    await connection.close();
    await server.stop();
  });
});

test("a server that may forget is warned of", async () => {
  const server = await startRedis({ args: ["--appendonly", "no", "--maxmemory-policy", "allkeys-lru"] });
  const connection = await connectRedis({ url: server.url });
  expect(connection.warnings).toEqual([expect.stringContaining("allkeys-lru"), expect.stringContaining("appendonly")]);
  await connection.close();
  await server.stop();
});

test("commands fail while the server is down, none is kept for later, and it is found again by itself", async () => {
  const server = await startRedis();
  const connection = await connectRedis({ url: server.url });
  await connection.run((redis) => redis.set("a", 1));
  await server.kill();
  const down = { code: "STORE_UNAVAILABLE", retryable: true };
  await expect(connection.run((redis) => redis.incr("a"))).rejects.toMatchObject(down);
  await expect(connection.runScript(ping, ["k"], ["a", 1])).rejects.toMatchObject(down);
  await expect(connection.whenReady(10)).rejects.toMatchObject(down);
  let closeCount = 0;
  await connection.run(async (redis) => {
    await new Promise((resolve) => redis.once("reconnecting", resolve));
    redis.on("close", () => {
      closeCount += 1;
    });
  });
  await expect(connection.run((redis) => redis.incr("a"))).rejects.toMatchObject(down);
  // It did not wait for the next attempt to connect.
  expect(closeCount).toBe(0);
  await server.restart();
  await connection.whenReady(20_000);
  expect(await connection.run((redis) => redis.get("a"))).toBe("1");
  await connection.close();
  await server.stop();
});

test("a server that hangs counts as gone after the time for a reply, and the command is not sent again", async () => {
  const server = await startRedis({ args: ["--enable-debug-command", "local"] });
  const connection = await connectRedis({ url: server.url, replyMsMax: 100 });
  const other = await connectRedis({ url: server.url });
  const asleep = other.run((redis) => redis.call("DEBUG", "SLEEP", "1"));
  await expect(connection.run((redis) => redis.incr("hung"))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await asleep;
  await connection.whenReady(20_000);
  // It was on its way already: carried out at most once.
  expect(Number((await connection.run((redis) => redis.get("hung"))) ?? 0)).toBeLessThanOrEqual(1);
  await connection.close();
  await other.close();
  await server.stop();
});
