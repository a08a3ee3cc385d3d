import { describe, expect, test } from "vitest";
import type { ListChange } from "../../src/core/table/list-change.ts";
import { ListCommands, portionsOf } from "../../src/engine/list-commands.ts";
import { CepError } from "../../src/ports/error.ts";
import { isStoredJournalEntry } from "../../src/ports/shard-record.ts";
import { createShardRig } from "./shard-rig.ts";

const add = (member: string, ttlMs?: number): ListChange => ({ kind: "add", member, fields: {}, ttlMs });
const remove = (member: string): ListChange => ({ kind: "remove", member });
const never = (): Promise<never> => new Promise(() => undefined);

/** A shard that is ready, on a store of its own, and time that goes on. */
async function start(options: Parameters<ReturnType<typeof createShardRig>["run"]>[0] = {}) {
  const rig = createShardRig();
  const running = rig.run(options);
  await rig.clock.advanceUntil(() => running.status().isReady);
  return { rig, running };
}

describe("a change from outside", () => {
  test("is in the journal when it is answered, and holds for what comes after it", async () => {
    const { rig, running } = await start();
    const answered = running.changeList("watchlist", [add("ann"), remove("cid")]);
    await rig.clock.advance(1_000);
    expect(await answered).toEqual({ kind: "done" });
    expect(rig.shard.journal.at(-1)?.entry).toMatchObject({
      kind: "list",
      list: "watchlist",
      changes: [add("ann"), remove("cid")],
    });
    rig.pay("ann", "bob", "cid");
    await rig.clock.advanceUntil(() => rig.evidence("watched").length === 1);
    expect(rig.evidence("watched")).toEqual(["e1"]);
    expect(running.status().lists).toMatchObject([{ id: "watchlist", counts: { documents: 1, added: 1, removed: 1 } }]);
  });

  test("is taken again at its place after a crash before the next commit", async () => {
    const { rig, running } = await start();
    rig.pay("ann");
    await rig.clock.advanceUntil(() => running.status().sequence === 1);
    const answered = running.changeList("watchlist", [add("ann")]);
    await rig.clock.advance(1_000);
    await answered;
    rig.pay("ann");
    await rig.clock.advanceUntil(() => rig.evidence("watched").length === 1);
    const again = rig.run();
    await rig.clock.advanceUntil(() => again.status().isReady && again.status().sequence === 2);
    expect(rig.evidence("watched")).toEqual(["e2"]);
    expect(again.status().lists).toMatchObject([{ counts: { added: 1 } }]);
  });

  test("comes while the source is silent, without waiting for it", async () => {
    const { rig, running } = await start({ source: { pull: silentAfterFirst() } });
    await rig.clock.advance(1_000);
    const answered = running.changeList("watchlist", [add("ann")]);
    await rig.clock.advance(0);
    expect(await answered).toEqual({ kind: "done" });
  });

  test.each([
    {
      why: "an unknown list",
      list: "nosuch",
      cause: "unknown-list",
      reason: "there is no list nosuch; there are watchlist",
    },
  ])("is refused, and changes nothing: $why", async ({ list, cause, reason }) => {
    const { rig, running } = await start();
    const answered = running.changeList(list, [add("ann")]);
    await rig.clock.advance(1_000);
    expect(await answered).toEqual({ kind: "refused", cause, reason });
    expect(rig.shard.journal.filter(({ entry }) => entry.kind === "list")).toEqual([]);
  });

  test("of many members is many entries, with nothing lost between them", async () => {
    const { rig, running } = await start();
    const changes = Array.from({ length: 25_500 }, (_, index) => add(`m${index}`));
    const answered = running.changeList("watchlist", changes);
    await rig.clock.advanceUntil(() => running.status().lists[0]?.counts.added === 25_500);
    await rig.clock.advance(100);
    expect(await answered).toEqual({ kind: "done" });
    const entries = rig.shard.journal.flatMap(({ entry }) => (entry.kind === "list" ? [entry.changes.length] : []));
    expect(entries).toEqual([...Array.from({ length: 25 }, () => 1_000), 500]);
  });

  test("before the shard is ready, and after it has stopped, fails at once: nothing was done", async () => {
    const rig = createShardRig();
    const running = rig.run({ store: { ...rig.store, acquire: never } });
    await rig.clock.advance(100);
    await expect(running.changeList("watchlist", [add("ann")])).rejects.toMatchObject({ retryable: true });
    const { rig: other, running: stopping } = await start();
    const stopped = stopping.stop();
    await expect(stopping.changeList("watchlist", [add("ann")])).rejects.toMatchObject({ retryable: true });
    await other.clock.advance(1_000);
    await stopped;
  });

  test("whose write may or may not have come through fails so, and ends with the process that was overtaken", async () => {
    const { rig, running } = await start();
    const next = rig.run();
    await rig.clock.advanceUntil(() => next.status().isReady);
    const answered = running.changeList("watchlist", [add("ann")]).catch((error: unknown) => error);
    await rig.clock.advance(1_000);
    const failed = await answered;
    expect(failed).toBeInstanceOf(CepError);
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
    await expect(running.finished).rejects.toThrow("another process");
    await expect(running.changeList("watchlist", [add("ann")])).rejects.toMatchObject({ retryable: true });
  });
});

function silentAfterFirst() {
  let count = 0;
  return async () => {
    count += 1;
    return count === 1 ? { messages: [], isAtEnd: true, isFinished: false } : never();
  };
}

describe("portions", () => {
  test("hold 1,000 changes, and half a megabyte of text", () => {
    const sizes = (changes: readonly ListChange[]) => [...portionsOf(changes)].map(({ length }) => length);
    expect(sizes([])).toEqual([]);
    expect(sizes(Array.from({ length: 2_001 }, () => add("x")))).toEqual([1_000, 1_000, 1]);
    const long = "x".repeat(200_000);
    expect(sizes(Array.from({ length: 5 }, () => add(long)))).toEqual([2, 2, 1]);
    expect(sizes([add("x".repeat(1_000_000)), add("x")])).toEqual([1, 1]);
  });
});

test("past a million waiting changes a request is told to come again", async () => {
  const commands = new ListCommands();
  const changes = Array.from({ length: 600_000 }, () => add("x"));
  void commands.add("l", changes).catch(() => undefined);
  await expect(commands.add("l", changes)).rejects.toMatchObject({ retryable: true });
  expect(commands.take()?.changes).toHaveLength(600_000);
  void commands.add("l", changes).catch(() => undefined);
  expect(commands.isEmpty).toBe(false);
});

test.each([
  { why: "no time", entry: { kind: "list", list: "l", changes: [] } },
  { why: "no list", entry: { kind: "list", at: 1, changes: [] } },
  { why: "no changes", entry: { kind: "list", at: 1, list: "l" } },
  {
    why: "a member that is none",
    entry: { kind: "list", at: 1, list: "l", changes: [{ kind: "remove", member: null }] },
  },
  { why: "no fields", entry: { kind: "list", at: 1, list: "l", changes: [{ kind: "add", member: "x" }] } },
  { why: "another change", entry: { kind: "list", at: 1, list: "l", changes: [{ kind: "hide", member: "x" }] } },
])("a journal entry with $why is damaged", ({ entry }) => {
  expect(isStoredJournalEntry({ ordinal: 1, entry })).toBe(false);
});
