import { isJsonObject } from "../core/base/json.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

/** Where a running service listens, and what it asks for. */
export interface ServiceAddress {
  readonly url: string;
  readonly token: string | undefined;
}

export interface ServiceRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** With its query, encoded. */
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly text: string };
}

/** What a service answered; or why there was no answer. */
export type ServiceAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly value: unknown }
  | { readonly kind: "no-service"; readonly reason: string }
  /** It may have been done. */
  | { readonly kind: "no-answer"; readonly reason: string };

/** What the commands on lists need of the world, made by main. */
export interface ServicePorts {
  readonly terminal: Terminal;
  /** From `--url`, else from the settings; a text says why neither says it. */
  addressOf(options: { readonly config: string; readonly url: string | undefined }): Promise<ServiceAddress | string>;
  callService(address: ServiceAddress, request: ServiceRequest): Promise<ServiceAnswer>;
  /** A file, or standard input for `-`; a text says why it can't be read. */
  readInput(path: string): Promise<{ readonly bytes: Uint8Array } | { readonly reason: string }>;
}

/** A path of the HTTP port, its parts encoded. */
export function listPath(...parts: readonly string[]): string {
  return ["/lists", ...parts.map(encodeURIComponent)].join("/");
}

/** The value of an answer that says yes; else the status to end with, and on standard error why. */
export function valueOf(
  answer: ServiceAnswer,
  { url }: ServiceAddress,
  terminal: Terminal,
): { readonly value: unknown } | { readonly status: ExitStatus } {
  switch (answer.kind) {
    case "no-service":
      terminal.err(
        `tocsin list: no service answers at ${url} (${answer.reason}); start it with \`tocsin run\`, or name it with --url\n`,
      );
      return { status: exitStatus.failed };
    case "no-answer":
      terminal.err(
        `tocsin list: the service at ${url} gave no answer (${answer.reason}): it may have been done; doing it again is harmless\n`,
      );
      return { status: exitStatus.failed };
    case "answer": {
      if (answer.status === 200) return { value: answer.value };
      const { value } = answer;
      const said =
        isJsonObject(value) && typeof value["error"] === "string" ? value["error"] : `status ${answer.status}`;
      terminal.err(`tocsin list: ${answer.status === 401 ? tokenText : said}\n`);
      return { status: answer.status === 400 || answer.status === 404 ? exitStatus.wrongInput : exitStatus.failed };
    }
  }
}

const tokenText =
  "the service asks for its token: name its settings with --config, or give the token in TOCSIN_HTTP_TOKEN";
