import { ExprError } from "../expr-error.ts";

/**
 * An address as eight 16-bit groups. IPv4 is kept as its IPv4-mapped IPv6 form (`::ffff:a.b.c.d`, RFC 4291, 2.5.5.2), so
 * that a mapped address is in the same blocks as the address it stands for.
 */
export type IpAddress = readonly number[];

/** Addresses whose first `prefixLength` bits, counted in 128, are those of `network`. */
export interface CidrBlock {
  readonly network: IpAddress;
  readonly prefixLength: number;
}

const groupCount = 8;
const mappedPrefixLength = 96;

/** Dotted IPv4 (four decimal numbers without leading zeros) or RFC 4291 IPv6 text; no zone, no brackets. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): IpAddress | undefined {
  const groups = ipv4Groups(text);
  return groups === undefined ? undefined : [0, 0, 0, 0, 0, 0xff_ff, ...groups];
}

function ipv4Groups(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const bytes: number[] = [];
  for (const part of match.slice(1)) {
    const byte = Number(part);
    if (byte > 255 || (part.length > 1 && part.startsWith("0"))) return undefined;
    bytes.push(byte);
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  return [first * 256 + second, third * 256 + fourth];
}

function parseIpv6(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "", halves.length === 1);
  const tail = groupsOf(halves[1] ?? "", true);
  if (head === undefined || tail === undefined) return undefined;
  if (halves.length === 1) return head.length === groupCount ? head : undefined;
  const absent = groupCount - head.length - tail.length;
  return absent < 1 ? undefined : [...head, ...Array.from({ length: absent }, () => 0), ...tail];
}

/** Groups on one side of `::`; only the last of all may be an IPv4 address, which is two. */
function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const pair = isLast && index === parts.length - 1 ? ipv4Groups(part) : undefined;
      if (pair === undefined) return undefined;
      groups.push(...pair);
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function isMappedIpv4(address: IpAddress): boolean {
  if (address[5] !== 0xff_ff) return false;
  for (let index = 0; index < 5; index += 1) if (address[index] !== 0) return false;
  return true;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. Bits behind the prefix count for nothing. */
export function parseCidr(text: string): CidrBlock | undefined {
  const slash = text.indexOf("/");
  const address = parseIpAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { network: address, prefixLength: 128 };
  const prefix = text.slice(slash + 1);
  const offset = text.includes(":") ? 0 : mappedPrefixLength;
  const prefixLength = offset + Number(prefix);
  if (!/^\d{1,3}$/.test(prefix) || prefixLength > 128) return undefined;
  return { network: networkOf(address, prefixLength), prefixLength };
}

function networkOf(address: IpAddress, prefixLength: number): IpAddress {
  return address.map((group, index) => group & groupMask(prefixLength - index * 16));
}

/** A 16-bit mask of the first `bits` bits, all for 16 or more, none for 0 or less. */
function groupMask(bits: number): number {
  if (bits >= 16) return 0xff_ff;
  return bits <= 0 ? 0 : (0xff_ff << (16 - bits)) & 0xff_ff;
}

/**
 * True where the address is in the block. Families are apart: an IPv4 address, mapped or not, is in no block of IPv6 that
 * only happens to hold all mapped ones, such as `::/0`.
 */
export function isInCidr(address: IpAddress, block: CidrBlock): boolean {
  if (block.prefixLength < mappedPrefixLength && isMappedIpv4(address)) return false;
  for (let index = 0; index * 16 < block.prefixLength; index += 1) {
    const mask = groupMask(block.prefixLength - index * 16);
    if (((address[index] ?? 0) & mask) !== block.network[index]) return false;
  }
  return true;
}

export type CidrTest = (address: IpAddress) => boolean;

/** A test for a block or a list of blocks as written; an ExprError names the first that is none. */
export function compileCidrs(value: unknown): CidrTest | ExprError {
  const blocks: CidrBlock[] = [];
  for (const text of Array.isArray(value) ? value : [value]) {
    const block = typeof text === "string" ? parseCidr(text) : undefined;
    if (block === undefined) {
      return new ExprError(
        "argument",
        `${JSON.stringify(text)} is no CIDR block; write one such as "10.0.0.0/8" or "2001:db8::/32"`,
      );
    }
    blocks.push(block);
  }
  return (address) => {
    for (const block of blocks) if (isInCidr(address, block)) return true;
    return false;
  };
}

/**
 * The network that an address is in: `cidrBlock("1.2.3.4", 24)` is `"1.2.3.0/24"`. A mapped IPv4 address is taken as IPv4.
 * Undefined for a prefix that the family does not have.
 */
export function cidrBlockText(address: IpAddress, prefixLength: number): string | undefined {
  const isV4 = isMappedIpv4(address);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > (isV4 ? 32 : 128)) return undefined;
  const network = networkOf(address, isV4 ? prefixLength + mappedPrefixLength : prefixLength);
  return `${isV4 ? ipv4Text(network) : ipv6Text(network)}/${prefixLength}`;
}

function ipv4Text(address: IpAddress): string {
  return address
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
function ipv6Text(address: IpAddress): string {
  const texts = address.map((group) => group.toString(16));
  let bestStart = 0;
  let bestLength = 1;
  let start = 0;
  for (let index = 0; index <= groupCount; index += 1) {
    if (address[index] === 0) continue;
    if (index - start > bestLength) {
      bestStart = start;
      bestLength = index - start;
    }
    start = index + 1;
  }
  if (bestLength < 2) return texts.join(":");
  return `${texts.slice(0, bestStart).join(":")}::${texts.slice(bestStart + bestLength).join(":")}`;
}
