import { cidrBlockText, parseCidr, parseIpAddress } from "../expr/function/ip-address.ts";
import type { IpAddress } from "../expr/function/ip-address.ts";

/**
 * An address of either family. IPv4 is one number; IPv6 the eight groups of its text. An IPv4-mapped IPv6 address is the
 * IPv4 address that it stands for, as in `inCidr`.
 */
export type Address =
  | { readonly family: 4; readonly value: number }
  | { readonly family: 6; readonly groups: IpAddress };

/** A block of addresses: `prefixLength` counts within the family, 0 to 32 or 0 to 128; bits behind it are zero. */
export type Block = Address & { readonly prefixLength: number };

/** What a text that is no address stands as: a number that `ipv4Of` never gives otherwise. */
export const noIpv4 = -1;

/** Dotted IPv4 as an unsigned 32-bit number, or -1; the same texts as `parseIpAddress` takes, without making anything. */
export function ipv4Of(text: string): number {
  const { length } = text;
  if (length < 7 || length > 15) return noIpv4;
  let value = 0;
  let part = -1;
  let dotCount = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (part < 0 || dotCount === 3) return noIpv4;
      value = value * 256 + part;
      part = -1;
      dotCount += 1;
    } else {
      const digit = code - 48;
      // No leading zeros: `part === 0` can take no further digit.
      if (digit < 0 || digit > 9 || part === 0) return noIpv4;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return noIpv4;
    }
  }
  return dotCount === 3 && part >= 0 ? value * 256 + part : noIpv4;
}

export function addressOf(text: string): Address | undefined {
  const value = ipv4Of(text);
  if (value !== noIpv4) return { family: 4, value };
  const groups = parseIpAddress(text);
  return groups === undefined ? undefined : familyOf(groups);
}

/** `10.0.0.0/8`, `2001:db8::/32` or one address. */
export function blockOf(text: string): Block | undefined {
  const slash = text.indexOf("/");
  const value = ipv4Of(slash < 0 ? text : text.slice(0, slash));
  if (value !== noIpv4) {
    const prefix = slash < 0 ? "32" : text.slice(slash + 1);
    const prefixLength = Number(prefix);
    if (!/^\d{1,3}$/.test(prefix) || prefixLength > 32) return undefined;
    return { family: 4, value: ipv4Network(value, prefixLength), prefixLength };
  }
  const block = parseCidr(text);
  if (block === undefined) return undefined;
  const address = familyOf(block.network);
  // A block that is shorter than the mapped prefix is one of IPv6, whatever its first address looks like.
  if (address.family === 4 && block.prefixLength >= 96) return { ...address, prefixLength: block.prefixLength - 96 };
  return { family: 6, groups: block.network, prefixLength: block.prefixLength };
}

/** The text of a block, one form for each: `10.0.0.0/8`; RFC 5952 for IPv6. A single address is written without its prefix. */
export function blockText(block: Block): string {
  const groups =
    block.family === 6 ? block.groups : [0, 0, 0, 0, 0, 0xff_ff, block.value >>> 16, block.value & 0xff_ff];
  const text = cidrBlockText(groups, block.prefixLength) ?? "";
  const isSingle = block.prefixLength === (block.family === 4 ? 32 : 128);
  return isSingle ? text.slice(0, text.indexOf("/")) : text;
}

/** The first address of the block of `prefixLength` bits around an IPv4 address. */
export function ipv4Network(value: number, prefixLength: number): number {
  return prefixLength === 0 ? 0 : ((value >>> (32 - prefixLength)) << (32 - prefixLength)) >>> 0;
}

/** The first address of the block of `prefixLength` bits around an IPv6 address. */
export function ipv6Network(groups: IpAddress, prefixLength: number): IpAddress {
  return groups.map((group, index) => {
    const bits = prefixLength - index * 16;
    if (bits >= 16) return group;
    return bits <= 0 ? 0 : group & (0xff_ff << (16 - bits)) & 0xff_ff;
  });
}

function familyOf(groups: IpAddress): Address {
  const isMapped = groups[5] === 0xff_ff && groups.slice(0, 5).every((group) => group === 0);
  if (!isMapped) return { family: 6, groups };
  return { family: 4, value: (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0) };
}
