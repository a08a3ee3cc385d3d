import { ndjsonStreamSource } from "../../src/adapters/file/ndjson-stream-source.ts";
import type { ListHandlers } from "../../src/api/list-routes.ts";
import { answer } from "../../src/api/routes.ts";
import type { ServiceAnswer, ServiceRequest } from "../../src/cli/list-service.ts";
import { type CliPorts, runCli } from "../../src/cli/program.ts";
import type { DocumentReader } from "../../src/cli/rule-set.ts";
import { sha256Hex } from "../../src/core/base/hash.ts";
import type { ListContent } from "../../src/core/table/list-change.ts";
import { CepError } from "../../src/ports/error.ts";
import { parseConfig } from "../../src/spec/config.ts";
import { isMemberFile } from "../../src/spec/list-files.ts";
import { quietHandlers } from "../api/handlers.ts";
import { createManualClock } from "../contract/manual-clock.ts";
import { recordTelemetry } from "../contract/recorded-telemetry.ts";

export interface CliWorld {
  /** Contents by path; a folder is there where a path begins with it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The lists of a service that runs; absent: none does. */
  readonly lists?: ListHandlers;
  /** What that service asks for, where it asks; the command line has `secret`. */
  readonly token?: string;
  /** Whether both outputs are terminals, and coloured ones. */
  readonly isTerminal?: boolean;
}

export interface CliRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** Files that were written. */
  readonly written: Readonly<Record<string, string>>;
  /** Configurations that the service was to run with. */
  readonly served: readonly string[];
}

/** Documents as `readDocumentFiles` finds them, out of memory. */
export function memoryReader(files: Readonly<Record<string, string>>): DocumentReader {
  const under = (path: string) =>
    Object.keys(files)
      .filter((each) => each === path || each.startsWith(`${path}/`))
      .sort();
  return {
    async read(paths) {
      const unread = paths.filter((path) => under(path).length === 0);
      const found = paths.flatMap(under);
      return {
        files: found.filter((path) => !isMemberFile(path)).map((path) => ({ path, text: files[path] ?? "" })),
        unread: unread.map((path) => ({ path, reason: "there is no such file or folder" })),
        memberFiles: found.filter(isMemberFile),
      };
    },
    async readMembers(path) {
      const text = files[path];
      if (text === undefined) return { reason: "there is no such file" };
      return { content: listContentOf(path, text) };
    },
    isFolder: async (path) => under(path).some((each) => each !== path),
  };
}

/** A file of members with a text in it. */
function listContentOf(path: string, text: string): ListContent {
  const ending = path.slice(path.lastIndexOf(".") + 1);
  const format = ending === "csv" || ending === "mmdb" ? ending : "txt";
  return { format, sha256: sha256Hex(text), bytes: new TextEncoder().encode(text) };
}

/** Runs one command line over files in memory. */
export async function runInMemory(args: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const { files = {}, stdin, isTerminal = false, lists, token } = world;
  const clock = createManualClock();
  const written: Record<string, string> = {};
  const served: string[] = [];
  let out = "";
  let err = "";
  const ports: CliPorts = {
    terminal: {
      out: async (text) => void (out += text),
      err: (text) => void (err += text),
      isOutTerminal: isTerminal,
      isErrTerminal: isTerminal,
      hasOutColour: isTerminal,
      hasErrColour: isTerminal,
    },
    reader: memoryReader(files),
    clock,
    version: "1.2.3",
    checkSettings: (file, text) => parseConfig(file, text, {}, () => undefined).lints,
    async openEvents(path, name) {
      const text = path === "-" ? stdin : files[path];
      if (text === undefined) throw new CepError("SOURCE_REFUSED", `there is no file ${path}`);
      const source = ndjsonStreamSource({ name, stream: chunksOf(text), clock });
      return { source, sizeBytes: path === "-" ? undefined : Buffer.byteLength(text) };
    },
    writeDeadLetters: async (path, lines) => void (written[path] = lines),
    writeFile: async (path, text) => void (written[path] = text),
    addressOf: async ({ url }) => (url === "nowhere" ? "no address" : { url: url ?? "http://here", token: "secret" }),
    callService: async (address, request) =>
      lists === undefined
        ? { kind: "no-service", reason: "ECONNREFUSED" }
        : askService(request, { lists, token, bearer: address.token }),
    async readInput(path) {
      const text = path === "-" ? stdin : files[path];
      return text === undefined ? { reason: "there is none" } : { bytes: new TextEncoder().encode(text) };
    },
    async runService({ config }) {
      served.push(config);
      return 1;
    },
  };
  const status = await runCli(args, ports);
  return { status, out, err, written, served };
}

/** The service's own routes, without a network in between. */
async function askService(
  { method, path: target, body }: ServiceRequest,
  { lists, token, bearer }: { lists: ListHandlers; token: string | undefined; bearer: string | undefined },
): Promise<ServiceAnswer> {
  const [path = "", query = ""] = target.split("?");
  const { status, body: text } = await answer(
    {
      ...{ method, path, query: new URLSearchParams(query) },
      headers: { "content-type": body?.contentType, authorization: `Bearer ${bearer}` },
      readBody: async () => ({ kind: "whole", bytes: new TextEncoder().encode(body?.text ?? "") }),
    },
    { handlers: { ...quietHandlers, lists }, telemetry: recordTelemetry(), ...(token === undefined ? {} : { token }) },
  );
  const value: unknown = JSON.parse(text);
  return { kind: "answer", status, value };
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 64) yield Buffer.from(text.slice(at, at + 64));
}

/** Events as NDJSON. */
export const ndjson = (events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

/** The objects of NDJSON. */
export const linesOf = (text: string): readonly unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
