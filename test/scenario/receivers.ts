import { createServer } from "node:http";
import { SMTPServer } from "smtp-server";

/** A webhook's receiver that keeps the id and the alert of each call. */
export interface WebhookReceiver {
  readonly url: string;
  readonly calls: readonly { readonly id: string; readonly body: string }[];
  close(): Promise<void>;
}

export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const calls: { id: string; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({ id: String(request.headers["webhook-id"]), body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/hook`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A mail server that keeps the Message-ID of each mail that it took. */
export interface MailReceiver {
  readonly url: string;
  readonly ids: readonly string[];
  close(): Promise<void>;
}

export async function receiveMail(): Promise<MailReceiver> {
  const ids: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const id = /^message-id:\s*<([^@]+)@tocsin>/im.exec(Buffer.concat(chunks).toString("utf8"))?.[1];
        ids.push(id ?? "none");
        callback();
      });
    },
  });
  // A client that is killed in the middle of its talk
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  return {
    url: `smtp://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    ids,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
