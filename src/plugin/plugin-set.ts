import { pointerTo } from "../core/base/fault.ts";
import type { CustomDecorator, CustomFact, CustomOperator, ExprExtensions } from "../core/expr/extensions.ts";
import type { Lint } from "../spec/lint.ts";
import type { PluginRecord } from "../spec/plugin-record.ts";
import { addsToLanguage, recordOfPlugin } from "./loaded-plugin.ts";
import type { LoadedChannelFactory, LoadedPlugin } from "./loaded-plugin.ts";
import { pluginLint } from "./read-plugin.ts";

/** The plug-ins of one installation. */
export interface PluginSet {
  /** Of those that add to the language, as documents are kept with them. */
  readonly records: readonly PluginRecord[];
  readonly channels: ReadonlyMap<string, LoadedChannelFactory>;
  /**
   * What documents that are kept with these records are compiled with. What a record has and no plug-in that is loaded adds any
   * more is in error wherever it is used.
   */
  extensionsFor(records: readonly PluginRecord[]): ExprExtensions;
  /** Where records differ from the plug-ins that are loaded, each in a sentence. */
  differencesFrom(records: readonly PluginRecord[]): readonly string[];
}

/** Joins plug-ins; two that have something of one name are a fault. */
export function joinPlugins(plugins: readonly LoadedPlugin[]): {
  readonly set: PluginSet;
  readonly lints: readonly Lint[];
} {
  const lints = conflictsIn(plugins);
  const facts = byName(plugins.flatMap((plugin) => plugin.facts));
  const operators = byName(plugins.flatMap((plugin) => plugin.operators));
  const decorators = byName(plugins.flatMap((plugin) => plugin.decorators));
  const records = plugins.filter(addsToLanguage).map(recordOfPlugin);
  const set: PluginSet = {
    records: records.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    channels: new Map(plugins.flatMap((plugin) => [...plugin.channels])),
    extensionsFor: (kept) => ({
      facts: byName(kept.flatMap((record) => record.facts.map((fact) => factOf(record, fact, facts)))),
      operators: byName(
        kept.flatMap((record) => record.operators.map((name) => operators.get(name) ?? absentOperator(record, name))),
      ),
      decorators: byName(
        kept.flatMap((record) => record.decorators.map((name) => decorators.get(name) ?? absentOperator(record, name))),
      ),
      sources: kept.map(({ name, identity, ...names }) => ({
        name,
        identity,
        names: [...names.facts.map((fact) => fact.name), ...names.operators, ...names.decorators],
      })),
    }),
    differencesFrom: (kept) => kept.flatMap((record) => differenceOf(record, records)),
  };
  return { set, lints };
}

export const noPlugins: PluginSet = joinPlugins([]).set;

function byName<T extends { readonly name: string }>(members: readonly T[]): ReadonlyMap<string, T> {
  return new Map(members.map((member) => [member.name, member]));
}

/** How it was declared then decides how it is asked; what it does is what the plug-in does now. */
function factOf(
  record: PluginRecord,
  declared: PluginRecord["facts"][number],
  loaded: ReadonlyMap<string, CustomFact>,
): CustomFact {
  const { name, isAsync, isCached, priority } = declared;
  const calculate = loaded.get(name)?.calculate ?? absent(record, `the fact ${name}`);
  return { name, isAsync, isCached, priority, calculate };
}

function absentOperator(record: PluginRecord, name: string): CustomOperator & CustomDecorator {
  return { name, evaluate: absent(record, name), validate: undefined };
}

function absent({ name }: PluginRecord, what: string): () => never {
  return () => {
    throw new Error(`the plug-in ${name}, which had ${what}, is not loaded`);
  };
}

function differenceOf(record: PluginRecord, loaded: readonly PluginRecord[]): readonly string[] {
  const now = loaded.find(({ name }) => name === record.name);
  if (now === undefined) return [`the plug-in ${record.name} (${record.identity}) is not loaded any more`];
  if (now.identity === record.identity) return [];
  return [`the plug-in ${record.name} was ${record.identity} and is ${now.identity} now`];
}

function conflictsIn(plugins: readonly LoadedPlugin[]): readonly Lint[] {
  const lints: Lint[] = [];
  const owners = new Map<string, LoadedPlugin>();
  const claim = (plugin: LoadedPlugin, kind: string, name: string, pointer: string) => {
    const owner = owners.get(`${kind} ${name}`);
    owners.set(`${kind} ${name}`, owner ?? plugin);
    if (owner === undefined) return;
    const message = `the ${kind} \`${name}\` is ${owner.path}'s already; give one of them another name`;
    lints.push(pluginLint(plugin.path, pointer, "duplicate", message));
  };
  for (const plugin of plugins) {
    claim(plugin, "plug-in", plugin.name, "/name");
    for (const { name } of plugin.facts) claim(plugin, "fact", name, pointerTo("", "facts", name));
    for (const { name } of plugin.operators) claim(plugin, "operator", name, pointerTo("", "operators", name));
    for (const { name } of plugin.decorators) claim(plugin, "decorator", name, pointerTo("", "decorators", name));
    for (const name of plugin.channels.keys()) claim(plugin, "channel", name, pointerTo("", "channels", name));
  }
  return lints;
}
