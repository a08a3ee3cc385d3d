import { isJsonObject } from "../core/base/json.ts";
import { parseDocuments } from "../spec/document.ts";
import { hasErrors } from "../spec/lint.ts";
import type { Lint } from "../spec/lint.ts";
import type { DocumentFile } from "../spec/document-set.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import { isMemberFile } from "../spec/list-files.ts";
import { formatLints } from "./lint-report.ts";
import {
  compileRuleSet,
  documentFolders,
  loadPlugins,
  loneMembers,
  readMemberFiles,
  schemaFolder,
  unreadLint,
} from "./rule-set.ts";
import type { DocumentReader } from "./rule-set.ts";
import { pluginPathsIn, ruleDefaultsIn } from "./settings-parts.ts";
import { withoutSecrets } from "./settings-text.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export interface CheckArguments {
  /** Files and folders; none: the document folders and `tocsin.yaml` that are here. */
  readonly paths: readonly string[];
  /** Files and folders of schemas of event types, besides those of the paths. */
  readonly schemas: readonly string[];
  /** Modules of plug-ins, besides those that the settings name. */
  readonly plugins?: readonly string[];
  /** json-rules-engine's options for all rules, besides those that the settings set. */
  readonly ruleDefaults?: RuleDefaults;
  readonly format: "pretty" | "json" | "github";
}

export interface CheckPorts {
  readonly terminal: Terminal;
  readonly reader: DocumentReader;
  /** Lints of a settings file. */
  checkSettings(file: string, text: string): readonly Lint[];
}

/** `tocsin check`: every fault of every document, with its place. Exit status 0, or 2 where one is an error. */
export async function runCheck(
  { paths, schemas, plugins = [], ruleDefaults = {}, format }: CheckArguments,
  { terminal, reader, checkSettings }: CheckPorts,
): Promise<ExitStatus> {
  const named = [...(paths.length > 0 ? paths : await defaultPaths(reader)), ...schemas];
  const { files, unread, memberFiles } = await reader.read(named.filter((path) => !isMemberFile(path)));
  const lone = [...memberFiles.filter((path) => folderKindOf(path) === "list"), ...named.filter(isMemberFile)];
  if (files.length + unread.length + lone.length === 0) {
    terminal.err("tocsin check: no documents: name files or folders, or start in the folder that has rules/\n");
    return exitStatus.wrongInput;
  }
  const fileCount = files.length + lone.length;
  const settings = files.filter(({ path }) => isSettingsPath(path));
  const isSchema = ({ path }: { readonly path: string }) => isSchemaPath(path, schemas);
  const documents = files
    .filter((file) => !isSettingsPath(file.path) && !isSchema(file))
    .map((file): DocumentFile => ({ ...file, kind: kindOf(file) }))
    .concat(lone.map(loneMembers));
  const modules = new Set([...plugins, ...settings.flatMap(({ path, text }) => pluginPathsIn(path, text))]);
  const loaded = await loadPlugins([...modules], reader);
  const ruleSet = compileRuleSet(documents, {
    lints: [...loaded.lints, ...unread.map(({ path, reason }) => unreadLint(path, reason))],
    memberFiles: await readMemberFiles(documents, reader),
    schemaFiles: files.filter(isSchema),
    plugins: loaded.set,
    ruleDefaults: settings.reduce((all, { path, text }) => ({ ...ruleDefaultsIn(path, text), ...all }), ruleDefaults),
  });
  const all = [...ruleSet.lints, ...settings.flatMap(({ path, text }) => checkSettings(path, text))];
  const texts = new Map(files.map(({ path, text }) => [path, isSettingsPath(path) ? withoutSecrets(text) : text]));
  const report = formatLints(all, texts, { format, colour: terminal.hasOutColour });
  if (report !== "") await terminal.out(report);
  if (format === "pretty" && all.length === 0)
    await terminal.out(`${fileCount === 1 ? "1 file" : `${fileCount} files`}, no faults\n`);
  return hasErrors(all) ? exitStatus.wrongInput : exitStatus.ok;
}

async function defaultPaths(reader: DocumentReader): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of [...documentFolders.map(({ folder: name }) => name), schemaFolder])
    if (await reader.isFolder(folder)) found.push(folder);
  const { files } = await reader.read(["tocsin.yaml"]);
  return files.length > 0 ? [...found, "tocsin.yaml"] : found;
}

function isSettingsPath(path: string): boolean {
  return /(?:^|[\\/])tocsin\.ya?ml$/.test(path);
}

/** In a folder `schemas`, or named as one. */
function isSchemaPath(path: string, named: readonly string[]): boolean {
  if (named.some((name) => path === name || path.startsWith(`${name.replace(/[\\/]$/, "")}/`))) return true;
  return path.split(/[\\/]/).at(-2) === schemaFolder || /\.schema\.json$/i.test(path);
}

/** By the innermost folder that names a kind; elsewhere the first document says: it is a pattern where it has a `sequence`, a list where it has a list's own keys, else a rule. */
function kindOf({ path, text }: { readonly path: string; readonly text: string }): DocumentFile["kind"] {
  const kind = folderKindOf(path);
  if (kind !== undefined) return kind;
  const [first] = parseDocuments(path, text).documents;
  if (first === undefined) return "rule";
  if (isPattern(first.value)) return "pattern";
  return isList(first.value) ? "list" : "rule";
}

function folderKindOf(path: string): DocumentFile["kind"] | undefined {
  const folders = path.split(/[\\/]/).slice(0, -1).toReversed();
  for (const name of folders) {
    const known = documentFolders.find(({ folder }) => folder === name);
    if (known !== undefined) return known.kind;
  }
  return undefined;
}

/** No rule has any of these keys. */
function isList(value: unknown): boolean {
  return isJsonObject(value) && ["members", "file", "feed", "maxMembers"].some((key) => Object.hasOwn(value, key));
}

/** A rule in which a `sequence` has lost its way is a rule. */
function isPattern(value: unknown): boolean {
  const has = (key: string) => isJsonObject(value) && Object.hasOwn(value, key);
  return has("sequence") && !["conditions", "windows", "patterns"].some(has);
}
