import { createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { emailChannel } from "../../../src/adapters/channel-email/email-channel.ts";
import { plainSecret } from "../../contract/plain-secret.ts";
import { deliveryOf } from "../../contract/sample-delivery.ts";
import { alertEffect, deadLetterEffect } from "../../contract/sample-effects.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

async function startSmtp(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  const bound = server.server.address();
  return { port: typeof bound === "object" && bound !== null ? bound.port : 0, mails };
}

/** A server that says what the test wants, for what a real one never does. */
async function startRaw(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : 0;
}

function channelTo(port: number, more: Partial<Parameters<typeof emailChannel>[0]> = {}) {
  return emailChannel({
    name: "mail",
    url: plainSecret(`smtp://127.0.0.1:${port}`),
    from: "Tocsin <tocsin@example.org>",
    to: ["oncall@example.org", "lead@example.org"],
    isTlsRequired: false,
    ...more,
  });
}

const options = { timeoutMs: 5_000 };

/** An error as the SMTP server sends it. */
function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function headersOf(mail: Mail | undefined): string {
  return (mail?.text ?? "").split("\r\n\r\n")[0]?.replaceAll(/\r\n[ \t]+/g, " ") ?? "";
}

test("an alert is a mail in text and HTML, marked as nobody's writing", async () => {
  const { port, mails } = await startSmtp();
  const delivery = deliveryOf();
  expect(await channelTo(port).send(delivery, options)).toEqual({ kind: "delivered" });
  expect(mails).toMatchObject([{ from: "tocsin@example.org", to: ["oncall@example.org", "lead@example.org"] }]);
  const headers = headersOf(mails[0]);
  expect(headers).toContain("Subject: [high] 4111: 21 small authorizations (0)");
  expect(headers).toContain(`Message-ID: <${delivery.id}@tocsin>`);
  expect(headers).toContain("Auto-Submitted: auto-generated");
  expect(headers).toContain("multipart/alternative");
  expect(mails[0]?.text).toContain("rule: card-testing");
  expect(mails[0]?.text.replaceAll("=\r\n", "")).toContain("<td>card-testing</td>");
});

test("every attempt has the same Message-ID", async () => {
  const { port, mails } = await startSmtp();
  for (let attempt = 0; attempt < 2; attempt += 1) await channelTo(port).send(deliveryOf(), options);
  const [first, second] = mails.map((mail) => /Message-ID: (.*)/i.exec(headersOf(mail))?.[1]);
  expect(first).toBe(second);
});

test("a stranger's text makes no header, no recipient and no markup", async () => {
  const { port, mails } = await startSmtp();
  const summary = "x\r\nBcc: thief@example.net\r\n\r\n<script>alert(1)</script>";
  await channelTo(port).send(deliveryOf(alertEffect(1, { summary, key: { "a\r\nb": "\r\n.\r\nQUIT" } })), options);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.to).toEqual(["oncall@example.org", "lead@example.org"]);
  expect(headersOf(mails[0])).not.toMatch(/^Bcc:/im);
  expect(mails[0]?.text.replaceAll("=\r\n", "")).toContain("&lt;script&gt;");
});

test("a subject outside of ASCII arrives encoded", async () => {
  const { port, mails } = await startSmtp();
  await channelTo(port).send(deliveryOf(alertEffect(1, { summary: "异常登录 💥" })), options);
  expect(headersOf(mails[0])).toMatch(/Subject: .*=\?UTF-8\?/);
});

test("a dead letter of any length is one mail of bounded size", async () => {
  const { port, mails } = await startSmtp();
  await channelTo(port).send(deliveryOf(deadLetterEffect(1, "x".repeat(1_000_000))), options);
  expect(mails[0]?.text.length).toBeLessThan(10_000);
});

test.each([
  { why: "the server is busy", at: "onConnect", code: 421, kind: "retryable" },
  { why: "the sender is refused for now", at: "onMailFrom", code: 451, kind: "retryable" },
  { why: "the sender is refused", at: "onMailFrom", code: 550, kind: "permanent" },
  { why: "every mailbox is full", at: "onRcptTo", code: 452, kind: "retryable" },
  { why: "no mailbox is there", at: "onRcptTo", code: 550, kind: "permanent" },
])("$why: $code is $kind", async ({ at, code, kind }) => {
  const refuse = (_a: unknown, _b: unknown, callback?: (error: Error) => void): void => {
    const answer = callback ?? (typeof _b === "function" ? _b : undefined);
    answer?.(smtpError(code, "no"));
  };
  const { port, mails } = await startSmtp({ [at]: refuse });
  expect(await channelTo(port).send(deliveryOf(), options)).toMatchObject({ kind });
  expect(mails).toEqual([]);
});

test.each([
  { code: 452, kind: "retryable" },
  { code: 554, kind: "permanent" },
])("$code after the message is $kind", async ({ code, kind }) => {
  const { port } = await startSmtp({
    onData(stream, _session, callback) {
      stream.resume();
      stream.on("end", () => callback(smtpError(code, "no")));
    },
  });
  expect(await channelTo(port).send(deliveryOf(), options)).toMatchObject({ kind });
});

test("where one of two recipients is refused, the other is not mailed twice", async () => {
  const { port, mails } = await startSmtp({
    onRcptTo({ address }, _session, callback) {
      if (address.startsWith("lead")) callback(smtpError(550, "no such user"));
      else callback();
    },
  });
  expect(await channelTo(port).send(deliveryOf(), options)).toEqual({ kind: "delivered" });
  expect(mails.map(({ to }) => to)).toEqual([["oncall@example.org"]]);
});

test("a wrong password can be mended while the alert waits, and is shown nowhere", async () => {
  const { port } = await startSmtp({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, callback) => callback(smtpError(535, "authentication failed")),
  });
  const result = await channelTo(port, { url: plainSecret(`smtp://user:T0KEN@127.0.0.1:${port}`) }).send(
    deliveryOf(),
    options,
  );
  expect(result).toMatchObject({ kind: "retryable" });
  expect(JSON.stringify(result)).not.toContain("T0KEN");
});

test("without TLS a server is refused, unless it may be so", async () => {
  const { port, mails } = await startSmtp();
  expect(await channelTo(port, { isTlsRequired: true }).send(deliveryOf(), options)).toMatchObject({
    kind: "retryable",
  });
  expect(mails).toEqual([]);
});

test("nobody listens", async () => {
  expect(await channelTo(1).send(deliveryOf(), options)).toMatchObject({
    kind: "retryable",
    reason: expect.stringContaining("ECONNREFUSED"),
  });
});

test.each([
  { why: "who says nothing", begin: (_socket: Socket) => undefined },
  { why: "who drips a line at a time, which no idle timeout sees", begin: drip },
  { why: "who stops within the message", begin: answerUntilData },
])("is given up in time: $why", async ({ begin }) => {
  const port = await startRaw(begin);
  expect(await channelTo(port).send(deliveryOf(), { timeoutMs: 300 })).toMatchObject({ kind: "retryable" });
});

test.each(["EHLO", "MAIL", "RCPT", "DATA", "."])("a server that closes at %s is a passing failure", async (word) => {
  const port = await startRaw((socket) => speak(socket, (line) => line === word || line.startsWith(`${word} `)));
  expect(await channelTo(port).send(deliveryOf(), options)).toMatchObject({ kind: "retryable" });
});

test.each([
  { why: "no mail scheme", more: { url: plainSecret("https://mail.example.org/T0KEN") } },
  { why: "no URL", more: { url: plainSecret("T0KEN") } },
  { why: "nobody to tell", more: { to: [] } },
  { why: "no address", more: { to: ["oncall"] } },
  { why: "a header within an address", more: { from: "a@b\r\nBcc: c@d" } },
])("refused when it is made: $why", ({ more }) => {
  expect(() => channelTo(1, more)).toThrow(expect.objectContaining({ code: "CONFIG" }));
  expect(() => channelTo(1, more)).not.toThrow("T0KEN");
});

function drip(socket: Socket): void {
  socket.write("220 test\r\n");
  const timer = setInterval(() => socket.write("250-more\r\n"), 20);
  socket.on("close", () => clearInterval(timer));
}

function answerUntilData(socket: Socket): void {
  speak(
    socket,
    () => false,
    (line) => line === ".",
  );
}

/** SMTP, as much as a client needs; closes where `isEnd` says so, and is silent where `isSilent` does. */
function speak(
  socket: Socket,
  isEnd: (line: string) => boolean,
  isSilent: (line: string) => boolean = () => false,
): void {
  let isInData = false;
  let rest = "";
  socket.write("220 test\r\n");
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isInData && line !== ".") continue;
      if (isEnd(line)) {
        socket.destroy();
        return;
      }
      if (isSilent(line)) continue;
      isInData = line === "DATA";
      socket.write(isInData ? "354 go on\r\n" : "250 ok\r\n");
    }
  });
}
