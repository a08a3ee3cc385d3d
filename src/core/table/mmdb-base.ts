import { Reader } from "mmdb-lib";
import { toJson } from "../base/json.ts";
import type { JsonValue } from "../base/json.ts";
import { addressOf, blockOf, blockText, ipv4Network, ipv6Network } from "./address.ts";
import type { Address } from "./address.ts";
import type { Member } from "./list-change.ts";
import type { HiddenTest, ListBase, MemberFields } from "./list-program.ts";

/** Records that stay decoded: many addresses share one. */
const recordCountMax = 4_096;

/**
 * A MaxMind database (the MaxMind DB format, version 2): its networks are the members, each with its record as fields.
 * A look-up that runs into damage finds nothing.
 */
export class MmdbBase implements ListBase {
  readonly memberCount: number;
  private readonly reader: Reader<object>;
  private readonly names: ReadonlySet<string> | undefined;
  /** What the last look-up found: the row of it is its prefix length. */
  private record: unknown;

  /**
   * @param fields which of a record's to give; undefined: all.
   * @throws {Error} where the bytes are no such database.
   */
  constructor(bytes: Uint8Array, fields: readonly string[] | undefined) {
    const cache = new Map<string | number, object>();
    this.reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      cache: {
        get: (key) => cache.get(key),
        set: (key, value: object) => {
          if (cache.size >= recordCountMax) cache.clear();
          cache.set(key, value);
        },
      },
    });
    this.memberCount = this.reader.metadata.nodeCount;
    this.names = fields === undefined ? undefined : new Set(fields);
    this.record = undefined;
  }

  nearest(value: unknown, isHidden: HiddenTest | undefined): number {
    const address = typeof value === "string" ? addressOf(value) : undefined;
    if (address === undefined) return -1;
    const prefixLength = this.seek(address);
    if (prefixLength < 0 || isHidden === undefined) return prefixLength;
    return isHidden(blockText(networkOf(address, prefixLength))) ? -1 : prefixLength;
  }

  get rowCount(): number {
    return 0;
  }

  memberAt(): undefined {
    return undefined;
  }

  rankAt(row: number): number {
    return row;
  }

  fieldsAt(): MemberFields {
    const { record, names } = this;
    if (typeof record !== "object" || record === null) return {};
    const fields: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(record)) {
      if (names === undefined || names.has(name)) fields[name] = toJson(plainOf(value));
    }
    return fields;
  }

  rowOf(member: Member): number {
    const block = typeof member === "string" ? blockOf(member) : undefined;
    return block !== undefined && this.seek(block) === block.prefixLength ? block.prefixLength : -1;
  }

  keyOf(member: Member): string | undefined {
    const block = typeof member === "string" ? blockOf(member) : undefined;
    return block !== undefined && this.rowOf(member) >= 0 ? blockText(block) : undefined;
  }

  /** Length of the network around the address within its family, or -1. */
  private seek(address: Address): number {
    if (address.family === 6 && this.reader.metadata.ipVersion === 4) return -1;
    const host = address.family === 4 ? { ...address, prefixLength: 32 } : { ...address, prefixLength: 128 };
    try {
      const [record, prefixLength] = this.reader.getWithPrefixLength(blockText(host));
      this.record = record;
      return record === null ? -1 : prefixLength;
    } catch {
      return -1;
    }
  }
}

function networkOf(address: Address, prefixLength: number) {
  return address.family === 4
    ? { family: 4 as const, value: ipv4Network(address.value, prefixLength), prefixLength }
    : { family: 6 as const, groups: ipv6Network(address.groups, prefixLength), prefixLength };
}

/** Integers of 64 bits and more as a number where that holds them, else as their digits; bytes as nothing. */
function plainOf(value: unknown): unknown {
  if (typeof value === "bigint") return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (value instanceof Uint8Array) return null;
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainOf(member)]));
}
