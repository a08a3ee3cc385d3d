import { checkKeys } from "./object-keys.ts";
import { documentDepthMax, type MapEntry, type ScalarNode, type SourceNode } from "./source-node.ts";
import type { SyntaxFault } from "./syntax-fault.ts";

/** Most syntax faults told of one file; behind them the reader stops. */
export const syntaxFaultCountMax = 100;

/**
 * Reads strict JSON (RFC 8259). Goes on behind a fault where the meaning is plain (a comment, a trailing comma, single
 * quotes, a missing comma), so that one pass shows them all. Without faults the value is that of `JSON.parse`, except
 * that numbers beyond the range of a double, keys that stand twice and nesting beyond 64 levels are faults.
 */
export function readJson(text: string): { readonly node: SourceNode; readonly faults: readonly SyntaxFault[] } {
  const reader = new JsonReader(text);
  const node = reader.value(1);
  reader.skipSpace();
  if (reader.at < text.length)
    reader.fault(
      reader.at,
      Math.max(reader.at + 1, lineEnd(text, reader.at)),
      "expected the end of the file behind the first value",
    );
  return { node, faults: reader.faults.slice(0, syntaxFaultCountMax) };
}

class JsonReader {
  readonly text: string;
  readonly faults: SyntaxFault[] = [];
  at: number;
  /** Nothing behind here can be read sensibly: what is told further would only repeat the last fault. */
  isStopped = false;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  fault(start: number, end: number, message: string): void {
    if (this.isStopped) return;
    this.faults.push({ start, end, code: "syntax", message });
    if (this.faults.length >= syntaxFaultCountMax) this.stop();
  }

  private stop(): void {
    this.isStopped = true;
    this.at = this.text.length;
  }

  skipSpace(): void {
    for (;;) {
      while (/[ \t\n\r]/.test(this.text.charAt(this.at))) this.at += 1;
      const start = this.at;
      const end = commentEnd(this.text, start);
      if (end === undefined) return;
      this.at = end;
      this.fault(
        start,
        Math.min(end, lineEnd(this.text, start)),
        "JSON has no comments: remove it, or name the file .yaml",
      );
    }
  }

  /** One value, whatever stands there; moves on unless a closing sign or the end does. `depth` is its own level, from 1. */
  value(depth: number): SourceNode {
    this.skipSpace();
    const start = this.at;
    switch (this.text.charAt(start)) {
      case "{":
      case "[":
        if (depth > documentDepthMax) return this.tooDeep();
        return this.text.charAt(start) === "{" ? this.object(depth) : this.list(depth);
      case '"':
        return this.string();
      case "'":
        return this.singleQuoted();
      default:
        return this.word();
    }
  }

  private tooDeep(): SourceNode {
    const start = this.at;
    this.fault(
      start,
      start + 1,
      `lists and objects are nested more than ${documentDepthMax} levels deep: make the document flatter`,
    );
    this.stop();
    return { kind: "scalar", style: "plain", value: null, start, end: start + 1 };
  }

  private object(depth: number): SourceNode {
    const start = this.at;
    const entries: MapEntry[] = [];
    this.at += 1;
    while (!this.isClosed(start, "}", entries.length > 0)) {
      const key = this.key();
      this.skipSpace();
      if (this.text.charAt(this.at) === ":") this.at += 1;
      else this.fault(this.at, this.at + 1, `expected \`:\` behind the key \`${key.value}\``);
      entries.push({ key, node: this.value(depth + 1) });
    }
    return { kind: "map", start, end: this.at, entries: checkKeys(entries, this.faults) };
  }

  private list(depth: number): SourceNode {
    const start = this.at;
    const items: SourceNode[] = [];
    this.at += 1;
    while (!this.isClosed(start, "]", items.length > 0)) items.push(this.value(depth + 1));
    return { kind: "list", start, end: this.at, items };
  }

  /** Takes what stands between two members, or behind the last one. False where another member begins. */
  private isClosed(start: number, closing: "}" | "]", hasMembers: boolean): boolean {
    this.skipSpace();
    const comma = this.at;
    const hasComma = this.text.charAt(comma) === ",";
    if (hasComma) {
      this.at += 1;
      if (!hasMembers) this.fault(comma, comma + 1, "unexpected comma: nothing stands before it");
      this.skipSpace();
    }
    const sign = this.text.charAt(this.at);
    if (sign === "" && this.at >= this.text.length) {
      this.fault(start, start + 1, `the \`${this.text.charAt(start)}\` is not closed: add \`${closing}\``);
      this.stop();
      return true;
    }
    if (sign === "}" || sign === "]") {
      if (hasComma && hasMembers) this.fault(comma, comma + 1, "JSON has no trailing comma: remove it");
      if (sign !== closing) this.fault(this.at, this.at + 1, `expected \`${closing}\`, found \`${sign}\``);
      this.at += 1;
      return true;
    }
    if (hasMembers && !hasComma) this.fault(this.at, this.at + 1, `expected a comma or \`${closing}\``);
    if (sign === "," || sign === ":") {
      this.fault(this.at, this.at + 1, `unexpected \`${sign}\``);
      this.at += 1;
    }
    return false;
  }

  private key(): ScalarNode & { readonly value: string } {
    this.skipSpace();
    if (this.text.charAt(this.at) === '"') return this.string();
    if (this.text.charAt(this.at) === "'") return this.singleQuoted();
    const start = this.at;
    const name = wordAt(this.text, start);
    this.at += Math.max(1, name.length);
    this.fault(
      start,
      start + Math.max(1, name.length),
      name === "" ? "expected a key in double quotes" : `a key stands in double quotes: write "${name}"`,
    );
    return { kind: "scalar", style: "plain", value: name, start, end: start + Math.max(1, name.length) };
  }

  private string(): ScalarNode & { readonly value: string } {
    const start = this.at;
    let value = "";
    this.at += 1;
    for (;;) {
      const unit = this.text.charAt(this.at);
      if (unit === '"') break;
      if (unit === "" || unit === "\n") {
        this.fault(start, this.at, 'the text is not closed: add `"`, and write a line break in it as \\n');
        return { kind: "scalar", style: "double-quoted", value, start, end: this.at };
      }
      value += unit === "\\" ? this.escape() : this.plainUnit(unit);
    }
    this.at += 1;
    return { kind: "scalar", style: "double-quoted", value, start, end: this.at };
  }

  private plainUnit(unit: string): string {
    if (unit < " ")
      this.fault(
        this.at,
        this.at + 1,
        `a control character in a text is written as \\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
    this.at += 1;
    return unit;
  }

  private escape(): string {
    const start = this.at;
    const unicode = /^\\u([0-9a-fA-F]{4})/.exec(this.text.slice(start, start + 6))?.[1];
    if (unicode !== undefined) {
      this.at = start + 6;
      return String.fromCharCode(Number.parseInt(unicode, 16));
    }
    const unit = this.text.charAt(start + 1);
    this.at = start + (unit === "" || unit === "\n" ? 1 : 2);
    const made = escapes.get(unit);
    if (made === undefined) this.fault(start, start + 2, "unknown escape: write \\\\ for a backslash");
    return made ?? unit.trimEnd();
  }

  private singleQuoted(): ScalarNode & { readonly value: string } {
    const start = this.at;
    const end = /^'[^'\n]*'?/.exec(this.text.slice(start, lineEnd(this.text, start)))?.[0].length ?? 1;
    this.at = start + end;
    this.fault(start, start + end, "a text stands in double quotes in JSON");
    return {
      kind: "scalar",
      style: "single-quoted",
      value: this.text.slice(start + 1, start + end).replace(/'$/, ""),
      start,
      end: start + end,
    };
  }

  private word(): ScalarNode {
    const start = this.at;
    const word = wordAt(this.text, start);
    const end = start + word.length;
    this.at = end;
    if (word === "") {
      const sign = this.text.charAt(start);
      this.fault(
        start,
        Math.min(start + 1, this.text.length),
        sign === "" ? "the file ends where a value is expected" : `expected a value, found \`${sign}\``,
      );
      if (sign === "") this.stop();
      return { kind: "scalar", style: "plain", value: null, start, end };
    }
    const value = jsonLiteral(word);
    if (value === undefined)
      this.fault(start, end, `expected a value: a text stands in double quotes, so write ${JSON.stringify(word)}`);
    else if (typeof value === "number" && !Number.isFinite(value))
      this.fault(start, end, "the number is beyond the range of a double");
    return { kind: "scalar", style: "plain", value: value === undefined ? word : value, start, end };
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** What `true`, `null`, or a number of RFC 8259 says; undefined for any other word. */
function jsonLiteral(word: string): number | boolean | null | undefined {
  if (word === "true") return true;
  if (word === "false") return false;
  if (word === "null") return null;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}

const wordForm = /[^ \t\n\r,:{}[\]"']*/y;

function wordAt(text: string, at: number): string {
  wordForm.lastIndex = at;
  return wordForm.exec(text)?.[0] ?? "";
}

function commentEnd(text: string, at: number): number | undefined {
  if (text.startsWith("//", at) || text.startsWith("#", at)) return lineEnd(text, at);
  if (!text.startsWith("/*", at)) return undefined;
  const close = text.indexOf("*/", at + 2);
  return close === -1 ? text.length : close + 2;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}
