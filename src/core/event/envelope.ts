import { isJsonObject } from "../base/json.ts";
import { eventTimeMs, type EventTimeMs } from "../time/instant.ts";
import { parseInstant } from "../time/iso-instant.ts";

/** Where an event's envelope comes from; each field is a top-level name or, where there is none such, a path of names with dots. */
export interface EnvelopeSettings {
  /** Name of the source, which is an event's `source` where it names none, and part of its position. */
  readonly source: string;
  /** Default: `time`, else `ts`, else the log's stamp. Where it is named, nothing else is taken. */
  readonly timeField?: string | undefined;
  readonly timeFormat: "iso" | "ms" | "s" | "auto";
  /** Default: `type`, else the NATS subject, else `event`. */
  readonly typeField?: string | undefined;
  /** Default: `id`, else the position. The empty string names every event by its position. */
  readonly idField?: string | undefined;
  /** UTF-8 bytes that one event may take. */
  readonly maxEventBytes: number;
  /** Levels of objects and arrays in one another; a flat object has 1. */
  readonly maxDepth: number;
}

/** What stands in docs/formats.md where a source says nothing else. */
export const defaultEnvelope = { timeFormat: "auto", maxEventBytes: 1_048_576, maxDepth: 64 } as const;

/** What the log says of a message beside its bytes. */
export interface MessageContext {
  readonly stampMs: number | undefined;
  readonly subject: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Top-level fields that the envelope is read from; absent ones may be `undefined`. */
export type EnvelopeFields = Readonly<Record<string, unknown>>;

/** The envelope of one event; `id` undefined: it is named by its position. */
export interface Envelope {
  readonly id: string | number | undefined;
  readonly type: string;
  readonly time: EventTimeMs;
  readonly source: string;
}

/** CloudEvents attributes of a message in binary mode, or undefined where it is not one. Header names are in lower case. */
export type BinaryAttributes = (name: "id" | "type" | "time" | "source") => string | undefined;

/**
 * CloudEvents 1.x, binary mode: the attributes stand in headers that begin with `ce-`, percent-encoded as the HTTP binding
 * (section 3.1.3.2) has it, and the message is the data alone.
 */
export function binaryAttributesOf(
  headers: Readonly<Record<string, string>> | undefined,
): BinaryAttributes | undefined {
  if (headers?.["ce-specversion"]?.startsWith("1.") !== true) return undefined;
  return (name) => {
    const value = headers[`ce-${name}`];
    return value?.includes("%") === true ? percentDecode(value) : value;
  };
}

function percentDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Names of the top-level fields that `readEnvelope` may read, each once. */
export function envelopeNamesOf({ idField, typeField, timeField }: EnvelopeSettings): readonly string[] {
  const configured = [idField, typeField, timeField].filter((path) => path !== undefined);
  return [
    ...new Set([
      ...(idField === undefined ? ["id"] : []),
      ...(typeField === undefined ? ["type"] : []),
      ...(timeField === undefined ? ["time", "ts", "specversion"] : []),
      "source",
      ...configured.flatMap((path) => [path, path.split(".")[0] ?? path]),
    ]),
  ];
}

/**
 * The envelope of `fields`, or what is wrong with its time, in words.
 *
 * A time that is there and can't be read is a fault, not a reason to look further: the next field's time would be a wrong
 * one, silently. `null` counts as absent. A CloudEvent's own time is RFC 3339, whatever `timeFormat` says of other events.
 */
export function readEnvelope(
  fields: EnvelopeFields,
  message: MessageContext,
  settings: EnvelopeSettings,
  binary: BinaryAttributes | undefined,
): Envelope | string {
  const time = readTime(fields, message, settings, binary);
  if (typeof time === "string") return time;
  return {
    id: settings.idField === "" ? undefined : readId(fields, settings, binary),
    type: readType(fields, settings, binary) ?? message.subject ?? "event",
    time,
    source: textOrUndefined(binary === undefined ? fields["source"] : binary("source")) ?? settings.source,
  };
}

function readId(
  fields: EnvelopeFields,
  settings: EnvelopeSettings,
  binary: BinaryAttributes | undefined,
): string | number | undefined {
  const value =
    settings.idField === undefined
      ? binary === undefined
        ? fields["id"]
        : binary("id")
      : readField(fields, settings.idField);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return textOrUndefined(value);
}

function readType(
  fields: EnvelopeFields,
  settings: EnvelopeSettings,
  binary: BinaryAttributes | undefined,
): string | undefined {
  const value =
    settings.typeField === undefined
      ? binary === undefined
        ? fields["type"]
        : binary("type")
      : readField(fields, settings.typeField);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return textOrUndefined(value);
}

function readTime(
  fields: EnvelopeFields,
  message: MessageContext,
  settings: EnvelopeSettings,
  binary: BinaryAttributes | undefined,
): EventTimeMs | string {
  if (settings.timeField !== undefined) {
    const value = readField(fields, settings.timeField);
    if (value === undefined || value === null)
      return `the field ${settings.timeField}, which this source takes the time from, is absent`;
    return parseInstant(value, settings.timeFormat) ?? unreadableTime(settings.timeField, value, settings.timeFormat);
  }
  if (binary !== undefined) return readCloudEventTime(binary("time"), message);
  if (isStructuredCloudEvent(fields)) return readCloudEventTime(fields["time"], message);
  const name = isPresent(fields["time"]) ? "time" : "ts";
  const value = fields[name];
  if (isPresent(value))
    return parseInstant(value, settings.timeFormat) ?? unreadableTime(name, value, settings.timeFormat);
  return stampOf(message) ?? "it has neither time nor ts, and its log keeps no stamps";
}

function readCloudEventTime(value: unknown, message: MessageContext): EventTimeMs | string {
  if (isPresent(value)) return parseInstant(value, "iso") ?? unreadableTime("time", value, "iso");
  return stampOf(message) ?? "the CloudEvent has no time, and its log keeps no stamps";
}

/** CloudEvents 1.x, structured mode. */
function isStructuredCloudEvent(fields: EnvelopeFields): boolean {
  const version = fields["specversion"];
  return typeof version === "string" && version.startsWith("1.");
}

function stampOf(message: MessageContext): EventTimeMs | undefined {
  return message.stampMs === undefined ? undefined : eventTimeMs(message.stampMs);
}

function unreadableTime(name: string, value: unknown, format: EnvelopeSettings["timeFormat"]): string {
  const shown = (JSON.stringify(value) ?? "nothing").slice(0, 100);
  return `${name} is ${shown}, which is no time in the format ${format}`;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Text that says something; the empty string names nothing. */
function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Own members only: no event can name what it merely inherits from `Object`. */
function readField(fields: EnvelopeFields, path: string): unknown {
  if (Object.hasOwn(fields, path) && fields[path] !== undefined) return fields[path];
  let value: unknown = fields;
  for (const name of path.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
