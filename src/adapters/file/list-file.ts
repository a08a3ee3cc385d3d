import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { ListContent } from "../../core/table/list-change.ts";

/** A list's file as it was read, or why it was not, in words that follow "the file … cannot be read: ". */
export type ReadListFile = { readonly content: ListContent } | { readonly reason: string };

/** Bytes of a file of members: it is held in memory and in the store, whole. */
const listFileBytesMax = 256 * 1024 * 1024;

/** Reads a file of members; what it holds is its name's ending: .txt, .csv or .mmdb. At most 256 MiB. Never throws. */
export async function readListFile(path: string): Promise<ReadListFile> {
  const format = formatOf(path);
  if (format === undefined) return { reason: "its name ends in none of .txt, .csv and .mmdb" };
  try {
    const found = await stat(path);
    if (!found.isFile()) return { reason: "it is no file" };
    if (found.size > listFileBytesMax)
      return {
        reason: `it has ${found.size} bytes, and a list's file at most ${listFileBytesMax}: split it into several`,
      };
    const bytes = await readFile(path);
    return { content: { format, sha256: createHash("sha256").update(bytes).digest("hex"), bytes } };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { reason: "there is no such file" };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function formatOf(path: string): ListContent["format"] | undefined {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return ending === "txt" || ending === "csv" || ending === "mmdb" ? ending : undefined;
}
