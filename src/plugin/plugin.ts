import type { JsonObject } from "../core/base/json.ts";
import type { SendResult } from "../ports/channel.ts";
import type { Delivery } from "../ports/incident-store.ts";

export type { JsonObject, JsonValue } from "../core/base/json.ts";
export type { SendResult } from "../ports/channel.ts";
export type { Delivery } from "../ports/incident-store.ts";

/** `params` of the condition or the call that asks: a literal of the rule. `{}` where there are none. Never change it. */
export type FactParams = JsonObject;

/** What a synchronous fact reads others by. Every method throws where a value is absent or in error. */
export interface Almanac {
  /** The event's field of that name, else a plug-in's synchronous fact, else `input`, `meta` or `now`; with a path what JSONPath finds there. */
  factValue<T = unknown>(name: string, params?: FactParams, path?: string): T;
}

/** What an asynchronous fact reads others by: json-rules-engine's own almanac. */
export interface AsyncAlmanac {
  factValue<T = unknown>(name: string, params?: FactParams, path?: string): Promise<T>;
}

interface FactOptions {
  /** False: worked out at each use. Default true: once for an event and equal `params`. */
  readonly cache?: boolean;
  /** Of conditions on the fact that have none; the highest are taken first. A whole number from 1, the default. */
  readonly priority?: number;
}

/** Pure: the same value for the same event and `params`, whenever it is asked. No clock, no chance, no I/O, nothing it keeps. */
export interface SyncFact extends FactOptions {
  readonly isAsync?: false;
  readonly calculate: (params: FactParams, almanac: Almanac) => unknown;
}

/** May ask other systems. Its value is recorded, so that a recovery sees the same one. */
export interface AsyncFact extends FactOptions {
  readonly isAsync: true;
  readonly calculate: (params: FactParams, almanac: AsyncAlmanac) => unknown;
}

/** A function alone is a fact with the defaults, asynchronous if it is an `async` one. */
export type Fact =
  | SyncFact
  | AsyncFact
  | ((params: FactParams, almanac: Almanac) => unknown)
  | ((params: FactParams, almanac: AsyncAlmanac) => Promise<unknown>);

type Evaluate<F, V> = (factValue: F, compareToValue: V) => unknown;

/** Pure and synchronous. What is truthy is true. `validate` says which fact values it takes; of others it is false. */
export type Operator =
  | Evaluate<never, never>
  | { readonly evaluate: Evaluate<never, never>; readonly validate?: (factValue: never) => unknown };

type Decorate = (
  factValue: never,
  compareToValue: never,
  next: (factValue: unknown, compareToValue: unknown) => boolean,
) => unknown;

/** Pure and synchronous. `next` is what is decorated; an error of it is thrown. */
export type Decorator = Decorate | { readonly evaluate: Decorate; readonly validate?: (factValue: never) => unknown };

/** A channel's own part: how one delivery is sent. */
export interface PluginChannel {
  /**
   * Sends one delivery, and gives up by itself within `timeoutMs`. The delivery's id is the same at every attempt: use it as
   * the idempotency key. What it throws counts as retryable.
   */
  send(delivery: Delivery, options: { readonly timeoutMs: number }): Promise<SendResult>;
  close?(): Promise<void>;
}

/** What a channel is made from: its entry in the settings. */
export interface ChannelSettings {
  /** The channel's name. */
  readonly name: string;
  readonly options: JsonObject;
  /** Values of the secrets that the settings refer to. Never print them. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type ChannelFactory = (settings: ChannelSettings) => PluginChannel;

/** What a plug-in module exports, each as an export of its own or all in its default export. */
export interface Plugin {
  /** Default: the file's name. */
  readonly name?: string;
  /** Tells versions of the plug-in apart. Default: the hash of its file, which knows nothing of what that imports. */
  readonly version?: string;
  readonly facts?: Readonly<Record<string, Fact>>;
  readonly operators?: Readonly<Record<string, Operator>>;
  readonly decorators?: Readonly<Record<string, Decorator>>;
  readonly channels?: Readonly<Record<string, ChannelFactory>>;
}

/** Gives back what it is given: only so that it is checked where it is written. */
export function definePlugin<const P extends Plugin>(plugin: P): P {
  return plugin;
}
