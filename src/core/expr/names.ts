import type { Names } from "./scope.ts";

const reservedNames = ["input", "meta", "key", "now"] as const;
const metaMembers = ["id", "type", "time", "source", "sequence"] as const;

export interface EventNamesOptions {
  /** True for a rule that has only json-rules-engine's keys: every name is an event field. */
  readonly plain?: boolean;
  /** True where the key is not taken yet: `key` is then an event field like any other. */
  readonly beforeKey?: boolean;
  /** Members of declared names, where they are known. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/**
 * The names of most places: the declared ones, each with its slot, then `input`, `meta`, `key` and `now`, and else the
 * event's top-level fields.
 */
export function eventNames(declared: Readonly<Record<string, number>> = {}, options: EventNamesOptions = {}): Names {
  if (options.plain === true) return { resolve: (name) => ({ kind: "field", name }), declared: [] };
  const { members = {}, beforeKey = false } = options;
  return {
    resolve: (name) => {
      const index = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (index !== undefined) return { kind: "slot", index };
      if (name === "key" && beforeKey) return { kind: "field", name };
      if (name === "input" || name === "meta" || name === "key" || name === "now") return { kind: name };
      return isUnsupported(name) ? undefined : { kind: "field", name };
    },
    declared: [...Object.keys(declared), ...reservedNames.filter((name) => !Object.hasOwn(declared, name))],
    membersOf: (name) => {
      if (Object.hasOwn(members, name)) return members[name];
      return name === "meta" && !Object.hasOwn(declared, name) ? metaMembers : undefined;
    },
    refusalOf: (name) =>
      isUnsupported(name) && !Object.hasOwn(declared, name)
        ? `\`${name}\` is not supported yet; a field of that name is \`input.${name}\``
        : undefined,
  };
}

function isUnsupported(name: string): boolean {
  return name === "prev" || name === "keySince";
}
