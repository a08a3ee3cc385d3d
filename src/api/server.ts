import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { assert } from "../core/base/assert.ts";
import { CepError } from "../ports/error.ts";
import { defaultHttpPort } from "../spec/config-schema.ts";
import type { ApiRequest, ApiResponse, Body } from "./exchange.ts";
import { answer, type RouteOptions } from "./routes.ts";

export interface ApiOptions extends RouteOptions {
  /** Default 127.0.0.1: reachable from this machine alone. */
  readonly host?: string;
  /** Where it is named it must be free; without it the default is tried first, then any free one. */
  readonly port?: number;
  /** Bytes of a body. Default 16 MiB. */
  readonly bodySizeMax?: number;
  /** Bytes of all bodies that are being received. Default 128 MiB. */
  readonly receivingSizeMax?: number;
}

export interface ApiServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Takes no more requests, waits at most `graceMs` for those under way, and cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
const keepAliveTimeoutMs = 5_000;
const connectionCountMax = 1_000;

/**
 * The HTTP port: `GET /healthz`, `/readyz`, `/metrics`, `/status`, `POST /events` where a source takes them, and `/lists`.
 *
 * At the limit: a body beyond `bodySizeMax` is 413; where all bodies together pass `receivingSizeMax`, a request is 503 with
 * Retry-After; connections beyond 1,000 are closed at once; a request that does not arrive within a minute is cut.
 *
 * @throws {CepError} CONFIG where the port or host can't be had.
 */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { host = "127.0.0.1", port, telemetry } = options;
  let isClosing = false;
  let receivingSize = 0;
  const budget: BodyBudget = {
    bodySizeMax: options.bodySizeMax ?? 16 * 1024 * 1024,
    take(size) {
      if (receivingSize + size > (options.receivingSizeMax ?? 128 * 1024 * 1024)) return false;
      receivingSize += size;
      return true;
    },
    giveBack(size) {
      receivingSize -= size;
    },
  };
  const server = createServer((request, response) => {
    void serve(request, response, budget, options, () => isClosing);
  });
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.maxConnections = connectionCountMax;

  const chosen = await listenOn(server, host, port);
  if (port === undefined && chosen !== defaultHttpPort) {
    telemetry.warn(`port ${defaultHttpPort} is taken; the HTTP port is ${chosen}`, { port: chosen });
  }
  server.on("error", (error) => telemetry.error("the HTTP port failed", { err: error }));
  return {
    host,
    port: chosen,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${chosen}`,
    async close(graceMs = 5_000) {
      isClosing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** @throws {CepError} CONFIG. */
async function listenOn(server: Server, host: string, port: number | undefined): Promise<number> {
  try {
    return await listen(server, host, port ?? defaultHttpPort);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE" && port === undefined) return listen(server, host, 0);
    const wanted = port ?? defaultHttpPort;
    if (code === "EADDRINUSE") {
      throw new CepError("CONFIG", `port ${wanted} of ${host} is taken: stop what has it, or configure another`, {
        cause,
      });
    }
    throw new CepError(
      "CONFIG",
      `port ${wanted} of ${host} can't be had (${String(code)}): configure another host or port`,
      {
        cause,
      },
    );
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const address = server.address();
      assert(typeof address === "object" && address !== null, "a server that listens has an address");
      resolve(address.port);
    });
  });
}

/** Room for bodies that are being received. */
interface BodyBudget {
  readonly bodySizeMax: number;
  take(size: number): boolean;
  giveBack(size: number): void;
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  budget: BodyBudget,
  options: RouteOptions,
  isClosing: () => boolean,
): Promise<void> {
  let heldSize = 0;
  const [path = "", query = ""] = (incoming.url ?? "").split("?", 2);
  const request: ApiRequest = {
    method: incoming.method ?? "",
    path,
    query: new URLSearchParams(query),
    headers: headersOf(incoming),
    readBody: () =>
      readBody(incoming, {
        ...budget,
        take(size) {
          if (!budget.take(size)) return false;
          heldSize += size;
          return true;
        },
      }),
  };
  try {
    const answered = await answer(request, options);
    // A body that was not read to its end can't be followed by another request.
    write(response, answered, isClosing() || (hasBody(incoming) && !incoming.complete));
  } catch (error) {
    // The client went away in the middle of its body.
    options.telemetry.debug("a request was cut off", { path: request.path, err: error });
    response.destroy();
  } finally {
    budget.giveBack(heldSize);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function headersOf(incoming: IncomingMessage): Readonly<Record<string, string | undefined>> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return headers;
}

async function readBody(incoming: IncomingMessage, { bodySizeMax, take }: BodyBudget): Promise<Body> {
  const declaredSize = Number(incoming.headers["content-length"] ?? 0);
  if (declaredSize > bodySizeMax) return { kind: "too-large", sizeMax: bodySizeMax };
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const stop = (body: Body): void => {
      incoming.pause();
      incoming.off("data", hear);
      resolve(body);
    };
    const hear = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > bodySizeMax) stop({ kind: "too-large", sizeMax: bodySizeMax });
      else if (!take(chunk.length)) stop({ kind: "no-room" });
      else chunks.push(chunk);
    };
    incoming.on("data", hear);
    incoming.once("end", () => resolve({ kind: "whole", bytes: Buffer.concat(chunks) }));
    incoming.once("error", reject);
    incoming.once("close", () => reject(new Error("the connection was closed")));
  });
}

function write(response: ServerResponse, { status, contentType, body, headers }: ApiResponse, isLast: boolean): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
    ...(isLast ? { connection: "close" } : {}),
    ...headers,
  });
  response.end(body);
}
