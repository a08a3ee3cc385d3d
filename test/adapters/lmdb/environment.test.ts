import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LmdbEnvironment, openEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { AssertionError } from "../../../src/core/base/assert.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tocsin.environment-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Opens the folder in another process and answers once it holds it. */
async function holdInChild(folder: string): Promise<{ readonly pid: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "hold-folder.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the child ended with ${code}`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("the child has no pid");
  return {
    pid,
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

describe("ranges", () => {
  const keys = [
    [7, 1],
    [7, 2],
    [7, 2, "a"],
    [7, 10],
    [8, 1],
    [70, 1],
  ];
  const rows: readonly {
    range: Parameters<ReturnType<LmdbEnvironment["json"]>["range"]>[0];
    expected: number[];
    why: string;
  }[] = [
    { range: undefined, expected: [0, 1, 2, 3, 4, 5], why: "no bound is everything, in order" },
    { range: { start: [7], end: [8] }, expected: [0, 1, 2, 3], why: "a prefix by numbers" },
    { range: { start: [7, 2], end: [7, 10] }, expected: [1, 2], why: "start is in, end is out" },
    { range: { start: [7], end: [8], countMax: 2 }, expected: [0, 1], why: "countMax from the start" },
    { range: { start: [7, 2], end: [7, 10], reverse: true }, expected: [2, 1], why: "the same bounds backwards" },
    { range: { start: [7], end: [8], reverse: true, countMax: 1 }, expected: [3], why: "the last of a prefix" },
    { range: { reverse: true, countMax: 1 }, expected: [5], why: "the last of all" },
    { range: { start: [9], end: [10] }, expected: [], why: "nothing there" },
  ];
  test.each(rows)("$why", async ({ range, expected }) => {
    const environment = await openEnvironment(dir);
    const database = environment.json("numbers");
    await environment.transaction(() => keys.forEach((key, index) => database.put(key, index)));
    expect(database.range(range).map(({ value }) => value)).toEqual(expected);
    expect(database.keys(range)).toEqual(database.range(range).map(({ key }) => key));
    expect(database.keys(range)).toEqual(expected.map((index) => keys[index]));
    await environment.close();
  });
});

test("what an action throws comes out as it was, and undoes what the action wrote", async () => {
  const environment = await openEnvironment(dir);
  const [first, second] = [environment.json("first"), environment.bytes("second")];
  await environment.transaction(() => first.put("kept", 1));
  const thrown = new Error("no");
  await expect(
    environment.transaction(() => {
      first.put("kept", 2);
      second.put("gone", Uint8Array.of(1));
      throw thrown;
    }),
  ).rejects.toBe(thrown);
  expect([first.get("kept"), second.get("gone")]).toEqual([1, undefined]);
  await environment.close();
  const reopened = await openEnvironment(dir);
  expect([reopened.json("first").get("kept"), reopened.bytes("second").get("gone")]).toEqual([1, undefined]);
  await reopened.close();
});

test("a write outside a transaction is a bug", async () => {
  const environment = await openEnvironment(dir);
  const database = environment.json("numbers");
  expect(() => database.put("a", 1)).toThrow(AssertionError);
  expect(() => database.remove("a")).toThrow(AssertionError);
  await environment.close();
});

test("listeners hear of transactions that applied, until they are taken off", async () => {
  const environment = await openEnvironment(dir);
  const database = environment.json("numbers");
  const heard: unknown[] = [];
  const stop = environment.onWrite(() => heard.push(database.get("a")));
  await environment.transaction(() => database.put("a", 1));
  const refused = environment.transaction(async () => database.put("a", 3));
  await expect(refused).rejects.toThrow(AssertionError);
  stop();
  await environment.transaction(() => database.put("a", 2));
  expect(heard).toEqual([1]);
  await environment.close();
});

test("a second process is told which folder and which pid, and gets in once the first was killed", async () => {
  const holder = await holdInChild(dir);
  await expect(openEnvironment(dir)).rejects.toMatchObject({
    code: "STORE_IN_USE",
    retryable: false,
    message: expect.stringMatching(new RegExp(`${dir} .*pid ${holder.pid}\\b`)),
  });
  await holder.kill();
  const environment = await openEnvironment(dir);
  expect(environment.json("held").get("by")).toBe(holder.pid);
  await environment.close();
});

test("one process can't open a folder twice, and can again once it is closed", async () => {
  const first = await openEnvironment(dir);
  await expect(openEnvironment(dir)).rejects.toMatchObject({ code: "STORE_IN_USE" });
  await first.close();
  const second = await openEnvironment(dir);
  await second.close();
});

test("a folder that is absent is made, with those above it", async () => {
  const environment = await openEnvironment(join(dir, "a", "b.c"));
  expect(environment.dir).toBe(join(dir, "a", "b.c"));
  await environment.close();
});

test("a file in the folder's place is a fault of the configuration", async () => {
  writeFileSync(join(dir, "file"), "x");
  await expect(openEnvironment(join(dir, "file"))).rejects.toMatchObject({ code: "CONFIG" });
});

test("a data file that is not lmdb's is STORE_DAMAGED", async () => {
  writeFileSync(join(dir, "data.mdb"), "no database at all ".repeat(1000));
  await expect(openEnvironment(dir)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});

test("an entry that is not JSON is STORE_DAMAGED", async () => {
  const environment = await openEnvironment(dir);
  const database = environment.bytes("numbers");
  await environment.transaction(() => database.put("a", Uint8Array.of(123)));
  expect(() => environment.json("numbers").get("a")).toThrow(expect.objectContaining({ code: "STORE_DAMAGED" }));
  await environment.close();
});

test.skipIf(process.getuid?.() !== 0)(
  "a full disk is STORE_FULL, changes nothing, and passes once there is room (mounts a tmpfs: needs root)",
  async () => {
    const disk = join(dir, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
    try {
      const environment = await openEnvironment(join(disk, "store"));
      const [blobs, count] = [environment.bytes("blobs"), environment.json("count")];
      let written = 0;
      const fill = async (): Promise<void> => {
        for (; written < 100; written += 1) {
          await environment.transaction(() => {
            blobs.put(written, new Uint8Array(100_000));
            count.put("n", written);
          });
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "STORE_FULL", retryable: true });
      expect(statfsSync(disk).bavail).toBeLessThan(100);
      expect([count.get("n"), blobs.range().length]).toEqual([written - 1, written]);
      execFileSync("mount", ["-o", "remount,size=32m", disk]);
      await fill();
      await environment.close();
      const reopened = await openEnvironment(join(disk, "store"));
      expect([reopened.json("count").get("n"), reopened.bytes("blobs").range().length]).toEqual([99, 100]);
      await reopened.close();
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  },
);
