import type { JsonObject } from "../base/json.ts";

/** What a plug-in's fact reads others by: json-rules-engine's almanac. A synchronous fact gets values, an asynchronous one promises. */
export interface FactAlmanac {
  /**
   * The value of an event field, of another fact, or of `input`, `meta` and `now`; in this order. With a path, what that finds.
   *
   * @throws where there is none, or it is in error. A promise of an asynchronous fact's rejects instead.
   */
  factValue(name: string, params?: JsonObject, path?: string): unknown;
}

/** A fact of a plug-in: json-rules-engine's dynamic fact. */
export interface CustomFact {
  readonly name: string;
  /** Synchronous and pure, unless `isAsync`: then only the engine calls it, outside the core. */
  readonly calculate: (params: JsonObject, almanac: FactAlmanac) => unknown;
  readonly isAsync: boolean;
  /** Worked out once for an event, whatever asks for it with equal `params`. */
  readonly isCached: boolean;
  /** Of conditions on it that have none of their own. */
  readonly priority: number;
}

/** An operator of a plug-in: json-rules-engine's `Operator`. */
export interface CustomOperator {
  readonly name: string;
  readonly evaluate: (factValue: unknown, compareToValue: unknown) => unknown;
  readonly validate: ((factValue: unknown) => unknown) | undefined;
}

/** A decorator of a plug-in: json-rules-engine's `OperatorDecorator`. */
export interface CustomDecorator {
  readonly name: string;
  readonly evaluate: (
    factValue: unknown,
    compareToValue: unknown,
    next: (factValue: unknown, compareToValue: unknown) => boolean,
  ) => unknown;
  readonly validate: ((factValue: unknown) => unknown) | undefined;
}

/** What plug-ins add to the language. Handed to the compiler; there is no registry beside it. */
export interface ExprExtensions {
  readonly facts: ReadonlyMap<string, CustomFact>;
  readonly operators: ReadonlyMap<string, CustomOperator>;
  readonly decorators: ReadonlyMap<string, CustomDecorator>;
  /** The plug-ins themselves: the names each adds, and what tells its versions apart. */
  readonly sources: readonly { readonly name: string; readonly identity: string; readonly names: readonly string[] }[];
}
