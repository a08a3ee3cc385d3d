import type { ExprExtensions } from "../core/expr/extensions.ts";
import { compilePlan } from "../core/plan/compile-plan.ts";
import type { Plan } from "../core/plan/plan.ts";
import { parseTemplate } from "../engine/template.ts";
import { noPlugins } from "../plugin/plugin-set.ts";
import type { PluginSet } from "../plugin/plugin-set.ts";
import { loadDocuments } from "../spec/document-set.ts";
import type { DocumentFile, DocumentSet, LoadedDocuments, MemberFile, SetFault } from "../spec/document-set.ts";
import { loadEventSchemas } from "./event-schemas.ts";
import { isMemberFile, memberFilesOf } from "../spec/list-files.ts";
import { withRuleDefaults } from "../spec/rule-defaults.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import { compareLints, hasErrors } from "../spec/lint.ts";
import type { Lint } from "../spec/lint.ts";

/** Documents read, linted and compiled together. */
export interface RuleSet {
  readonly set: DocumentSet;
  /** Undefined where a lint is an error. */
  readonly plan: Plan | undefined;
  readonly lints: readonly Lint[];
  /** Contents by path, to show the lines at fault. */
  readonly texts: ReadonlyMap<string, string>;
  readonly plugins: PluginSet;
}

/** What each document folder is called by default, and what it holds. */
export const documentFolders = [
  { folder: "rules", kind: "rule" },
  { folder: "patterns", kind: "pattern" },
  { folder: "lists", kind: "list" },
] as const;

/** What the folder of schemas of event types is called. */
export const schemaFolder = "schemas";

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Reads documents from paths; handed in by main, for a command does no I/O of its own. */
export interface DocumentReader {
  read(paths: readonly string[]): Promise<{
    readonly files: readonly { readonly path: string; readonly text: string }[];
    readonly unread: readonly { readonly path: string; readonly reason: string }[];
    /** Files of a list's members that lie in the folders named, not read. */
    readonly memberFiles: readonly string[];
  }>;
  /** Reads a file of a list's members. */
  readMembers(path: string): Promise<MemberFile>;
  isFolder(path: string): Promise<boolean>;
  /** Imports modules of plug-ins, which runs their code. */
  loadPlugins?(paths: readonly string[]): Promise<LoadedPlugins>;
}

/** Paths by the kind of document that they hold. */
export interface DocumentPaths {
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists: readonly string[];
  /** Schemas of event types; undefined: where no path is given, the folder `schemas/` that is here. */
  readonly schemas?: readonly string[] | undefined;
  /** Modules of plug-ins. */
  readonly plugins?: readonly string[] | undefined;
  /** json-rules-engine's options for rules that do not set them. */
  readonly ruleDefaults?: RuleDefaults | undefined;
}

/** The paths given, or where none is given the folders `rules/`, `patterns/`, `lists/` and `schemas/` that are here. */
export async function pathsOrDefault(paths: DocumentPaths, reader: DocumentReader): Promise<DocumentPaths> {
  if (paths.rules.length + paths.patterns.length + paths.lists.length > 0) return paths;
  const here = async (folder: string) => ((await reader.isFolder(folder)) ? [folder] : []);
  return {
    rules: await here("rules"),
    patterns: await here("patterns"),
    lists: await here("lists"),
    schemas: paths.schemas ?? (await here(schemaFolder)),
    plugins: paths.plugins,
    ruleDefaults: paths.ruleDefaults,
  };
}

/** Reads, lints and compiles all documents of the paths together. */
export async function loadRuleSet(paths: DocumentPaths, reader: DocumentReader): Promise<RuleSet> {
  const files: DocumentFile[] = [];
  const lints: Lint[] = [];
  for (const [kind, kindPaths] of [
    ["rule", paths.rules],
    ["pattern", paths.patterns],
    ["list", paths.lists],
  ] as const) {
    const isLone = (path: string) => kind === "list" && isMemberFile(path);
    const { files: found, unread, memberFiles } = await reader.read(kindPaths.filter((path) => !isLone(path)));
    files.push(...found.map((file) => ({ ...file, kind })));
    lints.push(...unread.map(({ path, reason }) => unreadLint(path, reason)));
    if (kind === "list") files.push(...[...memberFiles, ...kindPaths.filter(isLone)].map(loneMembers));
  }
  const { files: schemaFiles, unread } = await reader.read(paths.schemas ?? []);
  lints.push(...unread.map(({ path, reason }) => unreadLint(path, reason)));
  const plugins = await loadPlugins(paths.plugins ?? [], reader);
  return compileRuleSet(files, {
    lints: [...plugins.lints, ...lints],
    memberFiles: await readMemberFiles(files, reader),
    schemaFiles,
    plugins: plugins.set,
    ruleDefaults: paths.ruleDefaults,
  });
}

/** Plug-ins as they were loaded, and the faults of their modules. */
export interface LoadedPlugins {
  readonly set: PluginSet;
  readonly lints: readonly Lint[];
}

export async function loadPlugins(paths: readonly string[], reader: DocumentReader): Promise<LoadedPlugins> {
  if (paths.length === 0 || reader.loadPlugins === undefined) return { set: noPlugins, lints: [] };
  return reader.loadPlugins(paths);
}

/** A list that is a file of members alone. */
export function loneMembers(path: string): DocumentFile {
  return { path, text: "", kind: "list" };
}

/** The files of all lists' members, by path. */
export async function readMemberFiles(
  files: readonly DocumentFile[],
  reader: DocumentReader,
): Promise<ReadonlyMap<string, MemberFile>> {
  const read = new Map<string, MemberFile>();
  for (const path of memberFilesOf(files)) read.set(path, await reader.readMembers(path));
  return read;
}

/** What belongs to the documents of a rule set, besides their own files. */
export interface RuleSetParts {
  /** Faults found on the way. */
  readonly lints?: readonly Lint[];
  readonly memberFiles?: ReadonlyMap<string, MemberFile>;
  readonly schemaFiles?: readonly TextFile[];
  readonly plugins?: PluginSet;
  readonly ruleDefaults?: RuleDefaults | undefined;
}

/** As `loadRuleSet`, of files that are read. */
export function compileRuleSet(files: readonly DocumentFile[], parts: RuleSetParts = {}): RuleSet {
  const { lints = [], memberFiles = new Map(), schemaFiles = [], plugins = noPlugins, ruleDefaults = {} } = parts;
  const { set: documents, drafts, ...loading } = loadDocuments(files, memberFiles);
  const loaded: LoadedDocuments = {
    ...loading,
    set: { ...documents, rules: withDefaults(documents.rules, ruleDefaults), plugins: plugins.records },
    drafts: { ...drafts, rules: withDefaults(drafts.rules, ruleDefaults) },
  };
  const extensions = plugins.extensionsFor(plugins.records);
  const { schemas, lints: schemaLints } = loadEventSchemas(schemaFiles);
  const { plan, faults: setFaults } = compilePlan(withKnownLists(loaded), { schemas, extensions });
  const draftLists = new Set(loaded.drafts.lists.map(({ id }) => id));
  const isOwn = (fault: SetFault) => fault.kind !== "list" || !draftLists.has(fault.id) || loaded.isOfDocument(fault);
  const faults = [...setFaults.filter(isOwn), ...draftFaults(loaded, extensions)];
  const all = [
    ...lints,
    ...schemaLints,
    ...loaded.lints,
    ...faults.map(loaded.lintOf),
    ...templateFaults(loaded.set).map(loaded.lintOf),
  ];
  const order = new Map([...files, ...schemaFiles].map(({ path }, index) => [path, index]));
  const fileOrder = ({ file }: Lint) => order.get(file) ?? -1;
  const byPlace = all.toSorted((a, b) => fileOrder(a) - fileOrder(b) || compareLints(a, b));
  const texts = new Map(
    [...files, ...schemaFiles].flatMap(({ path, text }) => (isMemberFile(path) ? [] : [[path, text] as const])),
  );
  return { set: loaded.set, plan: hasErrors(all) ? undefined : plan, lints: byPlace, texts, plugins };
}

function withDefaults(rules: DocumentSet["rules"], defaults: RuleDefaults): DocumentSet["rules"] {
  return rules.map(({ id, document }) => ({ id, document: withRuleDefaults(document, defaults) }));
}

/** Rules are not told that a list with a fault is absent: its own fault says enough, and keeps the set from being run. */
function withKnownLists({ set, drafts }: LoadedDocuments): DocumentSet {
  return drafts.lists.length === 0 ? set : { ...set, lists: [...set.lists, ...drafts.lists] };
}

/** Further faults of documents that are left out of the set for an error. */
function draftFaults(loaded: LoadedDocuments, extensions: ExprExtensions): readonly SetFault[] {
  const { set, drafts, isOfDocument } = loaded;
  if (drafts.rules.length + drafts.patterns.length === 0) return [];
  const draft: DocumentSet = {
    rules: drafts.rules,
    patterns: [...set.patterns, ...drafts.patterns],
    named: set.named,
    lists: withKnownLists(loaded).lists,
  };
  const { faults } = compilePlan(draft, { extensions });
  return faults.filter((fault) => fault.kind !== "list" && isOfDocument(fault));
}

/** Summaries are templates of the edge, which the core does not know. */
function templateFaults({ rules }: DocumentSet): readonly SetFault[] {
  return rules.flatMap(({ id, document }) => {
    const summary = document.alert === undefined || document.alert === false ? undefined : document.alert?.summary;
    if (summary === undefined || summary === null) return [];
    const parsed = parseTemplate(summary);
    if (!("fault" in parsed)) return [];
    return [
      {
        kind: "rule",
        id,
        fault: {
          pointer: "/alert/summary",
          severity: "error",
          code: "template",
          message: `not a LiquidJS template: ${parsed.fault}`,
        },
      } as const,
    ];
  });
}

/** What was named and could not be read is at fault as a whole. */
export function unreadLint(file: string, reason: string): Lint {
  return { file, pointer: "", line: 1, column: 1, length: 0, severity: "error", code: "syntax", message: reason };
}
