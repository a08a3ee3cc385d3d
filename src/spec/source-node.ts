/** How a scalar is written: it decides how an offset inside its value is found in the text. */
export type ScalarStyle = "plain" | "single-quoted" | "double-quoted" | "block";

interface SourceRange {
  /** 0-based offset in UTF-16 units of the first one. */
  readonly start: number;
  /** Offset behind the last one. */
  readonly end: number;
}

export interface ScalarNode extends SourceRange {
  readonly kind: "scalar";
  readonly style: ScalarStyle;
  readonly value: string | number | boolean | null;
}

export interface MapEntry {
  readonly key: ScalarNode & { readonly value: string };
  readonly node: SourceNode;
}

export interface MapNode extends SourceRange {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends SourceRange {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

/** A JSON value together with where it is written. What an alias stands for is shared, and keeps the place of its anchor. */
export type SourceNode = ScalarNode | MapNode | ListNode;

/** Deepest nesting of lists and objects in a document. */
export const documentDepthMax = 64;
/** Largest file of documents, in UTF-16 units. */
export const documentSizeMax = 1024 * 1024;
/** Most nodes of one file once its aliases are written out, so that a small file can't stand for a huge value. */
export const nodeCountMax = 1_000_000;

/** The plain value of `node`. Nothing is shared in it, whatever aliases the text has. */
export function valueOfNode(node: SourceNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(valueOfNode);
    case "map":
      return Object.fromEntries(node.entries.map(({ key, node: member }) => [key.value, valueOfNode(member)]));
  }
}

/** Where a pointer leads: the node, and the key that it stands under, if it is a member of an object. */
export interface Found {
  readonly node: SourceNode;
  readonly key: ScalarNode | undefined;
  /** False where the text has nothing at the pointer: `node` is then the nearest one around it. */
  readonly isExact: boolean;
}

/** Follows an RFC 6901 pointer from `root` as far as the text goes. */
export function findNode(root: SourceNode, pointer: string): Found {
  let found: Found = { node: root, key: undefined, isExact: true };
  for (const token of pointerTokens(pointer)) {
    const next = memberOf(found.node, token);
    if (next === undefined) return { ...found, isExact: false };
    found = next;
  }
  return found;
}

/** Unescaped tokens of an RFC 6901 pointer. */
export function pointerTokens(pointer: string): readonly string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function memberOf(node: SourceNode, token: string): Found | undefined {
  switch (node.kind) {
    case "scalar":
      return undefined;
    case "list": {
      const item = /^(?:0|[1-9]\d*)$/.test(token) ? node.items[Number(token)] : undefined;
      return item === undefined ? undefined : { node: item, key: undefined, isExact: true };
    }
    case "map": {
      const entry = node.entries.find(({ key }) => key.value === token);
      return entry === undefined ? undefined : { node: entry.node, key: entry.key, isExact: true };
    }
  }
}
