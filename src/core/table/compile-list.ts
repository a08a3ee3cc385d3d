import type { ListDocument } from "../../spec/list.ts";
import type { Fault } from "../base/fault.ts";
import { pointerTo } from "../base/fault.ts";
import type { Compiling, ExprContext, KnownList } from "../expr/context.ts";
import { parseDuration } from "../time/duration.ts";
import type { DurationMs } from "../time/instant.ts";
import { compileFeed, unknownFieldFaults } from "./compile-feed.ts";
import { fixedFields, readCsv } from "./file-members.ts";
import { compileListBase, contentText } from "./list-base.ts";
import type { ListContent } from "./list-change.ts";
import type { ListProgram } from "./list-program.ts";

/** How much of a file is looked at for what it seems to hold. */
const lookedAtBytes = 65_536;
/** Most members that are added beside those of the documents, where the list does not say. */
const memberCountMaxDefault = 1_000_000;

/**
 * What is known of a list before any condition is compiled: its fields, where the document or a table's header says them;
 * undefined where members may have any.
 */
export function knownListOf(document: ListDocument, content: ListContent | undefined): KnownList {
  if (document.fields !== undefined) return { fields: document.fields };
  if (content?.format !== "csv") return { fields: undefined };
  const header = contentText(content.bytes.subarray(0, headerSize(content)));
  return { fields: header === undefined ? undefined : readCsv(header, undefined).fieldNames };
}

/**
 * Compiles a list or a table with the bytes of its file. Every fault comes out, those of the file with their lines; a
 * program only where none is an error.
 *
 * @param content undefined where the document names no file, or where it could not be read: whoever reads it says so.
 * @param context what a feed's expressions are compiled against; its names are those of an event.
 */
export function compileList(
  id: string,
  document: ListDocument,
  content: ListContent | undefined,
  context: ExprContext,
): Compiling<ListProgram> {
  const faults: Fault[] = [...fieldFaults(document)];
  const kind = document.kind ?? (content?.format === "mmdb" ? "cidr" : "exact");
  const ttlMs = readTtl(document.ttl, faults);
  const base = compileListBase(document, content, kind, faults);
  if (kind === "exact") faults.push(...blockWarnings(document, content));
  const { fields } = knownListOf(document, content);
  for (const [index, member] of (document.members ?? []).entries()) {
    const { member: _member, ...written } = typeof member === "object" ? member : { member };
    faults.push(...unknownFieldFaults(Object.keys(written), pointerTo("/members", index), { id, fields }));
  }
  const feed = document.feed === undefined ? undefined : compileFeed(document.feed, "/feed", context, { id, fields });
  if (feed !== undefined) faults.push(...feed.faults);
  if (base === undefined || faults.some(({ severity }) => severity === "error")) return { compiled: undefined, faults };
  const compiled: ListProgram = {
    id,
    kind,
    identity: `list ${kind} ${id}`,
    ttlMs,
    memberCountMax: document.maxMembers ?? memberCountMaxDefault,
    fields,
    base,
    feed: feed?.compiled,
  };
  return { compiled, faults };
}

function readTtl(text: string | undefined, faults: Fault[]): DurationMs | undefined {
  if (text === undefined) return undefined;
  const ttlMs = parseDuration(text);
  if (ttlMs !== undefined && ttlMs > 0) return ttlMs;
  const message = `"${text}" is no time that a member could stay; write one such as "30s" or "1h"`;
  faults.push({ pointer: "/ttl", severity: "error", code: "wrong-value", message });
  return undefined;
}

const addressBlock = /^\s*"?(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)\/\d{1,3}(?=["\s,]|$)/im;

/** An exact list holds a block as the text that it is, which is seldom meant. Of a file only the beginning is looked at. */
function blockWarnings(document: ListDocument, content: ListContent | undefined): readonly Fault[] {
  const start = content === undefined ? "" : new TextDecoder().decode(content.bytes.subarray(0, lookedAtBytes));
  const written = (document.members ?? []).map((member) => String(typeof member === "object" ? member.member : member));
  const [found] = addressBlock.exec(`${written.join("\n")}\n${start}`) ?? [];
  if (found === undefined) return [];
  const message = `\`${found.trim()}\` is a block of addresses, and this list is exact: it holds that text alone; for the addresses within, write a document with \`kind: cidr\` for it`;
  return [{ pointer: content === undefined ? "/members" : "/file", severity: "warning", code: "wrong-value", message }];
}

/** Names that a member has of its own. */
function fieldFaults({ fields }: ListDocument): readonly Fault[] {
  return (fields ?? []).flatMap((name, index): Fault[] => {
    if (!fixedFields.some((fixed) => fixed === name)) return [];
    const message = `every member has \`${name}\` of its own; give the field another name`;
    return [{ pointer: pointerTo("/fields", index), severity: "error", code: "duplicate", message }];
  });
}

/** As many bytes as a table's header takes: to the end of the first line that is not inside of quotes. */
function headerSize({ bytes }: ListContent): number {
  let isQuoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 34) isQuoted = !isQuoted;
    if (bytes[at] === 10 && !isQuoted) return at;
  }
  return bytes.length;
}
