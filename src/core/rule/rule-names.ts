import type { RuleDocument } from "../../spec/rule.ts";
import type { KeyDocument } from "../../spec/value.ts";
import { eventNames } from "../expr/names.ts";
import { isPlainFieldName } from "../expr/field-path.ts";
import type { Names } from "../expr/scope.ts";
import { keyPartsOf } from "./key-program.ts";

/** Which of the names of history a rule was found to read, as its places are compiled. */
export interface HistoryUse {
  prev: boolean;
  keySince: boolean;
  now: boolean;
}

/** Where each declared name of a rule is kept, and which names each place of the document may use. */
export interface RuleNames {
  readonly slots: Readonly<Record<string, number>>;
  readonly slotCount: number;
  readonly used: HistoryUse;
  /** The event alone, whose key is not taken yet: `where` and `key`. */
  readonly beforeKey: Names;
  /** The event, its key and the look-ups: what a look-up's key is taken from. */
  readonly atLookup: Names;
  /** The same and what came before the event: what enters a window. */
  readonly atEvent: Names;
  /** The same and the window itself, with these members: a trigger's `when`. */
  atTrigger(window: string, members: readonly string[]): Names;
  /** The same and the windows: an inline pattern's steps. */
  atPattern(members: Members): Names;
  /** Everything declared. */
  atEvaluation(members: Members): Names;
}

type Members = Readonly<Record<string, readonly string[]>>;

/** @param isPlain true for a rule that has only json-rules-engine's keys: it sees only event fields. */
export function ruleNamesOf(document: RuleDocument, isPlain: boolean, lookupMembers: Members = {}): RuleNames {
  const declared = [document.lookup, document.windows, document.patterns, document.let].flatMap((names) =>
    Object.keys(names ?? {}),
  );
  const slots = Object.fromEntries(declared.map((name, slot) => [name, slot]));
  const slotsOf = (names: object | undefined) =>
    Object.fromEntries(Object.keys(names ?? {}).map((name) => [name, slots[name] ?? 0]));
  const lookupSlots = slotsOf(document.lookup);
  const operatorSlots = { ...lookupSlots, ...slotsOf(document.windows) };
  const behind = (known: object) => declared.filter((name) => !Object.hasOwn(known, name));
  const used: HistoryUse = { prev: false, keySince: false, now: false };
  const options = { plain: isPlain, hasHistory: true };
  return {
    slots,
    slotCount: declared.length,
    used,
    beforeKey: hiding(eventNames({}, { plain: isPlain, beforeKey: true }), declared),
    atLookup: hiding(
      withKeyFields(eventNames(lookupSlots, { plain: isPlain, members: lookupMembers }), document.key),
      behind(lookupSlots),
    ),
    atEvent: hiding(noting(used, eventNames(lookupSlots, { ...options, members: lookupMembers })), behind(lookupSlots)),
    atTrigger: (window, members) => {
      const seen = { ...lookupSlots, [window]: slots[window] ?? 0 };
      return hiding(
        noting(used, eventNames(seen, { ...options, members: { ...lookupMembers, [window]: members } })),
        behind(seen),
      );
    },
    atPattern: (members) =>
      hiding(
        noting(used, eventNames(operatorSlots, { members: { ...lookupMembers, ...members }, hasHistory: true })),
        behind(operatorSlots),
      ),
    atEvaluation: (members) =>
      noting(
        used,
        withKeyFields(eventNames(slots, { ...options, members: { ...lookupMembers, ...members } }), document.key),
      ),
  };
}

function noting(used: HistoryUse, names: Names): Names {
  return {
    ...names,
    resolve: (name) => {
      const ref = names.resolve(name);
      if (ref?.kind === "now") used.now = true;
      if (ref?.kind === "prev") used.prev = true;
      if (ref?.kind === "key-since") used.keySince = true;
      return ref;
    },
  };
}

/** Where no event is at hand a field is that part of the key which it is, under whatever name. In a list its name is the field's. */
function withKeyFields(names: Names, key: KeyDocument | undefined): Names {
  if (key === undefined || Array.isArray(key)) return names;
  const parts = new Map<string, string>();
  for (const [name, form] of keyPartsOf(key))
    if (typeof form === "string" && isPlainFieldName(form)) parts.set(form, name);
  return {
    ...names,
    resolve: (name) => {
      const ref = names.resolve(name);
      return ref?.kind === "field" ? { ...ref, part: parts.get(name) ?? null } : ref;
    },
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
