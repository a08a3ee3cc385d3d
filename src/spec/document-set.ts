import type { z } from "zod";
import { type Fault, pointerTo } from "../core/base/fault.ts";
import { isJsonObject } from "../core/base/json.ts";
import { plainRuleKeys } from "../core/base/plain-rule-keys.ts";
import type { ListContent } from "../core/table/list-change.ts";
import { defineSchema } from "./define.ts";
import { type ParsedDocument, parseDocuments } from "./document.ts";
import { lintOfFault } from "./fault-lint.ts";
import { compareLints, type Lint } from "./lint.ts";
import { isMemberFile, pathBeside, plainPath } from "./list-files.ts";
import { type ListDocument, listSchema } from "./list.ts";
import { type PatternDocument, patternSchema } from "./pattern.ts";
import type { PluginRecord } from "./plugin-record.ts";
import { type RuleDocument, ruleSchema } from "./rule.ts";
import { isOwnFault, salvageDocument } from "./salvage.ts";
import { checkDocument } from "./schema-fault.ts";
import { unsupportedKey } from "./unsupported.ts";
import { type ConditionDocument, idSchema } from "./value.ts";

/**
 * A file as the caller read it; its kind follows from the folder or the option that named it. A list may also be a file of
 * members without a document (see `isMemberFile`); its text is not looked at.
 */
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
  /** Lists and tables, each with the bytes of its `file` where it names one. */
  readonly lists: readonly ListEntry[];
  /** Plug-ins that add to the language, sorted by name; undefined: none. */
  readonly plugins?: readonly PluginRecord[] | undefined;
}

export interface ListEntry {
  readonly id: string;
  readonly document: ListDocument;
  readonly content: ListContent | undefined;
}

/** A file of a list's members as it was read, or why it was not. */
export type MemberFile = { readonly content: ListContent } | { readonly reason: string };

/** A fault that the core's compilers found in one of the documents; of a `define`, `id` is the condition's name. */
export interface SetFault {
  readonly kind: "rule" | "pattern" | "define" | "list";
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
  readonly lists: Map<string, ListEntry>;
  readonly listDrafts: Map<string, Draft<ListDocument>>;
  /** By plain path. */
  readonly memberFiles: ReadonlyMap<string, MemberFile>;
  /** Plain paths of those that a document names. */
  readonly namedFiles: Set<string>;
  /** By kind and id, of invalid documents too: an id is taken by the first that gives it. */
  readonly places: Map<string, DocumentPlace>;
}

/**
 * Reads all documents of a rule set together. Those with an error are left out of the set; every fault of every one is a
 * lint. Files named `*.test.json`, `*.test.yaml` and `*.test.yml` are tests and are left out. A file of members that no list
 * document names is a list of its own, named like the file. Never throws.
 *
 * @param memberFiles what `memberFilesOf` names, read.
 */
export function loadDocuments(
  files: readonly DocumentFile[],
  memberFiles: ReadonlyMap<string, MemberFile> = new Map(),
): LoadedDocuments {
  const loading: Loading = {
    rules: new Map(),
    patterns: new Map(),
    named: new Map(),
    places: new Map(),
    ruleDrafts: new Map(),
    patternDrafts: new Map(),
    lists: new Map(),
    listDrafts: new Map(),
    memberFiles,
    namedFiles: new Set(),
  };
  const isLone = ({ path, kind }: DocumentFile) => kind === "list" && isMemberFile(path);
  const read = files.filter(({ path }) => !isTestFile(path));
  const lints = [
    ...read.filter((file) => !isLone(file)).flatMap((file) => loadFile(file, loading)),
    ...read.filter(isLone).flatMap(({ path }) => loadLoneMembers(path, loading)),
  ];
  const placeOf = (kind: SetFault["kind"], id: string) => loading.places.get(placeKey(kind, id));
  return {
    set: {
      rules: [...loading.rules].map(([id, document]) => ({ id, document })),
      patterns: [...loading.patterns].map(([id, document]) => ({ id, document })),
      named: [...loading.named].map(([name, document]) => ({ name, document })),
      lists: [...loading.lists.values()],
    },
    drafts: {
      rules: [...loading.ruleDrafts].map(([id, { document }]) => ({ id, document })),
      patterns: [...loading.patternDrafts].map(([id, { document }]) => ({ id, document })),
      named: [],
      lists: [...loading.listDrafts].map(([id, { document }]) => ({ id, document, content: undefined })),
    },
    isOfDocument({ kind, id, fault }) {
      const drafts =
        kind === "rule" ? loading.ruleDrafts : kind === "list" ? loading.listDrafts : loading.patternDrafts;
      const draft = drafts.get(id);
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
  const { documents, lints } = parseDocuments(path, text);
  const found = documents.flatMap((source) =>
    loadDocument(source, kind, loading).map((fault) => lintOfFault(source, fault)),
  );
  return [...lints, ...found].sort(compareLints);
}

function loadDocument(source: ParsedDocument, kind: DocumentFile["kind"], loading: Loading): readonly Fault[] {
  if (kind === "rule" && isJsonObject(source.value) && Object.hasOwn(source.value, "define"))
    return loadDefine(source, loading);
  const id = idOf(source);
  const faults: Fault[] = [
    ...idFaults(source, id),
    ...duplicateFaults(loading, { kind, id, source, pointer: idPointer(source), text: `the ${kind} id \`${id}\`` }),
  ];
  if (kind === "list") return [...faults, ...keepList(source, { id, isIdSound: faults.length === 0 }, loading)];
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

/** Keeps a list with the members of its file. */
function keepList(
  source: ParsedDocument,
  { id, isIdSound }: { readonly id: string; readonly isIdSound: boolean },
  loading: Loading,
): readonly Fault[] {
  const whole = new Map<string, ListDocument>();
  const faults = keepDocument(
    listSchema,
    source,
    { kind: "list" },
    { id, isIdSound, whole, drafts: loading.listDrafts },
  );
  const written = isJsonObject(source.value) ? source.value["file"] : undefined;
  if (typeof written !== "string" || written === "") {
    const document = whole.get(id);
    if (document !== undefined) loading.lists.set(id, { id, document, content: undefined });
    return faults;
  }
  const path = pathBeside(source.file, written);
  loading.namedFiles.add(path);
  const found = memberFileAt(path, loading);
  const document = whole.get(id);
  if ("content" in found) {
    if (document !== undefined) loading.lists.set(id, { id, document, content: found.content });
    return faults;
  }
  const message = `the file ${path} can't be read: ${found.reason}`;
  const unread = { pointer: "/file", severity: "error", code: "wrong-value", message } as const;
  if (document !== undefined) {
    const { file: _, ...rest } = document;
    loading.listDrafts.set(id, { document: rest, cut: [unread] });
  }
  return [...faults, unread];
}

function memberFileAt(path: string, { memberFiles }: Loading): MemberFile {
  if (!isMemberFile(path)) return { reason: "its name ends in none of .txt, .csv and .mmdb" };
  return memberFiles.get(path) ?? { reason: "there is no such file" };
}

/** A list out of a file of members alone, unless a document names it. Its kind is cidr for .mmdb, else exact. */
function loadLoneMembers(file: string, loading: Loading): readonly Lint[] {
  const path = plainPath(file);
  if (loading.namedFiles.has(path)) return [];
  const source: ParsedDocument = {
    ...{ file, index: 0, countInFile: 1, base: "", value: {} },
    locate: () => ({ line: 1, column: 1, length: 0 }),
  };
  const id = idOf(source);
  const found = memberFileAt(path, loading);
  const faults: Fault[] = [
    ...idFaults(source, id),
    ...duplicateFaults(loading, { kind: "list", id, source, pointer: "", text: `the list id \`${id}\`` }),
  ];
  const name = path.slice(path.lastIndexOf("/") + 1);
  const document: ListDocument = /\.mmdb$/i.test(name) ? { kind: "cidr", file: name } : { file: name };
  if ("content" in found && faults.length === 0) loading.lists.set(id, { id, document, content: found.content });
  if ("reason" in found) {
    loading.listDrafts.set(id, { document: {}, cut: [] });
    faults.push({
      pointer: "",
      severity: "error",
      code: "wrong-value",
      message: `the file can't be read: ${found.reason}`,
    });
  }
  return faults.map((fault) => lintOfFault(source, fault));
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
    .replace(/\.(?:json|ya?ml|txt|csv|mmdb)$/i, "");
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
