import {
  type Alias,
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Parser,
  Scalar,
  type YAMLMap,
} from "yaml";
import { syntaxFaultCountMax } from "./json-source.ts";
import { checkKeys } from "./object-keys.ts";
import {
  documentDepthMax,
  type MapEntry,
  nodeCountMax,
  type ScalarNode,
  type ScalarStyle,
  type SourceNode,
} from "./source-node.ts";
import type { SyntaxFault } from "./syntax-fault.ts";

/** Tags of YAML's JSON schema: they only say what is there anyway. Every other tag is refused. */
const knownTags: ReadonlySet<string> = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/**
 * Reads a stream of YAML 1.2 documents (core schema). Documents with a fault are left out; so are those in which nothing
 * stands. Aliases are followed, within limits; tags beyond the JSON schema, merge keys of YAML 1.1, keys that are not
 * scalars and numbers that JSON can't hold are faults.
 */
export function readYaml(text: string): {
  readonly nodes: readonly SourceNode[];
  readonly faults: readonly SyntaxFault[];
} {
  const tokens = [...new Parser().parse(text)];
  const tooDeep = tokens.map(deepToken).find((at) => at !== undefined);
  if (tooDeep !== undefined) {
    const message = `lists and objects are nested more than ${documentDepthMax} levels deep: make the document flatter`;
    return { nodes: [], faults: [{ start: tooDeep, end: tooDeep + 1, code: "syntax", message }] };
  }
  // `uniqueKeys` compares every pair of keys; object-keys.ts does it in one pass.
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
    keepSourceTokens: true,
    logLevel: "silent",
  });
  const nodes: SourceNode[] = [];
  const faults: SyntaxFault[] = [];
  for (const document of composer.compose(tokens, false, text.length)) {
    const found = documentFaults(document);
    const node = found.length > 0 ? undefined : convertDocument(document, found);
    if (node !== undefined && found.length === 0) nodes.push(node);
    faults.push(...found);
  }
  const stream = composer.streamInfo();
  faults.push(...[...stream.errors, ...stream.warnings].map(({ pos, message }) => yamlFault(pos, message)));
  return { nodes, faults: faults.slice(0, syntaxFaultCountMax) };
}

function documentFaults(document: Document.Parsed): SyntaxFault[] {
  const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => yamlFault(pos, message));
  const version = document.directives.yaml.version;
  if (version !== "1.2") {
    const [start] = document.range;
    faults.push({
      start,
      end: start,
      code: "syntax",
      message: `documents are YAML 1.2: remove the directive \`%YAML ${version}\``,
    });
  }
  return faults;
}

function yamlFault([start, end]: readonly [number, number], message: string): SyntaxFault {
  return { start, end, code: "syntax", message: message.slice(0, 1).toLowerCase() + message.slice(1) };
}

/** Offset of the first collection beyond the depth limit. Loops, for the text decides how deep it goes. */
function deepToken(root: CST.Token): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token } = next;
    if (token.type === "document" && token.value !== undefined) open.push({ token: token.value, depth: 0 });
    if (!CST.isCollection(token)) continue;
    const depth = next.depth + 1;
    if (depth > documentDepthMax) return token.offset;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth });
      if (value) open.push({ token: value, depth });
    }
  }
  return undefined;
}

interface Conversion {
  readonly document: Document.Parsed;
  readonly faults: SyntaxFault[];
  /** Nodes by their anchor, as far as the text has been read: an alias stands for the last one before it. */
  readonly anchors: Map<string, SourceNode>;
  /** Nodes that a converted node stands for with all its members, aliases written out. */
  readonly sizes: Map<SourceNode, { readonly nodeCount: number; readonly depth: number }>;
}

function convertDocument(document: Document.Parsed, faults: SyntaxFault[]): SourceNode | undefined {
  const { contents } = document;
  if (contents === null) return undefined;
  if (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1]) return undefined;
  return convertNode(contents, { document, faults, anchors: new Map(), sizes: new Map() });
}

function convertNode(node: Node, conversion: Conversion): SourceNode {
  if (isAlias(node)) return convertAlias(node, conversion);
  const [start, end] = rangeOf(node);
  if (node.tag !== undefined && !knownTags.has(node.tag)) {
    conversion.faults.push({ start, end, code: "syntax", message: `the tag \`${node.tag}\` is not known: remove it` });
  }
  let converted: SourceNode;
  if (isMap(node))
    converted = { kind: "map", start, end, entries: checkKeys(convertEntries(node, conversion), conversion.faults) };
  else if (isSeq(node))
    converted = { kind: "list", start, end, items: node.items.map((item) => convertItem(item, end, conversion)) };
  else if (isScalar(node)) converted = convertScalar(node, conversion.faults);
  else converted = emptyScalar(start);
  measure(converted, conversion);
  if ("anchor" in node && typeof node.anchor === "string") conversion.anchors.set(node.anchor, converted);
  return converted;
}

function convertItem(item: unknown, at: number, conversion: Conversion): SourceNode {
  if (isAlias(item) || isMap(item) || isSeq(item) || isScalar(item)) return convertNode(item, conversion);
  conversion.faults.push({
    start: at,
    end: at,
    code: "syntax",
    message: "a `key: value` inside `[…]` stands in braces: write `{key: value}`",
  });
  return emptyScalar(at);
}

function convertEntries(map: YAMLMap, conversion: Conversion): readonly MapEntry[] {
  const entries: MapEntry[] = [];
  for (const { key, value } of map.items) {
    if (!isScalar(key)) {
      const [start, end] = isAlias(key) ? rangeOf(key) : rangeOf(map);
      conversion.faults.push({
        start,
        end,
        code: "syntax",
        message: "a key is a plain text: an alias, a list or an object can't be one",
      });
      continue;
    }
    const [start, end] = rangeOf(key);
    const name = typeof key.value === "string" ? key.value : (key.source ?? "");
    const keyNode = { kind: "scalar" as const, style: styleOf(key), value: name, start, end };
    entries.push({ key: keyNode, node: value === null ? emptyScalar(end) : convertItem(value, end, conversion) });
  }
  return entries;
}

function convertScalar(node: Scalar, faults: SyntaxFault[]): ScalarNode {
  const [start, end] = rangeOf(node);
  const { value } = node;
  if (value === null || typeof value === "string" || typeof value === "boolean")
    return { kind: "scalar", style: styleOf(node), value, start, end };
  if (typeof value === "number" && Number.isFinite(value))
    return { kind: "scalar", style: styleOf(node), value, start, end };
  faults.push({
    start,
    end,
    code: "syntax",
    message: `\`${String(node.source)}\` is not a number that JSON can hold: put it in quotes if it is a text`,
  });
  return emptyScalar(start);
}

function convertAlias(alias: Alias, { anchors, sizes, faults }: Conversion): SourceNode {
  const [start, end] = rangeOf(alias);
  const target = anchors.get(alias.source);
  if (target === undefined) {
    faults.push({
      start,
      end,
      code: "unknown-name",
      message: `no anchor \`&${alias.source}\` stands before this alias, or the alias stands inside it`,
    });
    return emptyScalar(start);
  }
  sizes.set(target, sizes.get(target) ?? { nodeCount: 1, depth: 0 });
  return target;
}

/** Keeps what aliases multiply within limits; a node at which a limit is passed counts as one, so that it is told once. */
function measure(node: SourceNode, { sizes, faults }: Conversion): void {
  const members =
    node.kind === "list" ? node.items : node.kind === "map" ? node.entries.map((entry) => entry.node) : [];
  let nodeCount = 1;
  let depth = 0;
  for (const member of members) {
    const size = sizes.get(member) ?? { nodeCount: 1, depth: 0 };
    nodeCount += size.nodeCount;
    depth = Math.max(depth, size.depth);
  }
  if (node.kind !== "scalar") depth += 1;
  if (nodeCount > nodeCountMax || depth > documentDepthMax) {
    const limit = depth > documentDepthMax ? `${documentDepthMax} levels` : `${nodeCountMax} values`;
    faults.push({
      start: node.start,
      end: node.end,
      code: "syntax",
      message: `with its aliases written out this is more than ${limit}: use fewer aliases`,
    });
    nodeCount = 1;
    depth = 0;
  }
  sizes.set(node, { nodeCount, depth });
}

function styleOf(node: Scalar): ScalarStyle {
  switch (node.type) {
    case Scalar.QUOTE_SINGLE:
      return "single-quoted";
    case Scalar.QUOTE_DOUBLE:
      return "double-quoted";
    case Scalar.BLOCK_FOLDED:
    case Scalar.BLOCK_LITERAL:
      return "block";
    default:
      return "plain";
  }
}

function emptyScalar(at: number): ScalarNode {
  return { kind: "scalar", style: "plain", value: null, start: at, end: at };
}

function rangeOf(node: Node): readonly [number, number] {
  return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
}
