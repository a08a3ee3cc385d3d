import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readListFile } from "./list-file.ts";

/** A file as it was read. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What was named and could not be read. */
export interface UnreadPath {
  readonly path: string;
  readonly reason: string;
}

const documentName = /\.(?:json|yaml|yml)$/i;
const memberName = /\.(?:txt|csv|mmdb)$/i;

/** What paths name. */
export interface FoundFiles {
  readonly files: readonly TextFile[];
  readonly unread: readonly UnreadPath[];
  /** Files of a list's members that lie in the folders; they are not read. */
  readonly memberFiles: readonly string[];
}

/**
 * Reads the documents that paths name: a file as it is, a folder with all that it contains, in name order. Of a folder's
 * other files those that may hold a list's members (.txt, .csv, .mmdb) are named, the rest is passed over; so are names that
 * begin with a dot.
 */
export async function readDocumentFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: TextFile[] = [];
  const unread: UnreadPath[] = [];
  const memberFiles: string[] = [];
  for (const path of paths) {
    for (const found of await documentPathsOf(path, unread)) {
      if (found !== path && memberName.test(found)) {
        memberFiles.push(found);
        continue;
      }
      try {
        files.push({ path: found, text: await readFile(found, "utf8") });
      } catch (error) {
        unread.push({ path: found, reason: reasonOf(error) });
      }
    }
  }
  return { files, unread, memberFiles };
}

async function documentPathsOf(path: string, unread: UnreadPath[]): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const found: string[] = [];
    const names = (await readdir(path, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of names) {
      if (entry.name.startsWith(".")) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) found.push(...(await documentPathsOf(inner, unread)));
      else if (documentName.test(entry.name) || memberName.test(entry.name)) found.push(inner);
    }
    return found;
  } catch (error) {
    unread.push({ path, reason: reasonOf(error) });
    return [];
  }
}

/** Whether there is such a folder. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Documents and files of members as the file system has them. */
export const documentReader = { read: readDocumentFiles, isFolder, readMembers: readListFile };

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return "there is no such file or folder";
  return error instanceof Error ? error.message : String(error);
}
