import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { connectNats } from "../../src/adapters/nats/connection.ts";
import { jetStreamPublisher } from "../../src/adapters/nats/jetstream-publisher.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { deliveryIdOf } from "../../src/core/notify/notification.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";
import { startNats } from "../servers/nats.ts";
import { startRedis } from "../servers/redis.ts";
import { countIds, expectedIds, makeEvents, rules } from "./kill-stream.ts";
import { linesOf } from "./line-file.ts";
import { buildProgram, install } from "./tocsin-process.ts";
import type { Installation } from "./tocsin-process.ts";

beforeAll(buildProgram, 240_000);

const everyPay = `
id: every-pay
on: [pay]
conditions: {all: [{fact: amount, operator: greaterThan, value: 0}]}
`;

const embedded = {
  documents: { rules: ["rules.yaml"] },
  checkpoint: { interval: "200ms" },
  http: { port: 0 },
  channels: { out: { kind: "file", path: "alerts.ndjson" } },
  defaultChannels: ["out"],
};
const fromFile = { ...embedded, sources: [{ kind: "file", path: "events.ndjson", idle: "1h" }] };

const pay = (id: string, extra = ""): string =>
  `${JSON.stringify({ id, type: "pay", amount: 5, time: 1_767_225_600_000, extra })}\n`;

async function installed(settings: unknown, files: Readonly<Record<string, string>>): Promise<Installation> {
  const installation = await install(settings, { "events.ndjson": "", ...files });
  onTestFinished(() => installation.remove());
  return installation;
}

/** Waits until `look` finds something. The test's own time limit ends it. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await systemClock.sleep(50);
  }
}

/** Waits for so many alerts, and yields the events behind them. */
function evidenceOf({ dir }: Installation, count: number): Promise<readonly string[]> {
  return until(async () => {
    const lines = await linesOf(join(dir, "alerts.ndjson"));
    // Which of two workers is first is nobody's promise
    return lines.length >= count ? lines.flatMap(({ evidence }) => evidence.map(String)).toSorted() : undefined;
  });
}

test("a malformed event and one of 2 MB become dead letters with their reasons, and the stream goes on", async () => {
  const big = pay("big", "x".repeat(2 * 1024 * 1024));
  const installation = await installed(fromFile, { "rules.yaml": everyPay });
  await installation.write("events.ndjson", `${pay("a")}{"type": "pay", \n${big}[1]\n${pay("b")}`);
  const tocsin = installation.start();
  await tocsin.ready();
  expect(await evidenceOf(installation, 2)).toEqual(["a", "b"]);
  const letters = await until(async () => {
    const found = await linesOf(join(installation.dir, ".tocsin/dead-letters.ndjson"));
    return found.length >= 3 ? found : undefined;
  });
  expect(letters.map(({ reason }) => reason).toSorted()).toEqual(["not-an-object", "not-json", "too-large"]);
  expect(await tocsin.kill("SIGTERM")).toBe(0);
});

test("a document with three faults: run and check exit with 2 and tell all three, with their places", async () => {
  const faulty = `id: wrong\non: [pay]\nseverity: hihg\nkye: [user]\nconditions: "amount > "\n`;
  const installation = await installed(fromFile, { "rules.yaml": faulty });
  for (const args of [
    ["run", "--config", "tocsin.yaml"],
    ["check", "rules.yaml"],
  ]) {
    const { status, output } = installation.run(...args);
    expect(status, output).toBe(2);
    for (const place of ["rules.yaml:3:", "rules.yaml:4:", "rules.yaml:5:"]) expect(output).toContain(place);
  }
});

test("a rule that errs on every event is counted, and the others alert", async () => {
  const errs = `- id: errs\n  on: [pay]\n  conditions: "nobody.knows > 1"\n- ${everyPay.trim().replaceAll("\n", "\n  ")}\n`;
  const installation = await installed(fromFile, { "rules.yaml": errs, "events.ndjson": pay("a") + pay("b") });
  const tocsin = installation.start();
  const url = await tocsin.ready();
  expect(await evidenceOf(installation, 2)).toEqual(["a", "b"]);
  await until(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /^tocsin_rule_errors_total\{rule="errs"\} 2$/m.test(text) ? true : undefined;
  });
});

test("Redis that is missing at start is waited for, and lost 0, twice 0 where it is killed in the middle", async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  await redis.kill();
  const settings = { ...fromFile, family: "server", namespace: "faults", redis: { url: redis.url } };
  const installation = await installed(settings, { "rules.yaml": rules });
  const tocsin = installation.start();
  const { code, reason } = await tocsin.logged("cannot open the store; trying again every second");
  expect(code).toBe("STORE_UNAVAILABLE");
  expect(reason).toContain(String(redis.port));
  await redis.restart();
  await tocsin.ready();
  const events = makeEvents(1, 1_200);
  for (let from = 0; from < events.length; from += 10) {
    await appendFile(join(installation.dir, "events.ndjson"), `${events.slice(from, from + 10).join("\n")}\n`);
    await systemClock.sleep(10);
    if (from === 400 || from === 800) await redis.restart();
  }
  const expected = expectedIds(events, 0).alerts.map((id) => deliveryIdOf(id, "out"));
  await evidenceOf(installation, expected.length);
  const received = (await linesOf(join(installation.dir, "alerts.ndjson"))).map(({ delivery }) => delivery);
  const { lost, twice, repeated } = countIds(expected, received);
  process.stdout.write(
    `Redis killed twice: ${expected.length} alerts, lost ${lost}, twice ${twice}, repeated ${repeated}\n`,
  );
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  await redis.kill();
  expect(await withinFiveSeconds(tocsin.kill("SIGTERM"))).toBe(0);
}, 90_000);

test("NATS that is away at start is waited for", async () => {
  const nats = await startNats();
  onTestFinished(() => nats.stop());
  const stream = `faults-${randomUUID()}`;
  const link = await connectNats({ servers: [nats.url], telemetry: recordTelemetry() });
  onTestFinished(() => link.close());
  await (await jetstreamManager(link.connection)).streams.add({ name: stream, subjects: [`${stream}.>`] });
  await nats.kill();
  const sources = [{ kind: "nats", nats: { servers: [nats.url], stream } }];
  const installation = await installed({ ...embedded, sources }, { "rules.yaml": everyPay });
  const tocsin = installation.start();
  expect(await tocsin.logged("cannot open the source of events; trying again every second")).toMatchObject({
    code: "SOURCE_UNAVAILABLE",
  });
  await nats.restart();
  await tocsin.ready();
  const publisher = jetStreamPublisher({ link, clock: systemClock });
  onTestFinished(() => publisher.close());
  await until(async () => (link.isConnected() ? true : undefined));
  await publisher.publish([{ subject: `${stream}.a`, bytes: new TextEncoder().encode(pay("a")), id: "1" }]);
  expect(await evidenceOf(installation, 1)).toEqual(["a"]);
  expect(await withinFiveSeconds(tocsin.kill("SIGTERM"))).toBe(0);
}, 60_000);

test("two processes on one folder: the second names the first and exits with 1", async () => {
  const installation = await installed(fromFile, { "rules.yaml": everyPay });
  const first = installation.start();
  await first.ready();
  const second = installation.start();
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`pid ${first.pid}`);
  await appendFile(join(installation.dir, "events.ndjson"), pay("a"));
  expect(await evidenceOf(installation, 1)).toEqual(["a"]);
});

test("SIGTERM ends within 5 seconds, with a commit: the next start reads nothing again", async () => {
  const settings = { ...fromFile, checkpoint: { interval: "1h" } };
  const installation = await installed(settings, { "rules.yaml": everyPay, "events.ndjson": pay("a") + pay("b") });
  const first = installation.start();
  await first.ready();
  await evidenceOf(installation, 2);
  expect(await withinFiveSeconds(first.kill("SIGTERM"))).toBe(0);
  const second = installation.start();
  const url = await second.ready();
  const status = await until(async () => {
    const text = await (await fetch(`${url}/status`)).text();
    return text.includes('"isReady":true') ? text : undefined;
  });
  expect(status).toContain('"sequence":1');
  expect(status).toContain('"eventCount":0');
});

test("the HTTP port: where the default is taken another one with a warning, where a configured one is an error", async () => {
  const occupier = createServer();
  const isOccupied = await new Promise<boolean>((resolve) => {
    occupier.once("error", () => resolve(false));
    occupier.listen(7700, "127.0.0.1", () => resolve(true));
  });
  onTestFinished(() => void occupier.close());
  const { http: _, ...byDefault } = fromFile;
  const installation = await installed(byDefault, { "rules.yaml": everyPay });
  const tocsin = installation.start();
  const url = await tocsin.ready();
  expect(new URL(url).port).not.toBe("7700");
  expect(tocsin.output()).toContain("port 7700 is taken");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const configured = await installed({ ...fromFile, http: { port: 7700 } }, { "rules.yaml": everyPay });
  const { status, output } = configured.run("run", "--config", "tocsin.yaml");
  expect({ status, isOccupied: isOccupied || status === 2 }).toEqual({ status: 2, isOccupied: true });
  expect(output).toContain("7700");
});

test.skipIf(process.getuid?.() !== 0)(
  "a full disk: /events answers 503 and says why, and goes on when there is room (mounts a tmpfs: needs root)",
  async () => {
    const disk = await mkdtemp(join(tmpdir(), "tocsin.disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]);
    onTestFinished(async () => {
      execFileSync("umount", ["-l", disk]);
      await rm(disk, { recursive: true, force: true });
    });
    // Without a commit the log keeps all that it takes
    const sources = [{ kind: "local", idle: "1h" }];
    const installation = await installed(
      { ...embedded, checkpoint: { interval: "1h" }, dataDir: join(disk, "data"), sources },
      { "rules.yaml": everyPay },
    );
    const tocsin = installation.start();
    const url = await tocsin.ready();
    const accepted: string[] = [];
    const post = async (id: string) => {
      const response = await fetch(`${url}/events`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: pay(id, "x".repeat(200_000)),
      });
      if (response.status === 202) accepted.push(id);
      return { status: response.status, text: await response.text() };
    };
    let last = await post("0");
    for (let n = 1; last.status === 202 && n < 100; n += 1) last = await post(String(n));
    expect(last).toMatchObject({ status: 503, text: expect.stringContaining("STORE_FULL") });
    expect(last.text).toContain(disk);
    execFileSync("mount", ["-o", "remount,size=64m", disk]);
    await until(async () => ((await post("after")).status === 202 ? true : undefined));
    const evidence = await evidenceOf(installation, accepted.length);
    expect(new Set(evidence)).toEqual(new Set(accepted));
    expect(await tocsin.kill("SIGTERM")).toBe(0);
  },
  60_000,
);

/** A requirement, not a measurement: whoever stops a container gives it a few seconds. */
async function withinFiveSeconds<T>(ending: Promise<T>): Promise<T | "too late"> {
  const over = new AbortController();
  const late = systemClock.sleep(5_000, over.signal).then(() => "too late" as const);
  try {
    return await Promise.race([ending, late]);
  } finally {
    over.abort();
  }
}
