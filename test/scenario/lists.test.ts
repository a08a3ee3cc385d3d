import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { isJsonObject } from "../../src/core/base/json.ts";
import { buildProgram, install } from "./tocsin-process.ts";
import type { Installation } from "./tocsin-process.ts";

// The real program, started, changed from outside, killed and started again.

beforeAll(() => buildProgram(), 240_000);

let installed: Installation | undefined;
afterEach(() => installed?.remove());

const rule = `
id: blocked-card
on: [pay]
conditions: {all: [{fact: card, operator: inList, value: blocked}]}
`;

const settings = {
  ...{ dataDir: "data", sources: [{ kind: "local", idle: "1h" }], http: { port: 0, token: "${env:LISTS_TOKEN}" } },
  documents: { rules: ["rule.yaml"], lists: ["blocked.txt"] },
  ...{ channels: { out: { kind: "file", path: "alerts.ndjson" } }, defaultChannels: ["out"] },
  checkpoint: { interval: "1h" },
};

async function pay(url: string, id: string, card: string): Promise<void> {
  const response = await fetch(`${url}/events`, {
    method: "POST",
    // A command that runs meanwhile holds this process up for longer than a connection is kept.
    headers: { "content-type": "application/json", authorization: "Bearer s3cret", connection: "close" },
    body: JSON.stringify({ id, type: "pay", card, time: 1_700_000_000_000 }),
  });
  expect(response.status).toBe(202);
}

/** Names of the events that led to an alert, once there are so many of them. */
async function alerted(dir: string, count: number): Promise<readonly unknown[]> {
  for (let attempt = 0; ; attempt += 1) {
    const text = await readFile(join(dir, "alerts.ndjson"), "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line !== "");
    if (lines.length >= count || attempt > 300)
      return lines.flatMap((line) => {
        const value: unknown = JSON.parse(line);
        const alert = isJsonObject(value) && isJsonObject(value["alert"]) ? value["alert"] : value;
        return isJsonObject(alert) ? (alert["evidence"] ?? []) : [];
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("a member that is added from the command line decides at once, and after a SIGKILL and another file on the disk", async () => {
  process.env["LISTS_TOKEN"] = "s3cret";
  installed = await install(settings, { "rule.yaml": rule, "blocked.txt": "card-1\n" });
  const { dir, run } = installed;
  const first = installed.start();
  const url = await first.ready();
  const list = (...args: readonly string[]) => run("list", "--url", url, ...args);
  await pay(url, "e1", "card-1");
  await pay(url, "e2", "card-2");
  expect(await alerted(dir, 1)).toEqual(["e1"]);

  expect(list("add", "blocked", "card-2", "--field", "why=stolen")).toEqual({
    ...{ status: 0, output: "1 member added to blocked\n" },
  });
  expect(list("remove", "blocked", "card-1")).toMatchObject({ status: 0 });
  await pay(url, "e3", "card-1");
  await pay(url, "e4", "card-2");
  expect(await alerted(dir, 2)).toEqual(["e1", "e4"]);
  expect(list("show", "blocked", "card-1").status).toBe(1);
  expect(list("show", "blocked", "--format", "ndjson").output).toContain(
    '{"member":"card-2","fields":{"why":"stolen"}',
  );
  expect(list("add", "blokced", "x")).toMatchObject({
    status: 2,
    output: expect.stringContaining("there are blocked"),
  });

  await first.kill("SIGKILL");
  expect(run("list", "--url", url, "show")).toMatchObject({
    ...{ status: 1, output: expect.stringContaining("no service answers at") },
  });
  // What was in force is in the store: the file on the disk comes after what was read under the other.
  await installed.write("blocked.txt", "card-3\n");
  const second = installed.start();
  const again = await second.ready();
  await second.logged("documents are in force");
  for (const [id, card] of [
    ["e5", "card-1"],
    ["e6", "card-2"],
    ["e7", "card-3"],
  ] as const)
    await pay(again, id, card);
  expect(await alerted(dir, 4)).toEqual(["e1", "e4", "e6", "e7"]);
  const status: unknown = await (
    await fetch(`${again}/status`, { headers: { authorization: "Bearer s3cret" } })
  ).json();
  expect(status).toMatchObject({
    shard: { lists: [{ id: "blocked", counts: { documents: 1, added: 1, removed: 0 } }] },
  });
  expect(await (await fetch(`${again}/metrics`)).text()).toContain('tocsin_list_members{list="blocked",of="added"} 1');
  expect(await second.kill("SIGTERM")).toBe(0);
}, 120_000);
