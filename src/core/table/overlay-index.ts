import { addressOf, blockOf, ipv4Network, ipv6Network } from "./address.ts";
import type { Block } from "./address.ts";
import type { AddedMember } from "./list-entry.ts";
import type { ListKind } from "./list-program.ts";
import { domainOf, keyedMember } from "./member-key.ts";

/** How members that were added are found by a value: the nearest, as `ListBase.nearest` says. */
export interface OverlayIndex {
  add(member: AddedMember): void;
  remove(member: AddedMember): void;
  nearest(value: unknown): AddedMember | undefined;
  /** How near a member is that was found: comparable with `ListBase.rankAt`. */
  rankOf(member: AddedMember): number;
}

/** @param byKey the members by their keys, which the caller keeps. */
export function overlayIndexOf(kind: ListKind, byKey: ReadonlyMap<string, AddedMember>): OverlayIndex {
  switch (kind) {
    case "exact":
      return exactIndex(byKey);
    case "cidr":
      return new BlockIndex();
    case "suffix":
      return suffixIndex(byKey);
  }
}

function exactIndex(byKey: ReadonlyMap<string, AddedMember>): OverlayIndex {
  return {
    add: () => undefined,
    remove: () => undefined,
    nearest: (value) => {
      const { key } = keyedMember("exact", value);
      return key === undefined ? undefined : byKey.get(key);
    },
    rankOf: () => 0,
  };
}

function suffixIndex(byKey: ReadonlyMap<string, AddedMember>): OverlayIndex {
  return {
    add: () => undefined,
    remove: () => undefined,
    nearest: (value) => {
      const domain = typeof value === "string" ? domainOf(value) : undefined;
      if (domain === undefined) return undefined;
      for (let at = 0; ; ) {
        const member = byKey.get(at === 0 ? domain : domain.slice(at));
        if (member !== undefined) return member;
        const dot = domain.indexOf(".", at);
        if (dot < 0) return undefined;
        at = dot + 1;
      }
    },
    rankOf: ({ key }) => key.length,
  };
}

/** A table for each prefix length that a member has, tried from the longest; of IPv4 and IPv6 apart. */
class BlockIndex implements OverlayIndex {
  readonly ipv4 = new Map<number, Map<number, AddedMember>>();
  readonly ipv6 = new Map<number, Map<string, AddedMember>>();
  ipv4Lengths: readonly number[] = [];
  ipv6Lengths: readonly number[] = [];

  add(member: AddedMember): void {
    const block = blockOf(member.key);
    if (block === undefined) return;
    if (block.family === 4) put(this.ipv4, block.prefixLength, block.value, member);
    else put(this.ipv6, block.prefixLength, block.groups.join(), member);
    this.listLengths(block);
  }

  remove({ key }: AddedMember): void {
    const block = blockOf(key);
    if (block === undefined) return;
    if (block.family === 4) drop(this.ipv4, block.prefixLength, block.value);
    else drop(this.ipv6, block.prefixLength, block.groups.join());
    this.listLengths(block);
  }

  nearest(value: unknown): AddedMember | undefined {
    const address = typeof value === "string" ? addressOf(value) : undefined;
    if (address === undefined) return undefined;
    if (address.family === 4) {
      for (const length of this.ipv4Lengths) {
        const member = this.ipv4.get(length)?.get(ipv4Network(address.value, length));
        if (member !== undefined) return member;
      }
      return undefined;
    }
    for (const length of this.ipv6Lengths) {
      const member = this.ipv6.get(length)?.get(ipv6Network(address.groups, length).join());
      if (member !== undefined) return member;
    }
    return undefined;
  }

  rankOf({ key }: AddedMember): number {
    return blockOf(key)?.prefixLength ?? 0;
  }

  private listLengths({ family, prefixLength }: Block): void {
    const known = family === 4 ? this.ipv4Lengths : this.ipv6Lengths;
    const isThere = (family === 4 ? this.ipv4 : this.ipv6).has(prefixLength);
    if (known.includes(prefixLength) === isThere) return;
    const lengths = [...(family === 4 ? this.ipv4 : this.ipv6).keys()].sort((a, b) => b - a);
    if (family === 4) this.ipv4Lengths = lengths;
    else this.ipv6Lengths = lengths;
  }
}

function put<K>(tables: Map<number, Map<K, AddedMember>>, length: number, network: K, member: AddedMember): void {
  const table = tables.get(length) ?? new Map<K, AddedMember>();
  tables.set(length, table.set(network, member));
}

function drop<K>(tables: Map<number, Map<K, AddedMember>>, length: number, network: K): void {
  const table = tables.get(length);
  table?.delete(network);
  if (table?.size === 0) tables.delete(length);
}
