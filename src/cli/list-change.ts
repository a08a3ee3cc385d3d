import { isJsonObject, toJson } from "../core/base/json.ts";
import type { JsonValue } from "../core/base/json.ts";
import { contentText } from "../core/table/list-base.ts";
import { readCsv, readLines } from "../core/table/file-members.ts";
import { memberType } from "../core/table/member-rows.ts";
import { grouped } from "./progress.ts";
import { listPath, valueOf } from "./list-service.ts";
import type { ServiceAddress, ServicePorts } from "./list-service.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus } from "./terminal.ts";

/** Forms of a file to import. */
export const importFormats = ["txt", "csv", "ndjson"] as const;
export type ImportFormat = (typeof importFormats)[number];

/** Members of one request, and characters of their JSON: below what the HTTP port takes. */
const requestMemberCountMax = 10_000;
const requestTextLengthMax = 4 * 1024 * 1024;

interface Target {
  readonly list: string;
  readonly ttl: string | undefined;
}

/** `tocsin list add`: members with fields, said to be added once they are durable. */
export async function runAdd(
  { list, ttl, members, fields }: Target & { readonly members: readonly string[]; readonly fields: readonly string[] },
  address: ServiceAddress,
  ports: ServicePorts,
): Promise<ExitStatus> {
  const values = fieldsOf(fields);
  if (typeof values === "string") {
    ports.terminal.err(`tocsin list add: ${values}\n`);
    return exitStatus.wrongInput;
  }
  const lines = members.map((member) => JSON.stringify({ member, fields: values, untyped: true }));
  const added = await addLines({ list, ttl }, lines, { address, ports });
  if (typeof added === "object") return added.status;
  await ports.terminal.out(`${membersText(added)} added to ${list}\n`);
  return exitStatus.ok;
}

/** `name=value`, the value as JSON where it is such, else a text; a text says what is wrong. */
function fieldsOf(written: readonly string[]): Readonly<Record<string, JsonValue>> | string {
  const fields: Record<string, JsonValue> = {};
  for (const text of written) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(0, at));
    if (name === "" || name === "__proto__") return `--field ${text} is no field: write name=value`;
    fields[name] = valueOfText(text.slice(at + 1));
  }
  return fields;
}

function valueOfText(text: string): JsonValue {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return text;
  }
}

/** `tocsin list remove`: each member by itself; those that are none are told, and end it with 1. */
export async function runRemove(
  { list, members }: { readonly list: string; readonly members: readonly string[] },
  address: ServiceAddress,
  ports: ServicePorts,
): Promise<ExitStatus> {
  const { terminal } = ports;
  let removedCount = 0;
  let status: ExitStatus = exitStatus.ok;
  for (const member of members) {
    const answer = await ports.callService(address, { method: "DELETE", path: listPath(list, member) });
    const found = valueOf(answer, address, terminal);
    if ("value" in found) removedCount += 1;
    else if (answer.kind === "answer" && answer.status === 404) status = exitStatus.failed;
    else return found.status;
  }
  if (removedCount > 0) await terminal.out(`${membersText(removedCount)} removed from ${list}\n`);
  return status;
}

/** `tocsin list import`: the members of a file, some thousands a request. */
export async function runImport(
  { list, ttl, path, format }: Target & { readonly path: string; readonly format: ImportFormat | undefined },
  address: ServiceAddress,
  ports: ServicePorts,
): Promise<ExitStatus> {
  const { terminal } = ports;
  const input = await ports.readInput(path);
  if ("reason" in input) {
    terminal.err(`tocsin list import: ${path} can't be read: ${input.reason}\n`);
    return exitStatus.wrongInput;
  }
  const read = linesOf(input.bytes, format ?? formatOfPath(path));
  if ("fault" in read) {
    terminal.err(`tocsin list import: ${path}: ${read.fault}\n`);
    return exitStatus.wrongInput;
  }
  const added = await addLines({ list, ttl }, read.lines, { address, ports });
  if (typeof added === "object") return added.status;
  await terminal.out(`${membersText(added)} added to ${list}\n`);
  return exitStatus.ok;
}

function membersText(count: number): string {
  return count === 1 ? "1 member" : `${grouped(count)} members`;
}

function formatOfPath(path: string): ImportFormat {
  if (/\.csv$/i.test(path)) return "csv";
  return /\.(?:ndjson|jsonl)$/i.test(path) ? "ndjson" : "txt";
}

/** The members of a file, each as JSON. */
function linesOf(
  bytes: Uint8Array,
  format: ImportFormat,
): { readonly lines: Iterable<string> } | { readonly fault: string } {
  const text = contentText(bytes);
  if (text === undefined) return { fault: "the file is not UTF-8: save it as such" };
  if (format === "ndjson") return { lines: text.split("\n").filter((line) => line.trim() !== "") };
  const { rows, faults } = format === "csv" ? readCsv(text, undefined) : readLines(text);
  const [first] = faults;
  if (first !== undefined) return { fault: first.message };
  function* lines(): Generator<string> {
    for (let row = 0; row < rows.count; row += 1) {
      const untyped = rows.types[row] === memberType.either;
      yield JSON.stringify({ member: rows.textAt(row), fields: rows.fieldsAt(row), untyped });
    }
  }
  return { lines: lines() };
}

interface Sending {
  readonly address: ServiceAddress;
  readonly ports: ServicePorts;
}

/** Sends members in requests of a size; the number that was added, or the status to end with. */
async function addLines(
  { list, ttl }: Target,
  lines: Iterable<string>,
  { address, ports }: Sending,
): Promise<number | { readonly status: ExitStatus }> {
  const path = ttl === undefined ? listPath(list) : `${listPath(list)}?ttl=${encodeURIComponent(ttl)}`;
  let addedCount = 0;
  for (const text of requestsOf(lines)) {
    const body = { contentType: "application/x-ndjson", text };
    const found = valueOf(await ports.callService(address, { method: "POST", path, body }), address, ports.terminal);
    if (!("value" in found)) {
      if (addedCount > 0) ports.terminal.err(`${grouped(addedCount)} members before were added\n`);
      return found;
    }
    const { value } = found;
    addedCount += isJsonObject(value) && typeof value["added"] === "number" ? value["added"] : 0;
  }
  return addedCount;
}

function* requestsOf(lines: Iterable<string>): Generator<string> {
  let text = "";
  let count = 0;
  for (const line of lines) {
    text += `${line}\n`;
    count += 1;
    if (count < requestMemberCountMax && text.length < requestTextLengthMax) continue;
    yield text;
    text = "";
    count = 0;
  }
  if (count > 0) yield text;
}
