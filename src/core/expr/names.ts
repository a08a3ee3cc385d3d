import type { Names } from "./scope.ts";

const reservedNames = ["input", "meta", "key", "now"] as const;
/** What only an evaluation has: the rule's event before this one, and the time of the key's first. */
const historyNames = ["prev", "keySince"] as const;
const metaMembers = ["id", "type", "time", "source", "sequence"] as const;

export interface EventNamesOptions {
  /** True for a rule that has only json-rules-engine's keys: every name is an event field. */
  readonly plain?: boolean;
  /** True where the key is not taken yet: `key` is then an event field like any other. */
  readonly beforeKey?: boolean;
  /** True where a rule is evaluated: `prev` and `keySince` are there. Elsewhere they are refused. */
  readonly hasHistory?: boolean;
  /** Members of declared names, where they are known. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The names of most places: the declared ones, each with its slot, then `input`, `meta`, `key` and `now`, and else the
 * event's top-level fields.
 */
export function eventNames(declared: Readonly<Record<string, number>> = {}, options: EventNamesOptions = {}): Names {
  if (options.plain === true) return { resolve: (name) => ({ kind: "field", name }), declared: [] };
  const { members = {}, beforeKey = false, hasHistory = false } = options;
  return {
    resolve: (name) => {
      const index = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (index !== undefined) return { kind: "slot", index };
      if (name === "key" && beforeKey) return { kind: "field", name };
      if (name === "input" || name === "meta" || name === "key" || name === "now") return { kind: name };
      if (hasHistory && name === "prev") return { kind: "prev" };
      if (hasHistory && name === "keySince") return { kind: "key-since" };
      return isOfHistory(name) ? undefined : { kind: "field", name };
    },
    declared: [
      ...Object.keys(declared),
      ...[...reservedNames, ...(hasHistory ? historyNames : [])].filter((name) => !Object.hasOwn(declared, name)),
    ],
    membersOf: (name) => {
      if (Object.hasOwn(members, name)) return members[name];
      return name === "meta" && !Object.hasOwn(declared, name) ? metaMembers : undefined;
    },
    refusalOf: (name) =>
      isOfHistory(name) && !Object.hasOwn(declared, name)
        ? `\`${name}\` has no value here: only where a rule is evaluated; a field of that name is \`input.${name}\``
        : undefined,
  };
}

function isOfHistory(name: string): boolean {
  return name === "prev" || name === "keySince";
}
