import { jetstreamManager, type JetStreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { connectNats, type NatsLink } from "../../../src/adapters/nats/connection.ts";
import { jetStreamPublisher } from "../../../src/adapters/nats/jetstream-publisher.ts";
import { jetStreamSource } from "../../../src/adapters/nats/jetstream-source.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import type { Source, SourceBatch } from "../../../src/ports/source.ts";
import { recordTelemetry } from "../../contract/recorded-telemetry.ts";
import { describeSource } from "../../contract/source.ts";
import { startNats } from "../../servers/nats.ts";
import type { TestServer } from "../../servers/test-server.ts";

let link: NatsLink;
let manager: JetStreamManager;
let streamCount = 0;
const opened: Source[] = [];

beforeAll(async () => {
  link = await connectNats({ servers: [inject("natsUrl")], telemetry: recordTelemetry() });
  manager = await jetstreamManager(link.connection);
});
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
});
afterAll(async () => {
  await link.close();
});

function newStreamName(): string {
  streamCount += 1;
  return `SOURCE_${process.pid}_${streamCount}`;
}

async function publish(on: NatsLink, stream: string, bodies: readonly string[]): Promise<void> {
  const publisher = jetStreamPublisher({ link: on, clock: systemClock });
  await publisher.publish(
    bodies.map((body, index) => ({ subject: `${stream}.t`, bytes: Buffer.from(body), id: `${body}#${index}` })),
  );
  await publisher.close();
}

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

function sourceOn(on: NatsLink, stream: string, telemetry = recordTelemetry()): Source {
  const source = jetStreamSource({ name: "in", stream, link: on, clock: systemClock, telemetry });
  opened.push(source);
  return source;
}

/** Pulls until `isDone`; fails rather than waits for ever. */
async function pullUntil(source: Source, isDone: (batch: SourceBatch, texts: string[]) => boolean): Promise<string[]> {
  const texts: string[] = [];
  for (let round = 0; round < 2_000; round += 1) {
    const batch = await source.pull({ messageCountMax: 300, waitMs: 200 });
    if (batch.gap !== undefined) texts.push(`gap ${batch.gap.from}-${batch.gap.to}`);
    texts.push(...batch.messages.map((message) => Buffer.from(message.bytes).toString()));
    if (isDone(batch, texts)) return texts;
  }
  throw new Error(`not done after ${texts.length}: ${texts.slice(-5).join(" ")}`);
}

describeSource("JetStream", async () => {
  const stream = newStreamName();
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  return {
    reader: () => jetStreamSource({ name: "in", stream, link, clock: systemClock, telemetry: recordTelemetry() }),
    append: (bodies) => publish(link, stream, bodies),
    firstSequence: 1,
    hasStamps: true,
    close: async () => {
      await manager.streams.delete(stream);
    },
  };
});

describe("what is refused, with the reason and the mend", () => {
  test("a stream that is not there", async () => {
    await expect(sourceOn(link, "NO_SUCH").open()).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
      message: expect.stringContaining("nats stream add NO_SUCH"),
    });
  });

  const rows = [
    { why: "work-queue retention", config: { retention: RetentionPolicy.Workqueue }, mend: "--retention limits" },
    { why: "interest retention", config: { retention: RetentionPolicy.Interest }, mend: "--retention limits" },
    { why: "max_msgs_per_subject", config: { max_msgs_per_subject: 5 }, mend: "--max-msgs-per-subject=-1" },
    { why: "roll-ups", config: { allow_rollup_hdrs: true }, mend: "--no-allow-rollup" },
  ];
  test.each(rows)("$why", async ({ config, mend }) => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`], ...config });
    await expect(sourceOn(link, stream).open()).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
      retryable: false,
      message: expect.stringContaining(mend),
    });
  });
});

describe("what is no longer there", () => {
  test("messages that retention took before the first pull are a gap", async () => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`], max_msgs: 3 });
    await publish(link, stream, numbered(1, 10));
    const source = sourceOn(link, stream);
    expect(await source.open()).toMatchObject({ firstSequence: 8, lastSequence: 10 });
    await source.seek(4);
    expect(await pullUntil(source, (batch) => batch.isAtEnd)).toEqual(["gap 4-7", "8", "9", "10"]);
    await source.seek(8);
    expect(await pullUntil(source, (batch) => batch.isAtEnd)).toEqual(["8", "9", "10"]);
  });

  test("messages that go while it is read are a gap between the others", async () => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(link, stream, numbered(1, 5));
    const source = sourceOn(link, stream);
    await source.open();
    await source.seek(1);
    expect(await pullUntil(source, (batch) => batch.isAtEnd)).toEqual(numbered(1, 5));
    // Nothing is on its way now: the request that was open for the five ends with the next.
    await source.seek(6);
    await publish(link, stream, numbered(6, 5));
    await manager.streams.deleteMessage(stream, 8);
    expect(await pullUntil(source, (batch) => batch.isAtEnd)).toEqual(["6", "7", "gap 8-8", "9", "10"]);
  });

  test("a purge is a gap even where nothing came since", async () => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(link, stream, numbered(1, 5));
    await manager.streams.purge(stream);
    const source = sourceOn(link, stream);
    expect(await source.open()).toMatchObject({ firstSequence: 6, lastSequence: 5 });
    await source.seek(3);
    expect(await source.pull({ messageCountMax: 10, waitMs: 0 })).toMatchObject({
      gap: { from: 3, to: 5 },
      messages: [],
    });
  });

  test("a stream that is deleted while it is read", async () => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(link, stream, numbered(1, 5));
    const source = sourceOn(link, stream);
    await source.open();
    await source.seek(1);
    await pullUntil(source, (batch) => batch.isAtEnd);
    await manager.streams.delete(stream);
    await expect(pullUntil(source, () => false)).rejects.toMatchObject({
      code: "SOURCE_ROLLED_BACK",
      message: expect.stringContaining("deleted"),
    });
  });

  test("a stream that is deleted and made again, and has grown past the position", async () => {
    const stream = newStreamName();
    const config = { name: stream, subjects: [`${stream}.>`] };
    await manager.streams.add(config);
    await publish(link, stream, numbered(1, 5));
    const source = sourceOn(link, stream);
    const before = await source.open();
    await source.seek(1);
    await pullUntil(source, (batch) => batch.isAtEnd);
    await manager.streams.delete(stream);
    await manager.streams.add(config);
    await publish(link, stream, numbered(100, 20));
    await expect(pullUntil(source, () => false)).rejects.toMatchObject({
      code: "SOURCE_ROLLED_BACK",
      message: expect.stringContaining("made again"),
    });
    expect((await sourceOn(link, stream).open()).created).not.toBe(before.created);
  });

  test("a position behind the stream's end", async () => {
    const stream = newStreamName();
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
    await publish(link, stream, numbered(1, 5));
    const source = sourceOn(link, stream);
    await source.open();
    await source.seek(7);
    await expect(source.pull({ messageCountMax: 1, waitMs: 0 })).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK" });
  });
});

test("headers, subject and stamp come with the message", async () => {
  const stream = newStreamName();
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  const publisher = jetStreamPublisher({ link, clock: systemClock });
  await publisher.publish([
    { subject: `${stream}.auth.login`, bytes: Buffer.from("{}"), id: "1", headers: { "Ce-Id": "A" } },
  ]);
  await publisher.close();
  const source = sourceOn(link, stream);
  await source.open();
  const { messages } = await source.pull({ messageCountMax: 5, waitMs: 10_000 });
  expect(messages).toMatchObject([
    { sequence: 1, subject: `${stream}.auth.login`, headers: { "nats-msg-id": "1", "ce-id": "A" } },
  ]);
  const info = await manager.streams.info(stream);
  expect(messages[0]?.stampMs).toBe(Date.parse(info.state.first_ts));
});

test("no more is fetched than one batch beside the one given", async () => {
  const stream = newStreamName();
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  await publish(link, stream, numbered(1, 1_000));
  const source = sourceOn(link, stream);
  await source.open();
  await source.pull({ messageCountMax: 50, waitMs: 10_000 });
  await link.connection.flush();
  const [consumer] = await manager.consumers.list(stream).next();
  expect(consumer?.delivered.stream_seq).toBeLessThanOrEqual(100);
});

test("a message larger than a fetch's share still comes", async () => {
  const stream = newStreamName();
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  const publisher = jetStreamPublisher({ link, clock: systemClock });
  const large = numbered(0, 12).map((id) => ({ subject: `${stream}.t`, bytes: Buffer.alloc(1_000_000, id), id }));
  await publisher.publish(large);
  await publisher.close();
  const source = sourceOn(link, stream);
  await source.open();
  const sequences: number[] = [];
  while (sequences.length < 12) {
    const batch = await source.pull({ messageCountMax: 100, waitMs: 10_000 });
    sequences.push(...batch.messages.map((message) => message.sequence));
    if (batch.messages.length === 0) break;
  }
  expect(sequences).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
});

describe("a server of its own that is killed and started again", () => {
  let server: TestServer;
  let own: NatsLink;
  const telemetry = recordTelemetry();

  beforeAll(async () => {
    server = await startNats();
    own = await connectNats({ servers: [server.url], telemetry });
  });
  afterAll(async () => {
    for (const source of opened.splice(0)) await source.close();
    await own.close();
    await server.stop();
  });

  test("in the middle of reading: every message once, in order", async () => {
    const jsm = await jetstreamManager(own.connection);
    await jsm.streams.add({ name: "KILLED", subjects: ["KILLED.>"] });
    await publish(own, "KILLED", numbered(1, 6_000));
    const source = sourceOn(own, "KILLED", telemetry);
    await source.open();
    await source.seek(1);
    const texts = await pullUntil(source, (_, seen) => seen.length >= 1_200);
    await server.kill();
    const down = await source.pull({ messageCountMax: 10, waitMs: 0 });
    texts.push(...down.messages.map((message) => Buffer.from(message.bytes).toString()));
    await server.restart();
    texts.push(...(await pullUntil(source, (_, seen) => texts.length + seen.length >= 6_000)));
    await server.restart();
    await publish(own, "KILLED", numbered(6_001, 500));
    texts.push(...(await pullUntil(source, (_, seen) => texts.length + seen.length >= 6_500)));
    expect(texts).toEqual(numbered(1, 6_500));
    expect(await source.pull({ messageCountMax: 10, waitMs: 0 })).toMatchObject({ messages: [], isAtEnd: true });
  });

  test("while it is down the source is never at its end", async () => {
    const jsm = await jetstreamManager(own.connection);
    await jsm.streams.add({ name: "DOWN", subjects: ["DOWN.>"] });
    await publish(own, "DOWN", numbered(1, 3));
    const source = sourceOn(own, "DOWN");
    await source.open();
    await pullUntil(source, (batch) => batch.isAtEnd);
    await server.kill();
    const isLost = (): boolean => !own.isConnected();
    for (let round = 0; !isLost() && round < 1_000; round += 1) await source.pull({ messageCountMax: 10, waitMs: 5 });
    expect(isLost()).toBe(true);
    expect(await source.pull({ messageCountMax: 10, waitMs: 20 })).toEqual({
      messages: [],
      isAtEnd: false,
      isFinished: false,
    });
    await server.restart();
    expect(await pullUntil(source, (batch) => batch.isAtEnd)).toEqual([]);
  });

  test("a stream whose messages the server lost is rolled back", async () => {
    const jsm = await jetstreamManager(own.connection);
    await jsm.streams.add({ name: "LOST", subjects: ["LOST.>"] });
    await publish(own, "LOST", numbered(1, 30));
    const source = sourceOn(own, "LOST");
    await source.open();
    await pullUntil(source, (batch) => batch.isAtEnd);
    await jsm.streams.delete("LOST");
    await jsm.streams.add({ name: "LOST", subjects: ["LOST.>"] });
    await server.restart();
    await expect(pullUntil(source, () => false)).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK" });
  });
});
