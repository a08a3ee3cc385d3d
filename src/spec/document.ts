import { readJson } from "./json-source.ts";
import { indexLines, type LineIndex } from "./line-index.ts";
import type { Lint } from "./lint.ts";
import { sourceOffsetOf } from "./scalar-offset.ts";
import { documentSizeMax, findNode, type SourceNode, valueOfNode } from "./source-node.ts";
import type { SyntaxFault } from "./syntax-fault.ts";
import { readYaml } from "./yaml-source.ts";

/** A place in a file: 1-based line and column, and how many UTF-16 units from there on that line. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface LocateOptions {
  /** The key at the pointer rather than its value; where no key stands there (a list's item, the root), the value. */
  readonly atKey?: boolean;
  /** 0-based offset in UTF-16 units inside the text at the pointer; the place is then the word that begins there. */
  readonly at?: number;
}

/** One document of a file, before anything is said about its kind. */
export interface ParsedDocument {
  readonly file: string;
  /** 0-based place among the documents of the file. */
  readonly index: number;
  readonly countInFile: number;
  /** Pointer of the document within its YAML document or JSON text: `""`, or `"/2"` in an array of documents. */
  readonly base: string;
  /** A JSON value; plain objects, nothing shared, no `__proto__` key. */
  readonly value: unknown;
  /**
   * Where `pointer`, from the document's root, stands in the file. A value that begins on one line and ends on another
   * gives its part of the first. Where the text has nothing at the pointer: the nearest value around it.
   */
  locate(pointer: string, options?: LocateOptions): SourcePlace;
}

export interface ParsedFile {
  readonly documents: readonly ParsedDocument[];
  readonly lints: readonly Lint[];
}

/**
 * Reads a file of documents: YAML 1.2, or strict JSON where its name ends in `.json`; one document or an array of them,
 * in YAML also several with `---` between them. Never throws. Every syntax fault is a lint; in a YAML stream the
 * documents without one are given all the same. Refuses files beyond 1 MiB and nesting beyond 64 levels.
 */
export function parseDocuments(file: string, text: string): ParsedFile {
  const lines = indexLines(text);
  const { nodes, faults } = readSource(file, text);
  const roots = nodes.flatMap((node) =>
    node.kind === "list" ? node.items.map((item, index) => ({ node: item, base: `/${index}` })) : [{ node, base: "" }],
  );
  const documents = roots.map(({ node, base }, index) => ({
    file,
    index,
    countInFile: roots.length,
    base,
    value: valueOfNode(node),
    locate: (pointer: string, options: LocateOptions = {}) => locate({ root: node, text, lines }, pointer, options),
  }));
  const lints = faults.map((fault) => syntaxLint({ file, text, lines }, fault));
  if (documents.length === 0 && lints.length === 0) lints.push(emptyFileLint(file));
  return { documents, lints };
}

/** A `.json` file is strict JSON. */
function isJsonFile(file: string): boolean {
  return file.toLowerCase().endsWith(".json");
}

function readSource(
  file: string,
  text: string,
): { readonly nodes: readonly SourceNode[]; readonly faults: readonly SyntaxFault[] } {
  if (text.length > documentSizeMax) {
    const message = `the file is larger than 1 MiB (${text.length} characters): split it into several`;
    return { nodes: [], faults: [{ start: 0, end: 0, code: "syntax", message }] };
  }
  if (!isJsonFile(file)) return readYaml(text);
  const { node, faults } = readJson(text);
  return { nodes: faults.length === 0 ? [node] : [], faults };
}

function syntaxLint(
  { file, text, lines }: { readonly file: string; readonly text: string; readonly lines: LineIndex },
  { start, end, code, message }: SyntaxFault,
): Lint {
  return { file, pointer: "", ...placeOfRange(text, lines, start, end), severity: "error", code, message };
}

function emptyFileLint(file: string): Lint {
  return {
    file,
    pointer: "",
    line: 1,
    column: 1,
    length: 0,
    severity: "warning",
    code: "syntax",
    message: "the file holds no document: write one or remove the file",
  };
}

function locate(
  { root, text, lines }: { readonly root: SourceNode; readonly text: string; readonly lines: LineIndex },
  pointer: string,
  { atKey = false, at }: LocateOptions,
): SourcePlace {
  const { node, key, isExact } = findNode(root, pointer);
  const place = (atKey || !isExact) && key !== undefined ? key : node;
  if (at === undefined || !isExact || node.kind !== "scalar" || typeof node.value !== "string")
    return placeOfRange(text, lines, place.start, place.end);
  const { start, end, style, value } = node;
  const offset = sourceOffsetOf(text.slice(start, end), { start, style, value, at });
  const word = /^[\p{L}\p{N}_]+/u.exec(value.slice(at))?.[0].length ?? Math.min(1, Math.max(0, value.length - at));
  const wordEnd = sourceOffsetOf(text.slice(start, end), { start, style, value, at: at + word });
  return placeOfRange(text, lines, offset, Math.max(offset, wordEnd));
}

/** Of a range over several lines, the part on its first; trailing white space is not part of a range. */
function placeOfRange(text: string, lines: LineIndex, start: number, end: number): SourcePlace {
  const inText = Math.min(start, text.length);
  const lineEnd = Math.min(Math.max(inText, end), lines.lineEndOf(inText));
  const length = end > lines.lineEndOf(inText) ? text.slice(inText, lineEnd).trimEnd().length : lineEnd - inText;
  return { ...lines.placeOf(inText), length };
}
