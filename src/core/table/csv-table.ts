import type { JsonValue } from "../base/json.ts";

/** A cell: where its text stands, and whether it was quoted, which says that it is a text whatever it looks like. */
export interface CsvCell {
  /** Of a quoted cell the place between the quotes. */
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
  /** Undefined where the text stands as it is meant: no doubled quote is in it. */
  readonly unescaped: string | undefined;
}

/** A row, and where the one after it begins. `fault` says why it is none; it then ends with its line. */
export interface CsvRow {
  readonly cells: readonly CsvCell[];
  readonly next: number;
  readonly fault: string | undefined;
}

/**
 * The row that begins at `at`: RFC 4180, with line feeds alone as ends of lines too. Spaces are part of a cell. A quoted
 * cell may hold commas, line breaks, and quotes that are doubled.
 */
export function readCsvRow(text: string, at: number): CsvRow {
  const cells: CsvCell[] = [];
  for (let start = at; ; ) {
    const cell = text.charCodeAt(start) === 34 ? readQuoted(text, start) : readPlain(text, start);
    if (typeof cell === "string") return { cells, next: lineEnd(text, start).next, fault: cell };
    cells.push(cell);
    const after = cell.isQuoted ? cell.end + 1 : cell.end;
    const code = text.charCodeAt(after);
    if (code === 44) {
      start = after + 1;
      continue;
    }
    const { end, next } = lineEnd(text, after);
    return end === after
      ? { cells, next, fault: undefined }
      : { cells, next, fault: "text stands behind the closing quote" };
  }
}

function readPlain(text: string, start: number): CsvCell {
  let end = start;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 44 || code === 10 || (code === 13 && isLineEnd(text, end))) break;
  }
  return { start, end, isQuoted: false, unescaped: undefined };
}

function readQuoted(text: string, quote: number): CsvCell | string {
  let isEscaped = false;
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) === 34) {
      isEscaped = true;
      continue;
    }
    const inner = text.slice(quote + 1, at);
    return {
      start: quote + 1,
      end: at,
      isQuoted: true,
      unescaped: isEscaped ? inner.replaceAll('""', '"') : undefined,
    };
  }
  return "a quote is not closed";
}

/** Where the line that `at` is in ends, without its break, and where the next begins. */
function lineEnd(text: string, at: number): { readonly end: number; readonly next: number } {
  const feed = text.indexOf("\n", at);
  const end = feed < 0 ? text.length : feed;
  const isReturn = end > at && text.charCodeAt(end - 1) === 13;
  return { end: isReturn ? end - 1 : end, next: feed < 0 ? text.length : feed + 1 };
}

function isLineEnd(text: string, at: number): boolean {
  return at + 1 === text.length || text.charCodeAt(at + 1) === 10;
}

export function cellText(text: string, { start, end, unescaped }: CsvCell): string {
  return unescaped ?? text.slice(start, end);
}

/** A field's value: quoted a text; else a number, true or false where JSON writes one so, null where it is empty, or a text. */
export function cellValue(text: string, cell: CsvCell): JsonValue {
  const value = cellText(text, cell);
  if (cell.isQuoted) return value;
  if (value === "") return null;
  if (value === "true") return true;
  if (value === "false") return false;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}
