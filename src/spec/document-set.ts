import type { z } from "zod";
import { type Fault, pointerTo } from "../core/base/fault.ts";
import { isJsonObject } from "../core/base/json.ts";
import { plainRuleKeys } from "../core/base/plain-rule-keys.ts";
import { defineSchema } from "./define.ts";
import { type ParsedDocument, parseDocuments } from "./document.ts";
import { lintOfFault } from "./fault-lint.ts";
import { compareLints, type Lint } from "./lint.ts";
import { type PatternDocument, patternSchema } from "./pattern.ts";
import { type RuleDocument, ruleSchema } from "./rule.ts";
import { isOwnFault, salvageDocument } from "./salvage.ts";
import { checkDocument } from "./schema-fault.ts";
import { unsupportedKey } from "./unsupported.ts";
import { type ConditionDocument, idSchema } from "./value.ts";

/** A file as the caller read it; its kind follows from the folder or the option that named it. */
export interface DocumentFile {
  readonly path: string;
  readonly text: string;
  readonly kind: "rule" | "pattern" | "list";
}

/** The valid documents of all files: plain data, in the order of the files. */
export interface DocumentSet {
  readonly rules: readonly { readonly id: string; readonly document: RuleDocument }[];
  readonly patterns: readonly { readonly id: string; readonly document: PatternDocument }[];
  /** Named conditions of `define` documents. */
  readonly named: readonly { readonly name: string; readonly document: ConditionDocument }[];
}

/** A fault that the core's compilers found in one of the documents; of a `define`, `id` is the condition's name. */
export interface SetFault {
  readonly kind: "rule" | "pattern" | "define";
  readonly id: string;
  readonly fault: Fault;
}

/** Where a document of the set, or a named condition, is written. */
export interface DocumentPlace {
  readonly source: ParsedDocument;
  /** From the document's root: `""`, or `/define/<name>`. */
  readonly pointer: string;
}

export interface LoadedDocuments {
  readonly set: DocumentSet;
  /** What is left of the documents with an error without the parts at fault: to be compiled for their other faults, never to be run. */
  readonly drafts: DocumentSet;
  /** Whether a fault found in a draft is one of the document itself, and not of what was cut out of it. */
  isOfDocument(fault: SetFault): boolean;
  /** In the order of the files, and of one file in the order of its text. */
  readonly lints: readonly Lint[];
  placeOf(kind: SetFault["kind"], id: string): DocumentPlace | undefined;
  /** The lint of a fault in a document of the set. Of one that is not in the set, a lint without a place. */
  lintOf(fault: SetFault): Lint;
}

/** A document with an error, less the parts at fault. */
interface Draft<T> {
  readonly document: T;
  readonly cut: readonly Fault[];
}

interface Loading {
  readonly ruleDrafts: Map<string, Draft<RuleDocument>>;
  readonly patternDrafts: Map<string, Draft<PatternDocument>>;
  readonly rules: Map<string, RuleDocument>;
  readonly patterns: Map<string, PatternDocument>;
  readonly named: Map<string, ConditionDocument>;
  /** By kind and id, of invalid documents too: an id is taken by the first that gives it. */
  readonly places: Map<string, DocumentPlace>;
}

/**
 * Reads all documents of a rule set together. Those with an error are left out of the set; every fault of every one is a
 * lint. Files named `*.test.json`, `*.test.yaml` and `*.test.yml` are tests and are left out. Never throws.
 */
export function loadDocuments(files: readonly DocumentFile[]): LoadedDocuments {
  const loading: Loading = {
    rules: new Map(),
    patterns: new Map(),
    named: new Map(),
    places: new Map(),
    ruleDrafts: new Map(),
    patternDrafts: new Map(),
  };
  const lints = files.filter(({ path }) => !isTestFile(path)).flatMap((file) => loadFile(file, loading));
  const placeOf = (kind: SetFault["kind"], id: string) => loading.places.get(placeKey(kind, id));
  return {
    set: {
      rules: [...loading.rules].map(([id, document]) => ({ id, document })),
      patterns: [...loading.patterns].map(([id, document]) => ({ id, document })),
      named: [...loading.named].map(([name, document]) => ({ name, document })),
    },
    drafts: {
      rules: [...loading.ruleDrafts].map(([id, { document }]) => ({ id, document })),
      patterns: [...loading.patternDrafts].map(([id, { document }]) => ({ id, document })),
      named: [],
    },
    isOfDocument({ kind, id, fault }) {
      const draft = kind === "rule" ? loading.ruleDrafts.get(id) : loading.patternDrafts.get(id);
      return draft !== undefined && isOwnFault(fault, draft.cut);
    },
    lints,
    placeOf,
    lintOf({ kind, id, fault }) {
      const place = placeOf(kind, id);
      if (place !== undefined) return lintOfFault(place.source, { ...fault, pointer: place.pointer + fault.pointer });
      const { severity, code, message, pointer } = fault;
      return { file: id, pointer, line: 1, column: 1, length: 0, severity, code, message };
    },
  };
}

/** Tests stand beside the documents that they test. */
export function isTestFile(path: string): boolean {
  return /\.test\.(?:json|ya?ml)$/i.test(path);
}

function loadFile({ path, text, kind }: DocumentFile, loading: Loading): readonly Lint[] {
  if (kind === "list") {
    const message = "lists and tables are not in this version yet: remove the file";
    return [
      { file: path, pointer: "", line: 1, column: 1, length: 0, severity: "error", code: "unsupported", message },
    ];
  }
  const { documents, lints } = parseDocuments(path, text);
  const found = documents.flatMap((source) =>
    loadDocument(source, kind, loading).map((fault) => lintOfFault(source, fault)),
  );
  return [...lints, ...found].sort(compareLints);
}

function loadDocument(source: ParsedDocument, kind: "rule" | "pattern", loading: Loading): readonly Fault[] {
  if (kind === "rule" && isJsonObject(source.value) && Object.hasOwn(source.value, "define"))
    return loadDefine(source, loading);
  const id = idOf(source);
  const faults: Fault[] = [
    ...idFaults(source, id),
    ...duplicateFaults(loading, { kind, id, source, pointer: idPointer(source), text: `the ${kind} id \`${id}\`` }),
  ];
  if (kind === "pattern") {
    return [
      ...faults,
      ...keepDocument(
        patternSchema,
        source,
        { kind },
        { id, isIdSound: faults.length === 0, whole: loading.patterns, drafts: loading.patternDrafts },
      ),
    ];
  }
  const options = { kind, areUnknownKeysIgnored: isPlainRuleValue(source.value) };
  return [
    ...faults,
    ...keepDocument(ruleSchema, source, options, {
      id,
      isIdSound: faults.length === 0,
      whole: loading.rules,
      drafts: loading.ruleDrafts,
    }),
  ];
}

interface Keeping<T> {
  readonly id: string;
  readonly isIdSound: boolean;
  readonly whole: Map<string, T>;
  readonly drafts: Map<string, Draft<T>>;
}

/** Keeps a document where it is whole, else what can be looked through for more faults. */
function keepDocument<T>(
  schema: z.ZodType<T>,
  source: ParsedDocument,
  options: Parameters<typeof checkDocument>[2],
  { id, isIdSound, whole, drafts }: Keeping<T>,
): readonly Fault[] {
  const { document, faults } = checkDocument(schema, source.value, options);
  if (document !== undefined) {
    if (isIdSound) whole.set(id, document);
    return faults;
  }
  const rest = salvageDocument(schema, source.value, faults, options);
  if (rest !== undefined && isIdSound) drafts.set(id, { document: rest, cut: faults });
  return faults;
}

function loadDefine(source: ParsedDocument, loading: Loading): readonly Fault[] {
  const { document, faults } = checkDocument(defineSchema, source.value, { kind: "define" });
  const all: Fault[] = [...faults];
  for (const [name, condition] of Object.entries(document?.define ?? {})) {
    const pointer = pointerTo("/define", name);
    const duplicate = duplicateFaults(loading, {
      kind: "define",
      id: name,
      source,
      pointer,
      text: `the named condition \`${name}\``,
    });
    if (duplicate.length === 0) loading.named.set(name, condition);
    all.push(...duplicate);
  }
  return all;
}

/** json-rules-engine takes a rule with keys it does not know; one that uses any of Tocsin's own keys is not meant for it. */
function isPlainRuleValue(value: unknown): boolean {
  if (!isJsonObject(value) || !Object.hasOwn(value, "conditions") || !Object.hasOwn(value, "event")) return false;
  const isStreamingKey = (key: string) =>
    Object.hasOwn(ruleSchema.shape, key) || unsupportedKey("rule", "", key) !== undefined;
  return Object.keys(value).every((key) => plainRuleKeys.has(key) || !isStreamingKey(key));
}

/** The document's own id, or that of its file: its name without extension, with `.N` where it holds several documents. */
function idOf({ file, index, countInFile, value }: ParsedDocument): string {
  if (isJsonObject(value) && typeof value["id"] === "string") return value["id"];
  const name = file
    .slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
    .replace(/\.(?:json|ya?ml)$/i, "");
  return countInFile === 1 ? name : `${name}.${index}`;
}

function idPointer({ value }: ParsedDocument): string {
  return isJsonObject(value) && Object.hasOwn(value, "id") ? "/id" : "";
}

/** Of an id that is written down the schema says it. */
function idFaults(source: ParsedDocument, id: string): readonly Fault[] {
  if (idPointer(source) !== "" || idSchema.safeParse(id).success) return [];
  const message = `the file's name gives no valid id (\`${id}\`): rename the file, or add \`id:\`; an id is a letter or _, then letters, digits, _, . and -`;
  return [{ pointer: "", severity: "error", code: "wrong-value", message }];
}

interface Claim extends DocumentPlace {
  readonly kind: SetFault["kind"];
  readonly id: string;
  /** What is claimed, in words. */
  readonly text: string;
}

/** Takes the id for `source`, or says who has it. */
function duplicateFaults({ places }: Loading, { kind, id, source, pointer, text }: Claim): readonly Fault[] {
  const key = placeKey(kind, id);
  const taken = places.get(key);
  if (taken === undefined) {
    places.set(key, { source, pointer: kind === "define" ? pointer : "" });
    return [];
  }
  const { line, column } = taken.source.locate(kind === "define" ? taken.pointer : idPointer(taken.source), {
    atKey: kind === "define",
  });
  const message = `${text} is taken by ${taken.source.file}:${line}:${column}: give one of them another`;
  return [{ pointer, ...(kind === "define" ? { atKey: true } : {}), severity: "error", code: "duplicate", message }];
}

function placeKey(kind: SetFault["kind"], id: string): string {
  return `${kind} ${id}`;
}
