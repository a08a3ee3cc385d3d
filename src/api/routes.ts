import { createHash, timingSafeEqual } from "node:crypto";
import { CepError } from "../ports/error.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { type IngestMessage, splitIngestBody } from "./ingest-body.ts";

/** Who sends, so that a request sent again is harmless; see `LocalLog`. */
export interface IngestProducer {
  readonly name: string;
  /** The producer's number of the first event of the request. */
  readonly sequence: number;
}

/** What the routes ask of the process behind them. */
export interface ApiHandlers {
  /** Empty where the engine is ready; else every reason why it is not. */
  unreadyReasons(): readonly string[];
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Anything that JSON can hold. */
  status(): Promise<unknown>;
  /**
   * Resolves with the log's last sequence once the messages are durable; absent where no source takes events over HTTP.
   *
   * @throws {CepError} STORE_FULL, STORE_UNAVAILABLE.
   */
  ingest?(messages: readonly IngestMessage[], producer: IngestProducer | undefined): Promise<number>;
}

export interface RouteOptions {
  readonly handlers: ApiHandlers;
  readonly telemetry: Telemetry;
  /** Where set, `POST /events` and `GET /status` want it as a bearer token. Probes and metrics never do. */
  readonly token?: string;
}

/** What became of reading a request's body. */
export type Body =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large"; readonly sizeMax: number }
  | { readonly kind: "no-room" };

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readBody(): Promise<Body>;
}

export interface ApiResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Route = (request: ApiRequest, options: RouteOptions) => Promise<ApiResponse>;

const routes: Readonly<
  Record<string, { readonly method: "GET" | "POST"; readonly needsToken: boolean; readonly answer: Route }>
> = {
  "/healthz": { method: "GET", needsToken: false, answer: async () => json(200, { status: "alive" }) },
  "/readyz": { method: "GET", needsToken: false, answer: answerReadiness },
  "/metrics": { method: "GET", needsToken: false, answer: answerMetrics },
  "/status": { method: "GET", needsToken: true, answer: async (_, { handlers }) => json(200, await handlers.status()) },
  "/events": { method: "POST", needsToken: true, answer: answerEvents },
};

/** Answers one request. Total: what a handler throws becomes an answer too. */
export async function answer(request: ApiRequest, options: RouteOptions): Promise<ApiResponse> {
  const route = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
  if (route === undefined)
    return fault(404, `there is no ${request.path}; there are ${Object.keys(routes).join(", ")}`);
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method !== route.method) {
    return fault(405, `${request.path} takes ${route.method}`, { allow: route.method });
  }
  if (route.needsToken && options.token !== undefined && !hasToken(request, options.token)) {
    return fault(401, "a bearer token is needed: Authorization: Bearer …", { "www-authenticate": "Bearer" });
  }
  try {
    return await route.answer(request, options);
  } catch (error) {
    if (error instanceof CepError) return unavailable(error);
    options.telemetry.error("a request failed", { path: request.path, err: error });
    return fault(500, "the request failed; the log says why");
  }
}

async function answerReadiness(_: ApiRequest, { handlers }: RouteOptions): Promise<ApiResponse> {
  const reasons = handlers.unreadyReasons();
  return reasons.length === 0 ? json(200, { status: "ready" }) : json(503, { status: "not ready", reasons });
}

async function answerMetrics(_: ApiRequest, { handlers }: RouteOptions): Promise<ApiResponse> {
  const { contentType, text } = await handlers.metrics();
  return { status: 200, contentType, body: text };
}

/**
 * Takes events. 202 `{accepted, lastSequence}` is sent only after they are durable; until then a sender sends again,
 * harmlessly if it names itself: `Tocsin-Producer`, and in `Tocsin-Producer-Sequence` its own number of the first event.
 */
async function answerEvents(request: ApiRequest, { handlers, telemetry }: RouteOptions): Promise<ApiResponse> {
  if (handlers.ingest === undefined) return fault(404, "no source takes events over HTTP: configure one of kind local");
  const producer = producerOf(request);
  if (typeof producer === "string") return fault(400, producer);
  const body = await request.readBody();
  if (body.kind === "too-large") return fault(413, `a body has at most ${body.sizeMax} bytes: send it in parts`);
  if (body.kind === "no-room")
    return fault(503, "too much is being received at once: send it again", { "retry-after": "1" });
  const split = splitIngestBody(body.bytes, request.headers);
  if (split.kind === "refused") return fault(split.status, split.reason);
  const lastSequence = await handlers.ingest(split.messages, producer);
  telemetry.count("tocsin_http_events_total", split.messages.length);
  return json(202, { accepted: split.messages.length, lastSequence });
}

function producerOf({ headers }: ApiRequest): IngestProducer | undefined | string {
  const name = headers["tocsin-producer"];
  const sequence = headers["tocsin-producer-sequence"];
  if (name === undefined && sequence === undefined) return undefined;
  if (name === undefined || sequence === undefined) return "Tocsin-Producer and Tocsin-Producer-Sequence go together";
  if (!/^[\x21-\x7e]{1,200}$/.test(name)) return "Tocsin-Producer is a name of at most 200 visible ASCII characters";
  const number = Number(sequence);
  if (!/^\d+$/.test(sequence) || !Number.isSafeInteger(number)) return "Tocsin-Producer-Sequence is a number from 0 on";
  return { name, sequence: number };
}

/** Compares digests, so that neither the time taken nor a length tells anything of the token. */
function hasToken({ headers }: ApiRequest, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
  if (given === undefined) return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function unavailable(error: CepError): ApiResponse {
  const retryAfter = Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000));
  const body = { error: error.message, code: error.code };
  return { ...json(503, body), ...(error.retryable ? { headers: { "retry-after": String(retryAfter) } } : {}) };
}

function json(status: number, value: unknown): ApiResponse {
  return { status, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** The answer to a request that can't be met: `{error}` says why and how to mend it. */
function fault(status: number, error: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { ...json(status, { error }), headers };
}
