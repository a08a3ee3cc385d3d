import type { Fault } from "../base/fault.ts";
import { pointerTo } from "../base/fault.ts";
import type { JsonValue } from "../base/json.ts";
import { didYouMean } from "../base/text-distance.ts";
import { cellText, cellValue, readCsvRow } from "./csv-table.ts";
import type { CsvRow } from "./csv-table.ts";
import type { MemberFields } from "./list-program.ts";
import { MemberRows, memberType, typeOfWritten } from "./member-rows.ts";

/** Members of a file as they are written. */
export interface FileMembers {
  readonly rows: MemberRows;
  /** Names of the members' fields; undefined: the format has none. */
  readonly fieldNames: readonly string[] | undefined;
  readonly faults: readonly Fault[];
}

/** Faults of one file that are told; the rest are counted in one more. */
const toldFaults = 20;

/** Faults of a file's lines, each with its number. */
export class FileFaults {
  readonly faults: Fault[] = [];
  private untoldCount = 0;

  add(line: number, message: string): void {
    if (this.faults.length < toldFaults) this.faults.push(fileFault(`line ${line}: ${message}`));
    else this.untoldCount += 1;
  }

  finish(): readonly Fault[] {
    if (this.untoldCount === 0) return this.faults;
    return [...this.faults, fileFault(`${this.untoldCount} more lines are at fault`)];
  }
}

export function fileFault(message: string): Fault {
  return { pointer: "/file", severity: "error", code: "wrong-value", message };
}

/** The number of the line that a place of a text is in, from 1. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let feed = text.indexOf("\n"); feed >= 0 && feed < place; feed = text.indexOf("\n", feed + 1)) line += 1;
  return line;
}

/** A member a line. Space around it counts for nothing; blank lines and those that begin with `#` are left out. */
export function readLines(text: string): FileMembers {
  const rows = new MemberRows(text, 1_024, undefined);
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const { from, to } = trimmed(text, start, end);
    if (from < to && text.charCodeAt(from) !== 35) rows.addPlace(from, to, typeOfWritten(text.slice(from, to)));
    start = end + 1;
  }
  return { rows, fieldNames: undefined, faults: [] };
}

function trimmed(text: string, start: number, end: number): { readonly from: number; readonly to: number } {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  return { from, to };
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}

interface Column {
  readonly name: string;
  readonly index: number;
}

/** Names that every member has beside its fields. */
export const fixedFields = ["since", "expires"] as const;

/**
 * A table: RFC 4180 with a header. The first column is the member, `wanted` are the others to keep, by default all.
 * Fields are read again from the text whenever they are asked for.
 */
export function readCsv(text: string, wanted: readonly string[] | undefined): FileMembers {
  const header = readCsvRow(text, 0);
  const names = header.cells.map((cell) => cellText(text, cell));
  const { columns, faults } = columnsOf(header, names, wanted);
  const rowStarts: number[] = [];
  const fieldsOf = (row: number): MemberFields => {
    const { cells } = readCsvRow(text, rowStarts[row] ?? text.length);
    const fields: Record<string, JsonValue> = {};
    for (const { name, index } of columns) {
      const cell = cells[index];
      if (cell !== undefined) fields[name] = cellValue(text, cell);
    }
    return fields;
  };
  const rows = new MemberRows(text, 1_024, columns.length > 0 ? fieldsOf : undefined);
  const found = new FileFaults();
  for (let at = header.next; at < text.length; ) {
    const row = readCsvRow(text, at);
    const fault = takeRow(rows, row, text, names.length);
    if (fault !== undefined) found.add(lineAt(text, at + 1), fault);
    else if (rows.count > rowStarts.length) rowStarts.push(at);
    at = row.next;
  }
  return { rows, fieldNames: columns.map(({ name }) => name), faults: [...faults, ...found.finish()] };
}

/** Adds a row's member; a blank line is none. Gives what is wrong with the row. */
function takeRow(rows: MemberRows, { cells, fault }: CsvRow, text: string, cellCount: number): string | undefined {
  if (fault !== undefined) return `${fault}; see RFC 4180`;
  const [member] = cells;
  if (member === undefined || (cells.length === 1 && member.start === member.end && !member.isQuoted)) return undefined;
  if (cells.length !== cellCount) return `${cells.length} cells, where the header has ${cellCount}`;
  if (member.start === member.end) return "the first cell, the member, is empty";
  if (member.unescaped !== undefined) rows.addText(member.unescaped, memberType.text);
  else {
    const type = member.isQuoted ? memberType.text : typeOfWritten(text.slice(member.start, member.end));
    rows.addPlace(member.start, member.end, type);
  }
  return undefined;
}

function columnsOf(
  { fault }: CsvRow,
  names: readonly string[],
  wanted: readonly string[] | undefined,
): { readonly columns: readonly Column[]; readonly faults: readonly Fault[] } {
  if (fault !== undefined) return { columns: [], faults: [fileFault(`line 1, the header: ${fault}; see RFC 4180`)] };
  const faults: Fault[] = [];
  const columns: Column[] = [];
  const offered = names.slice(1);
  for (const [place, name] of (wanted ?? offered).entries()) {
    const index = names.indexOf(name, 1);
    const pointer = wanted === undefined ? "/file" : pointerTo("/fields", place);
    if (index < 0) {
      const hint = didYouMean(name, offered) || `; it has ${offered.join(", ") || "no column but the member's"}`;
      faults.push({
        pointer,
        severity: "error",
        code: "unknown-name",
        message: `the file has no column "${name}"${hint}`,
      });
    } else if (wanted === undefined && (name === "" || name === "__proto__" || index !== place + 1)) {
      const message =
        index === place + 1
          ? `column ${index + 1} has no name that a field can have: name it in the header, or choose others with \`fields\``
          : `two columns are called "${name}": rename one in the header`;
      faults.push({ pointer, severity: "error", code: "duplicate", message });
    } else if (fixedFields.some((fixed) => fixed === name)) {
      const message = `every member has \`${name}\` of its own: rename the column, or leave it out of \`fields\``;
      faults.push({ pointer, severity: "error", code: "duplicate", message });
    } else columns.push({ name, index });
  }
  return { columns, faults };
}
