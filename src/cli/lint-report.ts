import type { Lint } from "../spec/lint.ts";
import { printable } from "./printable.ts";

export interface LintReportOptions {
  /** `pretty` for people, `json` for programs, `github` for the annotations of a workflow run. */
  readonly format: "pretty" | "json" | "github";
  /** ANSI colours; of `pretty` alone. */
  readonly colour: boolean;
}

/** Widest part of a source line that is shown, in terminal cells. */
const excerptWidthMax = 120;
/** Characters on either side of a fault that an excerpt can need. */
const nearLength = 4 * excerptWidthMax;

/**
 * The lints as text, in the order given; ends with a line feed unless it is empty. `texts` are the files' contents by
 * path, for the lines that `pretty` shows; a lint of a file that is not there is shown without its line.
 */
export function formatLints(
  lints: readonly Lint[],
  texts: ReadonlyMap<string, string>,
  { format, colour }: LintReportOptions,
): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(lints, undefined, 2)}\n`;
    case "github":
      return lints.map((lint) => `${githubCommand(lint)}\n`).join("");
    case "pretty":
      return formatPretty(lints, texts, colour ? ansiPaint : plainPaint);
  }
}

/** "2 errors, 1 warning in 3 files"; "no faults" of none. */
export function lintSummary(lints: readonly Lint[]): string {
  const errorCount = lints.filter(({ severity }) => severity === "error").length;
  const counts = [counted(errorCount, "error"), counted(lints.length - errorCount, "warning")].filter(
    (text) => text !== "",
  );
  if (counts.length === 0) return "no faults";
  return `${counts.join(", ")} in ${counted(new Set(lints.map(({ file }) => file)).size, "file")}`;
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

type Style = "error" | "warning" | "place" | "quiet";
type Paint = (style: Style, text: string) => string;

const plainPaint: Paint = (_style, text) => text;
const ansiCodes: Readonly<Record<Style, string>> = { error: "1;31", warning: "1;33", place: "1", quiet: "2" };
const ansiPaint: Paint = (style, text) => `\u001B[${ansiCodes[style]}m${text}\u001B[0m`;

function formatPretty(lints: readonly Lint[], texts: ReadonlyMap<string, string>, paint: Paint): string {
  if (lints.length === 0) return "";
  const lines = new Map(
    [...new Set(lints.map(({ file }) => file))].map((file) => [file, texts.get(file)?.split(/\r?\n/) ?? []]),
  );
  const shown = lints.map((lint) => {
    const { file, line, column, severity, code, message } = lint;
    const head = `${paint("place", `${printable(file)}:${line}:${column}:`)} ${paint(severity, `${severity}[${code}]:`)} ${printable(message)}`;
    const text = lines.get(file)?.[line - 1];
    return text === undefined ? `${head}\n` : `${head}\n${excerpt(text, lint, paint)}`;
  });
  return `${shown.join("\n")}\n${lintSummary(lints)}\n`;
}

/** The line and, under it, carets below what is at fault. */
function excerpt(text: string, { line, column, length, severity }: Lint, paint: Paint): string {
  // Of a line as long as a file only what is near is looked at.
  const nearFrom = Math.max(0, column - 1 - nearLength);
  const nearTo = column - 1 + nearLength;
  const cells = cellsOf(text, nearFrom, nearTo);
  const from = cells.findIndex(({ end }) => end > column - 1);
  const first = from === -1 ? cells.length : from;
  const beyond = cells.findIndex(({ start }) => start >= column - 1 + Math.max(1, length));
  const last = Math.max(first, beyond === -1 ? cells.length : beyond);
  const view = viewAround(cells, first);
  const left = view.from > 0 || nearFrom > 0 ? "…" : "";
  const right = view.to < cells.length || nearTo < text.length ? "…" : "";
  const show = (start: number, end: number) =>
    cells
      .slice(start, end)
      .map(({ shown }) => shown)
      .join("");
  const width = (start: number, end: number) => cells.slice(start, end).reduce((sum, cell) => sum + cell.width, 0);
  const gutter = String(line);
  const indent = " ".repeat(left.length + width(view.from, first));
  const carets = "^".repeat(Math.max(1, width(first, Math.min(last, view.to))));
  return `${paint("quiet", `${gutter} |`)} ${left}${show(view.from, view.to)}${right}\n${paint("quiet", `${" ".repeat(gutter.length)} |`)} ${indent}${paint(severity, carets)}\n`;
}

interface Cell {
  /** UTF-16 offsets in the line. */
  readonly start: number;
  readonly end: number;
  readonly shown: string;
  /** Terminal cells. */
  readonly width: number;
}

/** Of a long line, the cells around `first` that fit; what is shown begins some way before it, for its context. */
function viewAround(cells: readonly Cell[], first: number): { readonly from: number; readonly to: number } {
  const total = cells.reduce((sum, { width }) => sum + width, 0);
  if (total <= excerptWidthMax) return { from: 0, to: cells.length };
  let from = first;
  for (let width = 0; from > 0 && width < excerptWidthMax / 3; from -= 1) width += cells[from - 1]?.width ?? 0;
  let to = from;
  for (let width = 0; to < cells.length && width < excerptWidthMax; to += 1) width += cells[to]?.width ?? 0;
  return { from, to };
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A tab is shown as two spaces; control characters, which could steer the terminal, as U+FFFD. */
function cellsOf(text: string, from: number, to: number): readonly Cell[] {
  return [...graphemes.segment(text.slice(from, to))].map(({ segment, index }) => {
    const shown = segment === "\t" ? "  " : printable(segment);
    return {
      start: from + index,
      end: from + index + segment.length,
      shown,
      width: segment === "\t" ? 2 : widthOf(segment),
    };
  });
}

/** East Asian wide characters and emoji take two cells (Unicode Standard Annex 11). */
function widthOf(grapheme: string): number {
  return /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]|\uFE0F/u.test(
    grapheme,
  )
    ? 2
    : 1;
}

/** GitHub's workflow command; `%`, line breaks, and in properties `:` and `,` are escaped. */
function githubCommand({ file, line, column, length, severity, code, message }: Lint): string {
  const end = length > 0 ? `,endColumn=${column + length}` : "";
  return `::${severity} file=${githubProperty(file)},line=${line},col=${column}${end},title=${githubProperty(code)}::${githubData(message)}`;
}

function githubData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function githubProperty(text: string): string {
  return githubData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
