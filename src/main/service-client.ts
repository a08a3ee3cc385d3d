import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { ServiceAddress, ServiceAnswer, ServicePorts, ServiceRequest } from "../cli/list-service.ts";
import { defaultHttpPort } from "../spec/config-schema.ts";
import { checkSettings } from "./run-service.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Longest wait for an answer; a store that is away may hold one up. */
const answerMsMax = 30_000;

/** Where the service of the settings listens. With `--url` settings need not be right: the token may come from the environment. */
export async function addressOf(
  { config: path, url }: Parameters<ServicePorts["addressOf"]>[0],
  environment: Environment,
): Promise<ServiceAddress | string> {
  if (url !== undefined && !URL.canParse(url)) return `--url ${url} is no address; write it as http://127.0.0.1:7700`;
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined && path !== "tocsin.yaml" && url === undefined)
    return `the settings ${path} can't be read; name the service with --url`;
  const { config, lints } = checkSettings(path, text ?? "", environment);
  const token = config?.http.token?.reveal() ?? environment["TOCSIN_HTTP_TOKEN"];
  if (url !== undefined) return { url: url.replace(/\/+$/, ""), token };
  const [first] = lints.filter(({ severity }) => severity === "error");
  if (config === undefined)
    return `the settings are at fault (${first?.file}:${first?.line}: ${first?.message}); mend them, or name the service with --url`;
  const { host, port = defaultHttpPort } = config.http;
  if (port === 0) return "the settings have the service take any free port: name it with --url; it logs which it has";
  return { url: `http://${nearHost(host)}:${port}`, token };
}

/** A host that stands for all of this machine's addresses is reached by one of them. */
function nearHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

export async function callService(
  { url, token }: ServiceAddress,
  { method, path, body }: ServiceRequest,
): Promise<ServiceAnswer> {
  try {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": body.contentType }),
      },
      ...(body === undefined ? {} : { body: body.text }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    return { kind: "answer", status: response.status, value: valueOfText(await response.text()) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
    const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
    const isAbsent = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"].includes(code ?? "");
    return { kind: isAbsent ? "no-service" : "no-answer", reason };
  }
}

function valueOfText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A file, or standard input for `-`. */
export async function readInput(path: string): Promise<{ readonly bytes: Uint8Array } | { readonly reason: string }> {
  try {
    return { bytes: path === "-" ? await buffer(process.stdin) : await readFile(path) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
