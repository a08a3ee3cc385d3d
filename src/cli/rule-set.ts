import { compilePlan } from "../core/plan/compile-plan.ts";
import type { Plan } from "../core/plan/plan.ts";
import { parseTemplate } from "../engine/template.ts";
import { loadDocuments } from "../spec/document-set.ts";
import type { DocumentFile, DocumentSet, LoadedDocuments, SetFault } from "../spec/document-set.ts";
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
}

/** What each document folder is called by default, and what it holds. */
export const documentFolders = [
  { folder: "rules", kind: "rule" },
  { folder: "patterns", kind: "pattern" },
  { folder: "lists", kind: "list" },
] as const;

/** Reads documents from paths; handed in by main, for a command does no I/O of its own. */
export interface DocumentReader {
  read(paths: readonly string[]): Promise<{
    readonly files: readonly { readonly path: string; readonly text: string }[];
    readonly unread: readonly { readonly path: string; readonly reason: string }[];
  }>;
  isFolder(path: string): Promise<boolean>;
}

/** Paths by the kind of document that they hold. */
export interface DocumentPaths {
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists: readonly string[];
}

/** The paths given, or where none is given the folders `rules/`, `patterns/` and `lists/` that are here. */
export async function pathsOrDefault(paths: DocumentPaths, reader: DocumentReader): Promise<DocumentPaths> {
  if (paths.rules.length + paths.patterns.length + paths.lists.length > 0) return paths;
  const here = async (folder: string) => ((await reader.isFolder(folder)) ? [folder] : []);
  return { rules: await here("rules"), patterns: await here("patterns"), lists: await here("lists") };
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
    const { files: found, unread } = await reader.read(kindPaths);
    files.push(...found.map((file) => ({ ...file, kind })));
    lints.push(...unread.map(({ path, reason }) => unreadLint(path, reason)));
  }
  return compileRuleSet(files, lints);
}

/** As `loadRuleSet`, of files that are read. */
export function compileRuleSet(files: readonly DocumentFile[], lints: readonly Lint[] = []): RuleSet {
  const loaded = loadDocuments(files);
  const { plan, faults: setFaults } = compilePlan(loaded.set);
  const faults = [...setFaults, ...draftFaults(loaded)];
  const all = [
    ...lints,
    ...loaded.lints,
    ...faults.map(loaded.lintOf),
    ...templateFaults(loaded.set).map(loaded.lintOf),
  ];
  const order = new Map(files.map(({ path }, index) => [path, index]));
  const fileOrder = ({ file }: Lint) => order.get(file) ?? -1;
  const byPlace = all.toSorted((a, b) => fileOrder(a) - fileOrder(b) || compareLints(a, b));
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return { set: loaded.set, plan: hasErrors(all) ? undefined : plan, lints: byPlace, texts };
}

/** Further faults of documents that are left out of the set for an error. */
function draftFaults({ set, drafts, isOfDocument }: LoadedDocuments): readonly SetFault[] {
  if (drafts.rules.length + drafts.patterns.length === 0) return [];
  const { faults } = compilePlan({
    rules: drafts.rules,
    patterns: [...set.patterns, ...drafts.patterns],
    named: set.named,
  });
  return faults.filter(isOfDocument);
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
