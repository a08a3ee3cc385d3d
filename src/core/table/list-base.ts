import type { ListDocument } from "../../spec/list.ts";
import type { Fault } from "../base/fault.ts";
import { pointerTo } from "../base/fault.ts";
import { toJson } from "../base/json.ts";
import { blockOf } from "./address.ts";
import { BlockArrays, BlockBase, blockCountMax } from "./block-base.ts";
import { fileFault, FileFaults, lineAt, readCsv, readLines } from "./file-members.ts";
import type { FileMembers } from "./file-members.ts";
import type { ListContent } from "./list-change.ts";
import type { ListBase, ListKind, MemberFields } from "./list-program.ts";
import { domainOf, keyedMember } from "./member-key.ts";
import { MemberRows, memberType, noFields } from "./member-rows.ts";
import { MmdbBase } from "./mmdb-base.ts";
import { ExactBase, SuffixBase } from "./text-base.ts";

type WrittenMember = NonNullable<ListDocument["members"]>[number];

/** What the documents say is in a list: the file's members, and behind them those of the document itself. */
export function compileListBase(
  document: ListDocument,
  content: ListContent | undefined,
  kind: ListKind,
  faults: Fault[],
): ListBase | undefined {
  if (content?.format === "mmdb") return compileMmdb(document, content, kind, faults);
  const { rows, faults: found } = readContent(content, document.fields);
  faults.push(...found);
  const file = { count: rows.count, text: rows.text };
  appendWritten(rows, document.members ?? []);
  if (rows.count > blockCountMax) {
    faults.push(fileFault(`the list has more than ${blockCountMax} members: split it`));
    return undefined;
  }
  const refusals = new FileFaults();
  const refuse = (row: number, message: string) => {
    const pointer = pointerTo("/members", row - file.count);
    if (row < file.count) refusals.add(lineAt(file.text, rows.starts[row] ?? 0), message);
    else faults.push({ pointer, severity: "error", code: "wrong-value", message });
  };
  const base = baseOf(kind, rows, refuse);
  faults.push(...refusals.finish());
  const doubled = rows.count - base.memberCount;
  if (doubled > 0 && faults.every(({ severity }) => severity !== "error")) {
    const message = `${doubled} of the members are written again: of equal ones the last counts`;
    const pointer = file.count > 0 ? "/file" : "/members";
    faults.push({ pointer, severity: "warning", code: "duplicate", message });
  }
  return base;
}

function compileMmdb(
  document: ListDocument,
  { bytes }: ListContent,
  kind: ListKind,
  faults: Fault[],
): ListBase | undefined {
  if (kind !== "cidr") {
    const message = "the members of a .mmdb file are blocks of addresses: write `kind: cidr`, or leave it out";
    faults.push({ pointer: "/kind", severity: "error", code: "wrong-value", message });
  }
  if ((document.members ?? []).length > 0) {
    const message = "members can't stand beside a .mmdb file: give them a list of their own";
    faults.push({ pointer: "/members", severity: "error", code: "wrong-value", message });
  }
  try {
    return new MmdbBase(bytes, document.fields);
  } catch (error) {
    faults.push(fileFault(`no MaxMind database: ${error instanceof Error ? error.message : String(error)}`));
    return undefined;
  }
}

function readContent(content: ListContent | undefined, fields: readonly string[] | undefined): FileMembers {
  const none: FileMembers = { rows: new MemberRows("", 0, undefined), fieldNames: undefined, faults: [] };
  if (content === undefined) return none;
  const text = contentText(content.bytes);
  if (text === undefined) return { ...none, faults: [fileFault("the file is not UTF-8: save it as such")] };
  return content.format === "csv" ? readCsv(text, fields) : readLines(text);
}

/** Undefined where the bytes are no UTF-8. A byte order mark is left out. */
export function contentText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function appendWritten(rows: MemberRows, members: readonly WrittenMember[]): void {
  const fileCount = rows.count;
  const ofFile = rows.fieldsOf;
  const fields = members.map(fieldsOfWritten);
  if (fields.some((written) => written !== noFields)) {
    rows.fieldsOf = (row) => (row < fileCount ? ofFile?.(row) : fields[row - fileCount]) ?? noFields;
  } else if (ofFile !== undefined) {
    rows.fieldsOf = (row) => (row < fileCount ? ofFile(row) : noFields);
  }
  for (const written of members) {
    const member = typeof written === "object" ? written.member : written;
    rows.addText(String(member), typeof member === "number" ? memberType.number : memberType.text);
  }
  rows.close();
}

function fieldsOfWritten(written: WrittenMember): MemberFields {
  if (typeof written !== "object") return noFields;
  const { member: _member, ...fields } = written;
  const entries = Object.entries(fields).map(([name, value]) => [name, toJson(value)] as const);
  return entries.length === 0 ? noFields : Object.fromEntries(entries);
}

/** @param refuse is told of each row that a list of this kind cannot hold; the base is then of no use. */
function baseOf(kind: ListKind, rows: MemberRows, refuse: (row: number, message: string) => void): ListBase {
  switch (kind) {
    case "exact":
      return new ExactBase(rows);
    case "suffix":
      return new SuffixBase(domainsOf(rows, refuse));
    case "cidr": {
      const blocks = new BlockArrays(rows.count);
      for (let row = 0; row < rows.count; row += 1) {
        const block = rows.types[row] === memberType.number ? undefined : blockOf(rows.textAt(row));
        if (block === undefined) refuse(row, refusalAt(kind, rows, row));
        else blocks.add(block, row);
      }
      return new BlockBase(rows, blocks);
    }
  }
}

/** The rows as the domains that they name; each keeps its place where it is written so. */
function domainsOf(rows: MemberRows, refuse: (row: number, message: string) => void): MemberRows {
  const domains = new MemberRows(rows.text, rows.count, rows.fieldsOf);
  for (let row = 0; row < rows.count; row += 1) {
    const text = rows.textAt(row);
    if (isPlainDomain(text) && rows.types[row] !== memberType.number) {
      domains.addPlace(rows.starts[row] ?? 0, rows.ends[row] ?? 0, memberType.text);
      continue;
    }
    const { key } = keyedMember("suffix", rows.types[row] === memberType.number ? Number(text) : text);
    if (key === undefined) refuse(row, refusalAt("suffix", rows, row));
    domains.addText(key ?? "", memberType.text);
  }
  domains.close();
  return domains;
}

/** In the form that members of this kind are kept in, which most lists are written in. */
function isPlainDomain(text: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(text) && domainOf(text) === text;
}

function refusalAt(kind: ListKind, rows: MemberRows, row: number): string {
  const text = rows.textAt(row);
  const keyed = keyedMember(kind, rows.types[row] === memberType.number ? Number(text) : text);
  return keyed.key === undefined ? keyed.refusal : "no member";
}
