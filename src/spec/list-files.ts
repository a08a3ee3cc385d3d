import { isJsonObject } from "../core/base/json.ts";
import { parseDocuments } from "./document.ts";

const memberFileName = /\.(?:txt|csv|mmdb)$/i;

/** Whether a path is that of a file of members, by its ending, rather than of a document. */
export function isMemberFile(path: string): boolean {
  return memberFileName.test(path);
}

/**
 * Paths of the files whose members the lists of `files` hold, each once: those that documents name by `file`, and those that
 * stand among `files` themselves.
 */
export function memberFilesOf(
  files: readonly { readonly path: string; readonly text: string; readonly kind: string }[],
): readonly string[] {
  const paths = new Set<string>();
  for (const { path, text, kind } of files) {
    if (kind !== "list") continue;
    if (isMemberFile(path)) paths.add(plainPath(path));
    else for (const { value } of parseDocuments(path, text).documents) addFileOf(path, value, paths);
  }
  return [...paths];
}

function addFileOf(path: string, value: unknown, paths: Set<string>): void {
  if (isJsonObject(value) && typeof value["file"] === "string" && value["file"] !== "")
    paths.add(pathBeside(path, value["file"]));
}

/** The path of a file that the document at `document` names: from that one's folder, unless it is absolute. */
export function pathBeside(document: string, file: string): string {
  const isAbsolute = /^(?:[\\/]|[a-z]:[\\/])/i.test(file);
  const folder = document.slice(0, Math.max(document.lastIndexOf("/"), document.lastIndexOf("\\")) + 1);
  return plainPath(isAbsolute ? file : folder + file);
}

/** The path with `/` alone, and without `.`, `x/..` and empty parts, so that equal files have equal paths. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  const [first = "", ...rest] = path.split(/[\\/]/);
  for (const part of rest.length === 0 || first !== "" ? [first, ...rest] : rest) {
    const last = parts.at(-1);
    if (part === "" || part === ".") continue;
    if (part === ".." && last !== undefined && last !== "..") parts.pop();
    else parts.push(part);
  }
  return `${first === "" && rest.length > 0 ? "/" : ""}${parts.join("/")}`;
}
