import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { connectNats, type NatsLink } from "../../../src/adapters/nats/connection.ts";
import { jetStreamPublisher, type OutgoingMessage } from "../../../src/adapters/nats/jetstream-publisher.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { recordTelemetry } from "../../contract/recorded-telemetry.ts";
import { startNats } from "../../servers/nats.ts";
import { freePort } from "../../servers/test-server.ts";

let link: NatsLink;
let manager: JetStreamManager;

beforeAll(async () => {
  link = await connectNats({ servers: [inject("natsUrl")], telemetry: recordTelemetry() });
  manager = await jetstreamManager(link.connection);
});
afterAll(async () => {
  await link.close();
});

const messagesOn = (subject: string, count: number): OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({ subject, bytes: Buffer.from(String(index)), id: String(index) }));

describe("publishing", () => {
  test("twice gives each message once, in order, with few on their way at once", async () => {
    const stream = `PUBLISH_${process.pid}_1`;
    await manager.streams.add({ name: stream, subjects: [stream] });
    const publisher = jetStreamPublisher({ link, clock: systemClock, maxInFlight: 8 });
    expect(await publisher.publish(messagesOn(stream, 100))).toEqual({ published: 100, duplicates: 0 });
    expect(await publisher.publish(messagesOn(stream, 120))).toEqual({ published: 120, duplicates: 100 });
    await publisher.close();
    expect((await manager.streams.info(stream)).state).toMatchObject({ messages: 120, last_seq: 120 });
    const stored = await manager.streams.getMessage(stream, { seq: 77 });
    expect(stored?.string()).toBe("76");
  });

  test("where no stream takes the subject", async () => {
    const publisher = jetStreamPublisher({ link, clock: systemClock });
    await expect(publisher.publish(messagesOn(`nobody.${process.pid}`, 1))).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
    });
    await publisher.close();
  });

  test("what the stream refuses is told with its reason, and the publisher goes on", async () => {
    const stream = `PUBLISH_${process.pid}_2`;
    await manager.streams.add({ name: stream, subjects: [stream], max_msg_size: 100 });
    const publisher = jetStreamPublisher({ link, clock: systemClock });
    const large = [{ subject: stream, bytes: Buffer.alloc(200), id: "large" }];
    await expect(publisher.publish(large)).rejects.toMatchObject({
      code: "SOURCE_REFUSED",
      message: expect.stringContaining("size"),
    });
    expect(await publisher.publish(messagesOn(stream, 3))).toEqual({ published: 3, duplicates: 0 });
    await publisher.close();
  });

  test("over a server that is killed and started again: every message once", async () => {
    const server = await startNats();
    const own = await connectNats({ servers: [server.url], telemetry: recordTelemetry() });
    const jsm = await jetstreamManager(own.connection);
    await jsm.streams.add({ name: "RESTART", subjects: ["RESTART"] });
    const publisher = jetStreamPublisher({ link: own, clock: systemClock, maxInFlight: 50, acknowledgeMs: 500 });
    async function* withRestart(): AsyncGenerator<OutgoingMessage> {
      for (const [index, message] of messagesOn("RESTART", 1_000).entries()) {
        if (index === 400) await server.restart();
        yield message;
      }
    }
    expect((await publisher.publish(withRestart())).published).toBe(1_000);
    const info = await jsm.streams.info("RESTART", { subjects_filter: ">" });
    expect(info.state.messages).toBe(1_000);
    await publisher.close();
    await own.close();
    await server.stop();
  });
});

describe("connecting", () => {
  test("where nobody listens: to be tried again, and the password is not told", async () => {
    const port = await freePort();
    const connecting = connectNats({ servers: [`nats://me:hunter2@127.0.0.1:${port}`], telemetry: recordTelemetry() });
    await expect(connecting).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      retryable: true,
      message: expect.not.stringContaining("hunter2"),
    });
  });

  test("with the wrong password: not to be tried again", async () => {
    const server = await startNats({ args: ["--user", "me", "--pass", "right"] });
    const options = { servers: [server.url], user: "me", telemetry: recordTelemetry() };
    await expect(connectNats({ ...options, password: "wrong" })).rejects.toMatchObject({
      code: "CONFIG",
      retryable: false,
    });
    const own = await connectNats({ ...options, password: "right" });
    expect(own.isConnected()).toBe(true);
    await own.close();
    expect(own.isConnected()).toBe(false);
    await server.stop();
  });

  test("with a creds file that is not there", async () => {
    const connecting = connectNats({
      servers: [inject("natsUrl")],
      credsFile: "/nowhere/a.creds",
      telemetry: recordTelemetry(),
    });
    await expect(connecting).rejects.toMatchObject({
      code: "CONFIG",
      message: expect.stringContaining("/nowhere/a.creds"),
    });
  });
});
