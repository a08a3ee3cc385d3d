import { createHash, timingSafeEqual } from "node:crypto";
import { CepError } from "../ports/error.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { type ApiRequest, type ApiResponse, fault, json, wholeBody } from "./exchange.ts";
import { type IngestMessage, splitIngestBody } from "./ingest-body.ts";
import {
  answerAddition,
  answerLists,
  answerMember,
  answerMembers,
  answerRemoval,
  type ListHandlers,
} from "./list-routes.ts";

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
  readonly lists: ListHandlers;
}

export interface RouteOptions {
  readonly handlers: ApiHandlers;
  readonly telemetry: Telemetry;
  /** Where set, everything but probes and metrics wants it as a bearer token. */
  readonly token?: string;
}

/** @param names what the path has in place of `{…}`, decoded. */
type Route = (request: ApiRequest, options: RouteOptions, ...names: readonly string[]) => Promise<ApiResponse>;

interface Resource {
  readonly needsToken: boolean;
  readonly methods: Readonly<Record<string, Route>>;
}

/** By path; a part in braces stands for any one. */
const resources: Readonly<Record<string, Resource>> = {
  "/healthz": { needsToken: false, methods: { GET: async () => json(200, { status: "alive" }) } },
  "/readyz": { needsToken: false, methods: { GET: answerReadiness } },
  "/metrics": { needsToken: false, methods: { GET: answerMetrics } },
  "/status": { needsToken: true, methods: { GET: async (_, { handlers }) => json(200, await handlers.status()) } },
  "/events": { needsToken: true, methods: { POST: answerEvents } },
  "/lists": { needsToken: true, methods: { GET: async (_, { handlers }) => answerLists(handlers.lists) } },
  "/lists/{id}": {
    needsToken: true,
    methods: {
      GET: async (request, { handlers }, id = "") => answerMembers(id, request, handlers.lists),
      POST: (request, { handlers }, id = "") => answerAddition(id, request, handlers.lists),
    },
  },
  "/lists/{id}/{member}": {
    needsToken: true,
    methods: {
      GET: async (_, { handlers }, id = "", member = "") => answerMember(id, member, handlers.lists),
      DELETE: (_, { handlers }, id = "", member = "") => answerRemoval(id, member, handlers.lists),
    },
  },
};

/** The resource of a path and the names in it; undefined where there is none. */
function resourceOf(path: string): { readonly resource: Resource; readonly names: readonly string[] } | undefined {
  const parts = path.split("/").map(decoded);
  if (parts.includes(undefined)) return undefined;
  for (const [form, resource] of Object.entries(resources)) {
    const wanted = form.split("/");
    const isName = (index: number) => wanted[index]?.startsWith("{") === true;
    const fits = (part: string | undefined, index: number) => (isName(index) ? part !== "" : part === wanted[index]);
    if (parts.length !== wanted.length || !parts.every(fits)) continue;
    return { resource, names: parts.flatMap((part, index) => (isName(index) ? (part ?? []) : [])) };
  }
  return undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Answers one request. Total: what a handler throws becomes an answer too. */
export async function answer(request: ApiRequest, options: RouteOptions): Promise<ApiResponse> {
  const found = resourceOf(request.path);
  if (found === undefined)
    return fault(404, `there is no ${request.path}; there are ${Object.keys(resources).join(", ")}`);
  const { resource, names } = found;
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = Object.hasOwn(resource.methods, method) ? resource.methods[method] : undefined;
  if (route === undefined) {
    const allowed = Object.keys(resource.methods).join(", ");
    return fault(405, `${request.path} takes ${allowed}`, { allow: allowed });
  }
  if (resource.needsToken && options.token !== undefined && !hasToken(request, options.token)) {
    return fault(401, "a bearer token is needed: Authorization: Bearer …", { "www-authenticate": "Bearer" });
  }
  try {
    return await route(request, options, ...names);
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
  const bytes = await wholeBody(request);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const split = splitIngestBody(bytes, request.headers);
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
