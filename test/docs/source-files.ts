import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { repositoryRoot } from "../tidy/planted-tree.ts";

/** Paths under src/ of all its TypeScript files, with `/`. */
export function sourceFiles(): readonly string[] {
  const src = join(repositoryRoot, "src");
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
