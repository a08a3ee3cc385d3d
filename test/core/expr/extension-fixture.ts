import type { JsonObject } from "../../../src/core/base/json.ts";
import type { CustomFact, ExprExtensions, FactAlmanac } from "../../../src/core/expr/extensions.ts";

type Calculate = (params: JsonObject, almanac: FactAlmanac) => unknown;

/** A fact with the defaults. */
export function factOf(name: string, calculate: Calculate, options: Partial<CustomFact> = {}): CustomFact {
  return { name, calculate, isAsync: false, isCached: true, priority: 1, ...options };
}

/** What a plug-in called `test` adds. */
export function extensionsOf({
  facts = [],
  operators = {},
  decorators = {},
  identity = "version:1",
}: {
  readonly facts?: readonly CustomFact[];
  readonly operators?: Readonly<Record<string, (fact: never, value: never) => unknown>>;
  readonly decorators?: Readonly<
    Record<string, (fact: never, value: never, next: (fact: unknown, value: unknown) => boolean) => unknown>
  >;
  readonly identity?: string;
}): ExprExtensions {
  const calling =
    (call: (...args: never[]) => unknown) =>
    (...args: readonly unknown[]) => {
      const result: unknown = Reflect.apply(call, undefined, args);
      return result;
    };
  const named = <T>(members: Readonly<Record<string, T>>) => Object.entries(members);
  return {
    facts: new Map(facts.map((fact) => [fact.name, fact])),
    operators: new Map(
      named(operators).map(([name, call]) => [name, { name, evaluate: calling(call), validate: undefined }]),
    ),
    decorators: new Map(
      named(decorators).map(([name, call]) => [name, { name, evaluate: calling(call), validate: undefined }]),
    ),
    sources: [
      {
        name: "test",
        identity,
        names: [...facts.map(({ name }) => name), ...Object.keys(operators), ...Object.keys(decorators)],
      },
    ],
  };
}
