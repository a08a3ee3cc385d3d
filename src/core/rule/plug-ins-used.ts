import { sha256Hex } from "../base/hash.ts";
import { canonicalJson } from "../base/json.ts";
import type { ExprExtensions } from "../expr/extensions.ts";

/** SHA-256 in hexadecimal of documents, with the plug-ins that they lead to. */
export function contentHash(parts: readonly unknown[], extensions: ExprExtensions | undefined): string {
  const text = canonicalJson(parts);
  const used = plugInsUsed(text, extensions);
  return sha256Hex(used.length === 0 ? text : canonicalJson([...parts, used]));
}

/**
 * The plug-ins that documents may lead to, each with what tells its versions apart, sorted by name: part of what decides in
 * a rule, and of the identity of an operator. `[]` where there are none, so that what uses none keeps its hash.
 *
 * A document that holds the name of a fact or operator anywhere counts as using it: at worst a rule is taken for another one
 * though its plug-in is not used.
 *
 * @param text the documents, as JSON.
 */
function plugInsUsed(
  text: string,
  extensions: ExprExtensions | undefined,
): readonly (readonly [name: string, identity: string])[] {
  return (extensions?.sources ?? [])
    .filter(({ names }) => names.some((name) => text.includes(JSON.stringify(name).slice(1, -1))))
    .map(({ name, identity }) => [name, identity] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
