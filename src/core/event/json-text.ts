const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Space, tab, line feed and carriage return: what JSON counts as white space. */
export function isJsonSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Index of the first character from `start` on that is not JSON white space; the length of `text` where there is none. */
export function skipJsonSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isJsonSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Index behind the string that opens at `start`, or the length of `text` where it does not end. */
function skipString(text: string, start: number): number {
  const end = text.indexOf('"', start + 1);
  if (end === -1) return text.length;
  if (text.charCodeAt(end - 1) !== backslash) return end + 1;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

function hasMoreThan(text: string, character: string, countMax: number): boolean {
  let at = text.indexOf(character);
  for (let count = 0; at !== -1; count += 1) {
    if (count === countMax) return true;
    at = text.indexOf(character, at + 1);
  }
  return false;
}

/**
 * True where arrays and objects of `text` stand more than `depthMax` deep in one another; a flat object is 1 deep.
 *
 * It looks at the text and not at the parsed value, so that a megabyte of `[` costs one pass and no memory. Text that can't
 * be that deep, for it has too few opening brackets, is let through by two searches at memory speed.
 */
export function isDeeperThan(text: string, depthMax: number): boolean {
  if (text.length <= depthMax) return false;
  if (!hasMoreThan(text, "{", depthMax >> 1) && !hasMoreThan(text, "[", depthMax >> 1)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at) - 1;
    else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (code === closeBrace || code === closeBracket) depth -= 1;
  }
  return false;
}

/** The texts of an array's elements, or what keeps the text from being one array. */
export type JsonArrayText =
  | { readonly kind: "elements"; readonly elements: readonly string[] }
  | { readonly kind: "malformed"; readonly detail: string };

/**
 * Cuts the text of a JSON array into the texts of its elements, white space around them removed, without parsing them: so
 * one bad element does not cost the others, and each keeps its own text.
 *
 * Only the outer shape is judged: one array, closed, with nothing behind it. An element may be any text at all, the empty
 * one included (`[1,,2]`). `text` begins with `[` but for white space.
 */
export function splitJsonArray(text: string): JsonArrayText {
  const elements: string[] = [];
  let at = skipJsonSpace(text, 0) + 1;
  let elementStart = at;
  let depth = 1;
  for (; at < text.length && depth > 0; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at) - 1;
    else if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1;
      if (depth === 0 && code === closeBrace)
        return { kind: "malformed", detail: `a } at ${at} where the array's ] was expected` };
    } else if (code === comma && depth === 1) {
      elements.push(trimJson(text, elementStart, at));
      elementStart = at + 1;
    }
  }
  if (depth > 0) return { kind: "malformed", detail: "the array does not end" };
  const behind = skipJsonSpace(text, at);
  if (behind < text.length) return { kind: "malformed", detail: `something stands behind the array, at ${behind}` };
  const last = trimJson(text, elementStart, at - 1);
  if (last !== "" || elements.length > 0) elements.push(last);
  return { kind: "elements", elements };
}

function trimJson(text: string, start: number, end: number): string {
  let first = start;
  let last = end;
  while (first < last && isJsonSpace(text.charCodeAt(first))) first += 1;
  while (last > first && isJsonSpace(text.charCodeAt(last - 1))) last -= 1;
  return text.slice(first, last);
}

/** True where `text` takes more than `byteCountMax` bytes in UTF-8. Long texts are counted, short ones are not looked at. */
export function isLongerThanUtf8(text: string, byteCountMax: number): boolean {
  if (text.length * 3 <= byteCountMax) return false;
  if (text.length > byteCountMax) return true;
  let byteCount = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) byteCount += 1;
    else if (code < 0x800) byteCount += 2;
    else if (code >= 0xd800 && code < 0xdc00) {
      byteCount += 4;
      at += 1;
    } else byteCount += 3;
  }
  return byteCount > byteCountMax;
}
