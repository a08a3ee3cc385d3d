import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Source, SourceMessage } from "../../src/ports/source.ts";

/** A log with nothing in it, and what writes to it from outside. */
export interface SourceFixture {
  /** A new reader of the log, as another process would have it. */
  reader(): Source;
  append(bodies: readonly string[]): Promise<void>;
  /** The first sequence of this kind of log. */
  readonly firstSequence: number;
  readonly hasStamps: boolean;
  close(): Promise<void>;
}

/** What the port promises, for every family. `open` is only called once the log holds something, as a followed file asks. */
export function describeSource(family: string, create: () => Promise<SourceFixture>): void {
  describe(`Source: ${family}`, () => {
    let log: SourceFixture;
    const opened: Source[] = [];

    beforeEach(async () => {
      log = await create();
    });
    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close();
      await log.close();
    });

    async function openAt(offset: number): Promise<Source> {
      const source = log.reader();
      opened.push(source);
      await source.open();
      await source.seek(log.firstSequence + offset);
      return source;
    }

    async function pullCount(source: Source, count: number, messageCountMax = 1000): Promise<SourceMessage[]> {
      const messages: SourceMessage[] = [];
      while (messages.length < count) {
        const batch = await source.pull({ messageCountMax, waitMs: 10_000 });
        expect(batch.messages.length).toBeLessThanOrEqual(messageCountMax);
        expect(batch.gap).toBeUndefined();
        if (batch.messages.length === 0) throw new Error(`nothing came after ${messages.length} messages`);
        messages.push(...batch.messages);
      }
      return messages;
    }

    const textOf = (message: SourceMessage): string => Buffer.from(message.bytes).toString();
    const bodies = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `{"n":${from + index}}`);

    test("gives every message once, in order, with ascending sequences", async () => {
      await log.append(bodies(0, 500));
      const messages = await pullCount(await openAt(0), 500, 64);
      expect(messages.map(textOf)).toEqual(bodies(0, 500));
      expect(messages.map((message) => message.sequence)).toEqual(
        Array.from({ length: 500 }, (_, index) => log.firstSequence + index),
      );
    });

    test("begins at the sequence asked for, behind the last message too", async () => {
      await log.append(bodies(0, 10));
      expect((await pullCount(await openAt(7), 3)).map(textOf)).toEqual(bodies(7, 3));
      const behind = await openAt(10);
      await log.append(bodies(10, 1));
      expect((await pullCount(behind, 1)).map(textOf)).toEqual(bodies(10, 1));
    });

    test("seeks back to what it gave before", async () => {
      await log.append(bodies(0, 10));
      const source = await openAt(0);
      await pullCount(source, 10);
      await source.seek(log.firstSequence + 4);
      expect((await pullCount(source, 6)).map(textOf)).toEqual(bodies(4, 6));
    });

    test("says that it is at its end exactly when it is", async () => {
      await log.append(bodies(0, 10));
      const source = await openAt(0);
      expect((await source.pull({ messageCountMax: 4, waitMs: 10_000 })).isAtEnd).toBe(false);
      let seen = 4;
      let isAtEnd = false;
      while (!isAtEnd) {
        const batch = await source.pull({ messageCountMax: 100, waitMs: 10 });
        seen += batch.messages.length;
        isAtEnd = batch.isAtEnd;
        expect(batch.isFinished).toBe(false);
      }
      expect(seen).toBe(10);
      await log.append(bodies(10, 1));
      expect((await pullCount(source, 1)).map(textOf)).toEqual(bodies(10, 1));
    });

    test("a pull that waits is woken by what comes", async () => {
      await log.append(bodies(0, 1));
      const source = await openAt(1);
      const pull = source.pull({ messageCountMax: 10, waitMs: 60_000 });
      await log.append(bodies(1, 1));
      expect((await pull).messages.map(textOf)).toEqual(bodies(1, 1));
    });

    test("closing ends a pull that waits", async () => {
      await log.append(bodies(0, 1));
      const source = await openAt(1);
      const pull = source.pull({ messageCountMax: 10, waitMs: 60_000 });
      await source.close();
      expect((await pull).messages).toEqual([]);
    });

    test("is the same log when it is opened again, however it grew", async () => {
      await log.append(bodies(0, 3));
      const first = log.reader();
      opened.push(first);
      const before = await first.open();
      await log.append(bodies(3, 200));
      const second = log.reader();
      opened.push(second);
      const after = await second.open();
      expect(after.created).toBe(before.created);
      expect(before).toMatchObject({ firstSequence: log.firstSequence, lastSequence: log.firstSequence + 2 });
      expect(after.lastSequence).toBe(log.firstSequence + 202);
    });

    test("stamps ascend and can be asked for again, where the log keeps them", async () => {
      await log.append(bodies(0, 20));
      const source = await openAt(0);
      const messages = await pullCount(source, 20);
      const asked: (number | undefined)[] = [];
      for (const message of messages) asked.push(await source.stampOf(message.sequence));
      expect(asked).toEqual(messages.map((message) => message.stampMs));
      expect(await source.stampOf(log.firstSequence + 999)).toBeUndefined();
      if (!log.hasStamps) return;
      const stamps = messages.map((message) => message.stampMs ?? Number.NaN);
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
      expect(stamps.every(Number.isSafeInteger)).toBe(true);
    });
  });
}
