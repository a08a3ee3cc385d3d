// Writes small MaxMind databases: the MaxMind DB file format, version 2.0, with 24-bit records and an IPv6 tree.
import { parseCidr } from "../../../src/core/expr/function/ip-address.ts";

type Value = string | number | { readonly [key: string]: Value };

interface Entry {
  readonly block: string;
  readonly record: { readonly [key: string]: Value };
}

type Node = [child: Node | number | undefined, child: Node | number | undefined];

export function mmdbOf(entries: readonly Entry[]): Uint8Array {
  const data: number[] = [];
  const root: Node = [undefined, undefined];
  for (const { block, record } of entries) {
    const offset = data.length;
    data.push(...encoded(record));
    put(root, bitsOf(block), offset);
  }
  const nodes: Node[] = [root];
  for (let next = 0; next < nodes.length; next += 1)
    for (const child of nodes[next] ?? []) if (Array.isArray(child)) nodes.push(child);
  const valueOf = (child: Node[number]) => {
    if (child === undefined) return nodes.length;
    return typeof child === "number" ? nodes.length + 16 + child : nodes.indexOf(child);
  };
  const tree = nodes.flatMap((node) => node.flatMap((child) => big(valueOf(child), 3)));
  const metadata = encoded({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: "test",
    ip_version: 6,
    node_count: nodes.length,
    record_size: 24,
  });
  const marker = [0xab, 0xcd, 0xef, ...new TextEncoder().encode("MaxMind.com")];
  return Uint8Array.from([...tree, ...Array<number>(16).fill(0), ...data, ...marker, ...metadata]);
}

/** IPv4 stands in the first 2^32 addresses of the tree, not in the mapped ones. */
function bitsOf(text: string): readonly number[] {
  const block = parseCidr(text);
  if (block === undefined) throw new Error(text);
  const groups = text.includes(":") ? block.network : [0, 0, 0, 0, 0, 0, ...block.network.slice(6)];
  return groups
    .flatMap((group) => Array.from({ length: 16 }, (_, bit) => (group >> (15 - bit)) & 1))
    .slice(0, block.prefixLength);
}

function put(root: Node, bits: readonly number[], offset: number): void {
  let node = root;
  for (const [depth, bit] of bits.entries()) {
    if (depth === bits.length - 1) {
      node[bit] = offset;
      return;
    }
    const child = node[bit];
    const next: Node = Array.isArray(child) ? child : [undefined, undefined];
    node[bit] = next;
    node = next;
  }
}

function encoded(value: Value): number[] {
  if (typeof value === "string") {
    const bytes = [...new TextEncoder().encode(value)];
    return [(2 << 5) | bytes.length, ...bytes];
  }
  if (typeof value === "number") return [(6 << 5) | 4, ...big(value, 4)];
  const members = Object.entries(value);
  return [(7 << 5) | members.length, ...members.flatMap(([name, member]) => [...encoded(name), ...encoded(member)])];
}

function big(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);
}
