import { isJsonObject } from "../core/base/json.ts";
import type { JsonValue } from "../core/base/json.ts";
import { eventTimeMs } from "../core/time/instant.ts";
import { formatInstant } from "../core/time/iso-instant.ts";
import { listPath, valueOf } from "./list-service.ts";
import type { ServiceAddress, ServicePorts } from "./list-service.ts";
import { printable } from "./printable.ts";
import { grouped } from "./progress.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus } from "./terminal.ts";

export interface ShowArguments {
  readonly list: string | undefined;
  readonly member: string | undefined;
  readonly prefix: string;
  /** Members at most. */
  readonly limit: number;
  readonly format: "pretty" | "ndjson";
}

const pageCountMax = 1_000;

/** `tocsin list show`: all lists, the members of one, or one member as a condition would find it. */
export async function runShow(
  options: ShowArguments,
  address: ServiceAddress,
  ports: ServicePorts,
): Promise<ExitStatus> {
  const { list, member, format } = options;
  if (list !== undefined && member === undefined) return showMembers(list, options, address, ports);
  const path = list === undefined ? listPath() : listPath(list, member ?? "");
  const answer = await ports.callService(address, { method: "GET", path });
  const found = valueOf(answer, address, ports.terminal);
  // That a member is not there is an answer, such as a script asks for.
  if (!("value" in found))
    return member !== undefined && answer.kind === "answer" && answer.status === 404 ? exitStatus.failed : found.status;
  const { value } = found;
  const lines = list === undefined ? listsOf(value) : [value];
  for (const line of lines) await ports.terminal.out(lineOf(line, format));
  return exitStatus.ok;
}

function listsOf(value: unknown): readonly unknown[] {
  const lists = isJsonObject(value) ? value["lists"] : undefined;
  return Array.isArray(lists) ? lists : [];
}

async function showMembers(
  list: string,
  { prefix, limit, format }: ShowArguments,
  address: ServiceAddress,
  ports: ServicePorts,
): Promise<ExitStatus> {
  const { terminal } = ports;
  let left = limit;
  for (let cursor: JsonValue = ""; typeof cursor === "string" && left > 0; ) {
    const query = new URLSearchParams({ prefix, limit: String(Math.min(left, pageCountMax)) });
    if (cursor !== "") query.set("cursor", cursor);
    const path = `${listPath(list)}?${query.toString()}`;
    const found = valueOf(await ports.callService(address, { method: "GET", path }), address, terminal);
    if (!("value" in found)) return found.status;
    const { value } = found;
    if (!isJsonObject(value)) break;
    if (cursor === "" && format === "pretty") terminal.err(lineOf(value["list"], format));
    const members = Array.isArray(value["members"]) ? value["members"] : [];
    await terminal.out(members.map((member) => lineOf(member, format)).join(""));
    left -= members.length;
    cursor = value["cursor"] ?? null;
    if (typeof cursor === "string" && left <= 0) terminal.err(`there are more: --limit ${limit * 10}\n`);
  }
  return exitStatus.ok;
}

function lineOf(value: unknown, format: "pretty" | "ndjson"): string {
  if (format === "ndjson" || !isJsonObject(value)) return `${JSON.stringify(value)}\n`;
  return `${printable("member" in value ? memberText(value) : listText(value))}\n`;
}

/** `blocked  exact  120,000 of its documents, 3 added, 1 removed  ttl 1h` */
function listText({ id, kind, documents, added, removed, ttl, fields }: Readonly<Record<string, JsonValue>>): string {
  const count = (value: JsonValue | undefined) => grouped(typeof value === "number" ? value : 0);
  const parts = [
    `${textOf(id)}  ${textOf(kind)}  ${count(documents)} of its documents, ${count(added)} added, ${count(removed)} removed`,
    ...(typeof ttl === "string" ? [`ttl ${ttl}`] : []),
    ...(Array.isArray(fields) ? [`fields ${fields.join(", ")}`] : []),
  ];
  return parts.join("  ");
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** `4111  {"risk":3}  since 2026-01-01T00:00:00.000Z  until 2026-01-01T01:00:00.000Z` */
function memberText({ member, fields, since, expires }: Readonly<Record<string, JsonValue>>): string {
  const hasFields = isJsonObject(fields) && Object.keys(fields).length > 0;
  const parts = [
    textOf(member),
    ...(hasFields ? [JSON.stringify(fields)] : []),
    ...(typeof since === "number" ? [`since ${instantText(since)}`] : []),
    ...(typeof expires === "number" ? [`until ${instantText(expires)}`] : []),
  ];
  return parts.join("  ");
}

/** Times further off than calendars go are said in milliseconds. */
function instantText(ms: number): string {
  return Number.isInteger(ms) && Math.abs(ms) <= 8.64e15 ? formatInstant(eventTimeMs(ms)) : `${ms} ms`;
}
