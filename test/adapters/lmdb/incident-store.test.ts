import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { endClaimsLeft } from "../../../src/adapters/lmdb/delivery-rows.ts";
import { openEnvironment } from "../../../src/adapters/lmdb/environment.ts";
import { lmdbIncidentStore } from "../../../src/adapters/lmdb/incident-store.ts";
import { notificationOf } from "../../../src/core/notify/notification.ts";
import { incidentStoreContract } from "../../contract/incident-store.ts";
import { createManualClock } from "../../contract/manual-clock.ts";
import { alertEffect } from "../../contract/sample-effects.ts";

const dirs: string[] = [];

function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "tocsin-incidents-"));
  dirs.push(dir);
  return dir;
}

afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

incidentStoreContract("lmdb", async (limits) => {
  const environment = await openEnvironment(temporaryDir());
  const clock = createManualClock();
  return {
    store: lmdbIncidentStore(environment, { clock, ...limits }),
    other: lmdbIncidentStore(environment, { clock, ...limits }),
    advance: (ms) => clock.advance(ms),
    close: () => environment.close(),
  };
});

test("everything is there again when the folder is opened again", async () => {
  const dir = temporaryDir();
  const clock = createManualClock();
  const routing = { defaultChannels: ["a", "b"], deadLetterChannel: "c" };
  const notification = notificationOf(alertEffect(1), routing);
  const [sent, left] = notification.deliveries;
  const before = await openEnvironment(dir);
  const store = lmdbIncidentStore(before, { clock });
  await store.apply([notification]);
  await store.markSent(sent?.id ?? "");
  await store.claim(left?.id ?? "", 1_000);
  await before.close();

  const after = await openEnvironment(dir);
  const again = lmdbIncidentStore(after, { clock });
  await again.apply([notification]);
  expect(await again.countDeliveries()).toEqual({ pending: 1, queued: 0, sent: 1, failed: 0 });
  expect(await again.pendingDeliveries(10)).toEqual([left]);
  expect(await again.claim(left?.id ?? "", 1_000)).toEqual({ kind: "leased", retryAfterMs: 1_000 });
  expect(await again.incidents(10)).toMatchObject([{ count: 1 }]);
  await after.close();
});

test("claims of a process that is gone end when the folder is opened again; what is sent stays sent", async () => {
  const clock = createManualClock();
  const environment = await openEnvironment(temporaryDir());
  const store = lmdbIncidentStore(environment, { clock });
  const channels = Array.from({ length: 2_500 }, (_, index) => `c${index}`);
  const notification = notificationOf(alertEffect(1), { defaultChannels: channels, deadLetterChannel: "d" });
  const ids = notification.deliveries.map(({ id }) => id);
  const [sent = "", ...left] = ids;
  await store.apply([notification]);
  await store.markQueued(ids.slice(0, 1_700));
  for (const id of ids) await store.claim(id, 60_000);
  await store.markSent(sent);

  await endClaimsLeft(environment);
  for (const id of left) expect(await store.claim(id, 60_000)).toEqual({ kind: "claimed", attempt: 2 });
  expect(await store.claim(sent, 60_000)).toEqual({ kind: "sent" });
  await environment.close();
});
