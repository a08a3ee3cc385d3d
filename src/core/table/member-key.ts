import { keyString } from "../event/key.ts";
import { blockOf, blockText } from "./address.ts";
import type { Member } from "./list-change.ts";
import type { ListKind } from "./list-program.ts";

/** The longest domain name there is, in characters (RFC 1035, 2.3.4). */
const domainLengthMax = 253;

/** A member under the key that is the same for all ways of writing it; or why a list of this kind cannot hold it. */
export type KeyedMember =
  | { readonly key: string; readonly member: Member }
  | { readonly key: undefined; readonly refusal: string };

/**
 * exact: any text and any finite number, apart: `1` is not `"1"`. cidr: a block or an address, as its one text. suffix: a
 * domain in lower case without the dots around it.
 */
export function keyedMember(kind: ListKind, member: unknown): KeyedMember {
  switch (kind) {
    case "exact":
      return keyedExactly(member);
    case "cidr": {
      const block = typeof member === "string" ? blockOf(member) : undefined;
      if (block === undefined)
        return refused(member, 'no address and no CIDR block; write one such as "10.0.0.0/8" or "2001:db8::1"');
      const text = blockText(block);
      return { key: text, member: text };
    }
    case "suffix": {
      const domain =
        typeof member === "string" ? domainOf(member.startsWith(".") ? member.slice(1) : member) : undefined;
      if (domain === undefined || /\*|\p{Surrogate}/u.test(domain))
        return refused(member, 'no domain; write one such as "evil.com", which stands for itself and all below it');
      return { key: domain, member: domain };
    }
  }
}

/** Why a list of this kind cannot hold a member, for whoever gives one from outside; undefined where it can. */
export function memberRefusal(kind: ListKind, member: unknown): string | undefined {
  const keyed = keyedMember(kind, member);
  return keyed.key === undefined ? keyed.refusal : undefined;
}

/** A name as lists of domains compare it: in lower case, without the dot that may end it. Undefined for what is none. */
export function domainOf(text: string): string | undefined {
  const { length } = text;
  if (length === 0 || length > domainLengthMax + 1) return undefined;
  const name = (text.endsWith(".") ? text.slice(0, -1) : text).toLowerCase();
  return name === "" || name.length > domainLengthMax || /^\.|\.\.|[\s/]/.test(name) ? undefined : name;
}

function keyedExactly(member: unknown): KeyedMember {
  if (typeof member === "string") return { key: keyString([member]), member };
  // Zero has two forms that are equal.
  if (typeof member === "number" && Number.isFinite(member)) return { key: keyString([member]), member: member + 0 };
  return refused(member, "neither a text nor a number");
}

function refused(member: unknown, what: string): KeyedMember {
  const text = JSON.stringify(member) ?? "nothing";
  return { key: undefined, refusal: `${text.length > 100 ? `${text.slice(0, 100)}…` : text} is ${what}` };
}
