import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

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

/**
 * Reads the documents that paths name: a file as it is, a folder with all that it contains, in name order. Files of a
 * folder that are no JSON or YAML are passed over, and so are names that begin with a dot.
 */
export async function readDocumentFiles(
  paths: readonly string[],
): Promise<{ readonly files: readonly TextFile[]; readonly unread: readonly UnreadPath[] }> {
  const files: TextFile[] = [];
  const unread: UnreadPath[] = [];
  for (const path of paths) {
    for (const found of await documentPathsOf(path, unread)) {
      try {
        files.push({ path: found, text: await readFile(found, "utf8") });
      } catch (error) {
        unread.push({ path: found, reason: reasonOf(error) });
      }
    }
  }
  return { files, unread };
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
      else if (documentName.test(basename(inner))) found.push(inner);
    }
    return found;
  } catch (error) {
    unread.push({ path, reason: reasonOf(error) });
    return [];
  }
}

/** Whether there is such a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return "there is no such file or folder";
  return error instanceof Error ? error.message : String(error);
}
