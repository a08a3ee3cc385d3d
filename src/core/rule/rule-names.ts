import type { RuleDocument } from "../../spec/rule.ts";
import { eventNames } from "../expr/names.ts";
import type { Names } from "../expr/scope.ts";

/** Where each declared name of a rule is kept, and which names each place of the document may use. */
export interface RuleNames {
  readonly slots: Readonly<Record<string, number>>;
  readonly slotCount: number;
  /** The event alone, whose key is not taken yet: `where` and `key`. */
  readonly beforeKey: Names;
  /** The event and its key: what enters a window. */
  readonly atEvent: Names;
  /** The event and the windows: an inline pattern's steps. */
  atPattern(members: Members): Names;
  /** Everything declared. */
  atEvaluation(members: Members): Names;
}

type Members = Readonly<Record<string, readonly string[]>>;

/** @param isPlain true for a rule that has only json-rules-engine's keys: it sees only event fields. */
export function ruleNamesOf(document: RuleDocument, isPlain: boolean): RuleNames {
  const declared = [document.windows, document.patterns, document.let].flatMap((names) => Object.keys(names ?? {}));
  const slots = Object.fromEntries(declared.map((name, slot) => [name, slot]));
  const windowSlots = Object.fromEntries(Object.keys(document.windows ?? {}).map((name) => [name, slots[name] ?? 0]));
  return {
    slots,
    slotCount: declared.length,
    beforeKey: hiding(eventNames({}, { plain: isPlain, beforeKey: true }), declared),
    atEvent: hiding(eventNames({}, { plain: isPlain }), declared),
    atPattern: (members) =>
      hiding(
        eventNames(windowSlots, { members }),
        declared.filter((name) => windowSlots[name] === undefined),
      ),
    atEvaluation: (members) => eventNames(slots, { plain: isPlain, members }),
  };
}

/** Names that the rule declares but that have no value yet at this place are refused rather than read as event fields. */
function hiding(names: Names, hidden: readonly string[]): Names {
  if (hidden.length === 0) return names;
  return {
    ...names,
    resolve: (name) => (hidden.includes(name) ? undefined : names.resolve(name)),
    refusalOf: (name) =>
      hidden.includes(name)
        ? `\`${name}\` has no value yet where this is evaluated; a field of that name is \`input.${name}\``
        : names.refusalOf?.(name),
  };
}
