import { isJsonObject } from "../core/base/json.ts";
import { isJsonSpace, skipJsonSpace, splitJsonArray } from "../core/event/json-text.ts";

/** One event, undecoded, on its way into a log. */
export interface IngestMessage {
  readonly bytes: Uint8Array;
  /** CloudEvents attributes in binary mode, lower-case names. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** The events of a request, or why it is refused. */
export type IngestBody =
  | { readonly kind: "messages"; readonly messages: readonly IngestMessage[] }
  | { readonly kind: "refused"; readonly status: 400 | 413 | 415; readonly reason: string };

/** Events that one request may bring. */
export const messageCountMax = 100_000;

const lineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines"];
const jsonTypes = ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"];

/**
 * Cuts a request's body into one message an event: NDJSON into its lines that are not blank, a JSON array into its
 * elements, one object as it is; a CloudEvent in binary mode is its body with the `ce-` headers.
 *
 * What has no outer shape at all is refused as a whole, so that its sender learns of it. What is wrong with single lines
 * or elements is not looked at here: they become dead letters, as from any other source. Texts such as `text/plain`, which
 * a foreign web page could send unasked, are refused.
 */
export function splitIngestBody(body: Uint8Array, headers: Readonly<Record<string, string | undefined>>): IngestBody {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    return refused(415, `the content encoding ${encoding} is not taken: send the body as it is`);
  const attributes = cloudEventAttributes(headers);
  if (attributes !== undefined) {
    if (!jsonTypes.includes(type)) return refused(415, "the data of a CloudEvent is taken as application/json");
    return { kind: "messages", messages: [{ bytes: body, headers: attributes }] };
  }
  if (lineTypes.includes(type)) return splitLines(body);
  if (jsonTypes.includes(type)) return splitJson(body);
  return refused(
    415,
    `events are taken as application/x-ndjson or application/json, not as ${type || "a body without a content type"}`,
  );
}

function cloudEventAttributes(
  headers: Readonly<Record<string, string | undefined>>,
): Record<string, string> | undefined {
  if (headers["ce-specversion"] === undefined) return undefined;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-") && value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function splitLines(body: Uint8Array): IngestBody {
  const messages: IngestMessage[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(0x0a, start);
    const end = newline === -1 ? body.length : newline;
    const line = body.subarray(start, end);
    if (!line.every(isJsonSpace)) messages.push({ bytes: line, headers: undefined });
    if (messages.length > messageCountMax) return tooMany();
    start = end + 1;
  }
  return { kind: "messages", messages };
}

function splitJson(body: Uint8Array): IngestBody {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return refused(400, "the body is not UTF-8");
  }
  if (text.charCodeAt(skipJsonSpace(text, 0)) === 0x5b) {
    const array = splitJsonArray(text);
    if (array.kind === "malformed") return refused(400, `the body is not one JSON array: ${array.detail}`);
    if (array.elements.length > messageCountMax) return tooMany();
    return {
      kind: "messages",
      messages: array.elements.map((element) => ({ bytes: Buffer.from(element), headers: undefined })),
    };
  }
  try {
    if (isJsonObject(JSON.parse(text))) return { kind: "messages", messages: [{ bytes: body, headers: undefined }] };
  } catch {
    return refused(400, "the body is not JSON; events in lines are sent as application/x-ndjson");
  }
  return refused(400, "an event is a JSON object: send one, or an array of them");
}

function tooMany(): IngestBody {
  return refused(413, `one request brings at most ${messageCountMax} events: send it in parts`);
}

function refused(status: 400 | 413 | 415, reason: string): IngestBody {
  return { kind: "refused", status, reason };
}
