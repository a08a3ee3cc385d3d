import { pointerTokens } from "./source-node.ts";

/** What a schema can be the schema of. */
export type DocumentKind = "rule" | "pattern" | "define" | "list" | "config";

type Place = "rule" | "pattern" | "step" | "config" | "source";

/**
 * What docs/formats.md describes and this version does not do yet. Where a fault comes of one of these, it says so, and
 * does not call the key unknown. A key that the schema knows with its neutral value (`for: null`) is here too: it is the
 * other values that are not there yet.
 */
const unsupportedKeys: Readonly<Record<Place, readonly string[]>> = {
  rule: ["detectors"],
  pattern: ["emit", "limit"],
  step: ["any", "permute", "sequence"],
  config: ["routes", "views"],
  source: ["dedupe", "maxDrift"],
};

const places: Readonly<Record<DocumentKind, readonly (readonly [form: RegExp, place: Place])[]>> = {
  rule: [
    [/^$/, "rule"],
    [/^\/patterns\/[^/]*$/, "pattern"],
    [/^\/patterns\/[^/]*\/sequence\/\d+$/, "step"],
  ],
  pattern: [
    [/^$/, "pattern"],
    [/^\/sequence\/\d+$/, "step"],
  ],
  define: [],
  list: [],
  config: [
    [/^$/, "config"],
    [/^\/sources\/\d+$/, "source"],
  ],
};

function placeOf(kind: DocumentKind, pointer: string): Place | undefined {
  return places[kind].find(([form]) => form.test(pointer))?.[1];
}

/** The message for the key `key` of the object at `pointer`, if it is one that later versions will know. */
export function unsupportedKey(kind: DocumentKind, pointer: string, key: string): string | undefined {
  const place = placeOf(kind, pointer);
  if (place === undefined || !unsupportedKeys[place].includes(key)) return undefined;
  switch (place) {
    case "step":
      return `\`${key}\` in a step is not in this version yet`;
    default:
      return `\`${key}\` is not in this version yet: remove it`;
  }
}

/** The message for the value at `pointer`, if it is one that later versions will take there. */
export function unsupportedValue(kind: DocumentKind, pointer: string, value: unknown): string | undefined {
  const key = pointerTokens(pointer).at(-1);
  if (key === undefined) return undefined;
  const parent = pointer.slice(0, pointer.lastIndexOf("/"));
  const place = placeOf(kind, parent);
  if (place !== undefined && unsupportedKeys[place].includes(key))
    return `\`${key}\` with this value is not in this version yet: remove it`;
  if (kind === "config" && pointer === "/sources" && Array.isArray(value) && value.length > 1)
    return "more than one source is not in this version yet: keep one";
  return undefined;
}
