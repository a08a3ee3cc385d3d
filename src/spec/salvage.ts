import type { z } from "zod";
import type { Fault } from "../core/base/fault.ts";
import { isJsonObject } from "../core/base/json.ts";
import { checkDocument } from "./schema-fault.ts";

type CheckOptions = Parameters<typeof checkDocument>[2];

/** A part that is cut out may leave its surroundings at fault in turn; so often at most. */
const roundCountMax = 8;

/**
 * What is left of a faulty document without the parts at fault, where that is a document. It is never run: it is compiled
 * only to find the document's other faults in the same pass.
 */
export function salvageDocument<T>(
  schema: z.ZodType<T>,
  value: unknown,
  faults: readonly Fault[],
  options: CheckOptions,
): T | undefined {
  let rest = value;
  let found = faults;
  for (let round = 0; round < roundCountMax; round += 1) {
    const pointers = found.filter(({ severity }) => severity === "error").map(({ pointer }) => pointer);
    if (pointers.includes("")) return undefined;
    for (const pointer of pointers) rest = without(rest, pointer.slice(1).split("/").map(unescapeToken));
    const { document, faults: next } = checkDocument(schema, rest, options);
    if (document !== undefined) return document;
    found = next;
  }
  return undefined;
}

/**
 * Whether a fault of a salvaged document is one of the document itself. A name that is unknown may only have been cut out
 * with its declaration, and what is missing may have been cut out too.
 */
export function isOwnFault({ code, pointer }: Fault, cut: readonly Fault[]): boolean {
  if (code === "missing-key") return false;
  const hasLostNames = cut.some((fault) => /^\/(?:windows|patterns|let|sequence)\b/.test(fault.pointer));
  return code !== "unknown-name" || pointer.endsWith("/operator") || !hasLostNames;
}

function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A copy without the member that the path leads to; an element of a list leaves the list. */
function without(value: unknown, path: readonly string[]): unknown {
  const [token, ...rest] = path;
  if (token === undefined) return value;
  if (Array.isArray(value)) {
    const index = Number(token);
    return rest.length === 0
      ? value.filter((_, at) => at !== index)
      : value.map((item: unknown, at) => (at === index ? without(item, rest) : item));
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => rest.length > 0 || name !== token);
  return Object.fromEntries(members.map(([name, member]) => [name, name === token ? without(member, rest) : member]));
}
