import { dirname, join } from "node:path";
import { isJsonObject } from "../core/base/json.ts";
import { parseDocuments } from "../spec/document.ts";

/** A path of the settings as it is from here: it is meant from where they are. */
export function besideSettings(settings: string, path: string): string {
  return join(dirname(settings), path);
}

/** Modules of plug-ins that settings name, also where the settings have faults: documents are checked all the same. */
export function pluginPathsIn(settings: string, text: string): readonly string[] {
  const [first] = parseDocuments(settings, text).documents;
  const plugins: unknown = isJsonObject(first?.value) ? first.value["plugins"] : undefined;
  if (!Array.isArray(plugins)) return [];
  const named: readonly unknown[] = plugins;
  return named.flatMap((path) => (typeof path === "string" ? [besideSettings(settings, path)] : []));
}
