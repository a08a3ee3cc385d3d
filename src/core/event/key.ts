import { canonicalJson, type JsonValue } from "../base/json.ts";

/** Number of key groups of a namespace; fixed for ever, for stored state is laid out by them. */
export const keyGroupCount = 128;

/**
 * A key's parts as one string. Two keys have the same string exactly if they have as many parts and each part is equal by
 * type and value: `1` is not `"1"`, and `{"a":1,"b":2}` is `{"b":2,"a":1}`. The string survives UTF-8, so it may be
 * stored as bytes. The global key, of no parts, is the empty string.
 *
 * One part is a tag and its text: most keys have one, and it costs one concatenation. Several are each preceded by their
 * length, so that no text can imitate the border between two.
 */
export function keyString(parts: readonly JsonValue[]): string {
  const [first] = parts;
  if (first === undefined) return "";
  if (parts.length === 1) return partString(first);
  let result = "m";
  for (const part of parts) {
    const text = partString(part);
    result += `${text.length}:${text}`;
  }
  return result;
}

function partString(part: JsonValue): string {
  // A lone surrogate would not survive UTF-8; JSON writes it as an escape.
  if (typeof part === "string") return hasLoneSurrogate(part) ? `j${JSON.stringify(part)}` : `s${part}`;
  if (typeof part === "number") return `n${part}`;
  if (typeof part === "boolean") return part ? "bt" : "bf";
  return `j${canonicalJson(part)}`;
}

const surrogate = /[\uD800-\uDFFF]/;
const loneSurrogate = /\p{Surrogate}/u;

/** The first test is a plain search that nearly every string ends. */
function hasLoneSurrogate(text: string): boolean {
  return surrogate.test(text) && loneSurrogate.test(text);
}

/**
 * Key group of a key, from its `keyString`: 0 to 127.
 *
 * FNV-1a, 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv), over the string's UTF-16 code units, low byte first; then the
 * finalizer of MurmurHash3 (`fmix32`, Appleby), for FNV's last byte reaches few of the bits; then the top seven bits.
 */
export function keyGroupOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (code >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 25;
}
