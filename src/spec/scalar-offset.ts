import type { ScalarStyle } from "./source-node.ts";

/**
 * Offset in the source text of the UTF-16 unit `at` of a scalar's value; `at` may be the value's length, for its end.
 *
 * `raw` is the scalar as written, quotes or block header included, and begins at `start`. Exact for values on one line
 * and for double-quoted ones; where lines are folded, a space or line break that folding made gives the end of the line
 * before. A value that does not come from `raw` gives `start`.
 */
export function sourceOffsetOf(
  raw: string,
  {
    start,
    style,
    value,
    at,
  }: { readonly start: number; readonly style: ScalarStyle; readonly value: string; readonly at: number },
): number {
  const offsets = style === "double-quoted" ? traceDoubleQuoted(raw) : traceLines(raw, value, style);
  return start + (offsets[Math.max(0, Math.min(at, value.length))] ?? 0);
}

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** Offsets in `raw` of each unit of the value of a double-quoted scalar, then that of the closing quote. YAML 1.2.2, 7.3.1. */
function traceDoubleQuoted(raw: string): readonly number[] {
  const offsets: number[] = [];
  const end = raw.length - 1;
  let at = 1;
  while (at < end) {
    const unit = raw.charAt(at);
    if (unit === "\\") at = traceEscape(raw, at, offsets);
    else if (unit === "\n" || /^[ \t\r]+\n/.test(raw.slice(at, at + 256))) at = traceFold(raw, at, offsets);
    else {
      offsets.push(at);
      at += 1;
    }
  }
  offsets.push(Math.max(at, 0));
  return offsets;
}

/** One escape; an escaped line break yields nothing and takes the next line's indentation with it. */
function traceEscape(raw: string, at: number, offsets: number[]): number {
  const breakLength = /^\\\r?\n[ \t]*/.exec(raw.slice(at, at + 256))?.[0].length;
  if (breakLength !== undefined) return at + breakLength;
  const length = escapeLengths[raw.charAt(at + 1)] ?? 2;
  offsets.push(at);
  if (length === 10 && Number.parseInt(raw.slice(at + 2, at + 10), 16) > 0xffff) offsets.push(at);
  return at + length;
}

/** A line break with the white space around it: one break is a space, n breaks are n - 1 line feeds. */
function traceFold(raw: string, at: number, offsets: number[]): number {
  let end = at;
  let breakCount = 0;
  while (/[ \t\r\n]/.test(raw.charAt(end))) {
    if (raw.charAt(end) === "\n") breakCount += 1;
    end += 1;
  }
  for (let made = 0; made < Math.max(1, breakCount - 1); made += 1) offsets.push(at);
  return end;
}

/**
 * The other styles change nothing but the white space between lines (and `''` to `'`), so each line's text, from its
 * first to its last unit that is not white space, is found again in the value behind that of the line before.
 */
function traceLines(raw: string, value: string, style: ScalarStyle): readonly number[] {
  const isQuoted = style === "single-quoted";
  const offsets: number[] = [];
  let lineStart = style === "block" ? raw.indexOf("\n") + 1 : isQuoted ? 1 : 0;
  const end = isQuoted ? raw.length - 1 : raw.length;
  let lineEndBefore = lineStart;
  while (lineStart < end && offsets.length < value.length) {
    const lineFeed = raw.indexOf("\n", lineStart);
    const lineEnd = lineFeed === -1 || lineFeed > end ? end : lineFeed;
    const indent = leadingSpace(raw.slice(lineStart, lineEnd));
    if (indent < lineEnd - lineStart) {
      const made = leadingSpace(value.slice(offsets.length));
      for (let index = made; index > 0; index -= 1)
        offsets.push(
          index <= indent && value.charAt(offsets.length) === " " ? lineStart + indent - index : lineEndBefore,
        );
      lineEndBefore = traceText(raw, { from: lineStart + indent, to: lineEnd, isQuoted, value, offsets });
    }
    lineStart = lineEnd + 1;
  }
  while (offsets.length <= value.length) offsets.push(lineEndBefore);
  return offsets;
}

/** Pairs one line's text with the value from `offsets.length` on; gives the offset behind what was paired. */
function traceText(
  raw: string,
  {
    from,
    to,
    isQuoted,
    value,
    offsets,
  }: {
    readonly from: number;
    readonly to: number;
    readonly isQuoted: boolean;
    readonly value: string;
    readonly offsets: number[];
  },
): number {
  let at = from;
  while (at < to && offsets.length < value.length && raw.charAt(at) === value.charAt(offsets.length)) {
    offsets.push(at);
    at += isQuoted && raw.startsWith("''", at) ? 2 : 1;
  }
  return at;
}

function leadingSpace(text: string): number {
  return /^[ \t\r\n]*/.exec(text)?.[0].length ?? 0;
}
