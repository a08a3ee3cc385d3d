import type { CustomDecorator, CustomFact, CustomOperator } from "../core/expr/extensions.ts";
import type { PluginRecord } from "../spec/plugin-record.ts";
import type { ChannelSettings } from "./plugin.ts";

/** A channel factory as the plug-in has it: what it gives is looked at where it is called. */
export type LoadedChannelFactory = (settings: ChannelSettings) => unknown;

/** A plug-in whose exports are as they should be. */
export interface LoadedPlugin {
  /** Path of the module. */
  readonly path: string;
  readonly name: string;
  readonly identity: string;
  readonly facts: readonly CustomFact[];
  readonly operators: readonly CustomOperator[];
  readonly decorators: readonly CustomDecorator[];
  readonly channels: ReadonlyMap<string, LoadedChannelFactory>;
}

/** How documents are kept with a plug-in. */
export function recordOfPlugin({ name, identity, facts, operators, decorators }: LoadedPlugin): PluginRecord {
  return {
    name,
    identity,
    facts: facts.map(({ name: fact, isAsync, isCached, priority }) => ({ name: fact, isAsync, isCached, priority })),
    operators: operators.map(({ name: operator }) => operator),
    decorators: decorators.map(({ name: decorator }) => decorator),
  };
}

/** True for a plug-in that adds to the language: one that only has channels decides nothing. */
export function addsToLanguage({ facts, operators, decorators }: LoadedPlugin): boolean {
  return facts.length + operators.length + decorators.length > 0;
}
