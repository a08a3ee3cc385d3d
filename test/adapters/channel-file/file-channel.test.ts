import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileChannel } from "../../../src/adapters/channel-file/file-channel.ts";
import { recordOf } from "../../../src/core/notify/effect-record.ts";
import { deliveryOf } from "../../contract/sample-delivery.ts";
import { alarmEffect, alertEffect, deadLetterEffect } from "../../contract/sample-effects.ts";

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tocsin-file-channel-"));
  path = join(dir, "alerts.ndjson");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const options = { timeoutMs: 1_000 };

test("each delivery is a line with the effect's record and the delivery's id, in the order given", async () => {
  const channel = fileChannel({ name: "file", path });
  const deliveries = [alertEffect(1), deadLetterEffect(2, 'a\nb"\u2028'), alarmEffect(3)].map((effect) =>
    deliveryOf(effect),
  );
  const results = await Promise.all(deliveries.map((delivery) => channel.send(delivery, options)));
  expect(results).toEqual(deliveries.map(() => ({ kind: "delivered" })));
  await channel.close();
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
    deliveries.map(({ id, effect }) => ({ ...recordOf(effect), delivery: id })),
  );
});

test("it appends to what is there, also after it was closed", async () => {
  writeFileSync(path, '{"before":true}\n');
  for (const number of [1, 2]) {
    const channel = fileChannel({ name: "file", path });
    await channel.send(deliveryOf(alertEffect(number)), options);
    await channel.close();
  }
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe('{"before":true}');
});

test("a line that a crash cut short keeps the next ones whole", async () => {
  writeFileSync(path, '{"kind":"al');
  const channel = fileChannel({ name: "file", path });
  await channel.send(deliveryOf(), options);
  await channel.send(deliveryOf(alertEffect(2)), options);
  await channel.close();
  const [cut, ...whole] = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(cut).toBe('{"kind":"al');
  expect(whole.map((line): unknown => JSON.parse(line))).toHaveLength(2);
});

test("a file that can't be written is a passing failure, and is tried anew", async () => {
  const inside = join(dir, "absent", "alerts.ndjson");
  const channel = fileChannel({ name: "file", path: inside });
  expect(await channel.send(deliveryOf(), options)).toMatchObject({ kind: "retryable" });
  mkdirSync(join(dir, "absent"));
  expect(await channel.send(deliveryOf(), options)).toEqual({ kind: "delivered" });
  await channel.close();
});

test("a full device is a passing failure", async () => {
  const channel = fileChannel({ name: "file", path: "/dev/full" });
  expect(await channel.send(deliveryOf(), options)).toMatchObject({ kind: "retryable" });
  await channel.close();
});

test("many at once are all there, each whole", async () => {
  const channel = fileChannel({ name: "file", path });
  const deliveries = Array.from({ length: 300 }, (_, index) => deliveryOf(alertEffect(index)));
  await Promise.all(deliveries.map((delivery) => channel.send(delivery, options)));
  await channel.close();
  const ids = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => /"delivery":"(\w+)"\}$/.exec(line)?.[1]);
  expect(ids).toEqual(deliveries.map(({ id }) => id));
});
