import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoadedPlugins } from "../cli/rule-set.ts";
import type { LoadedPlugin } from "../plugin/loaded-plugin.ts";
import { joinPlugins } from "../plugin/plugin-set.ts";
import { pluginLint, readPlugin } from "../plugin/read-plugin.ts";
import type { Lint } from "../spec/lint.ts";

/** Imports modules of plug-ins, in the order named. What can't be imported, or exports something wrong, is told and left out. */
export async function loadPlugins(paths: readonly string[]): Promise<LoadedPlugins> {
  const plugins: LoadedPlugin[] = [];
  const lints: Lint[] = [];
  for (const path of paths) {
    const module = await importModule(path);
    if ("reason" in module) {
      lints.push(pluginLint(path, "", "syntax", module.reason));
      continue;
    }
    const { plugin, lints: found } = readPlugin({ path, ...module });
    lints.push(...found);
    if (plugin !== undefined) plugins.push(plugin);
  }
  const { set, lints: conflicts } = joinPlugins(plugins);
  return { set, lints: [...lints, ...conflicts] };
}

async function importModule(
  path: string,
): Promise<{ readonly namespace: unknown; readonly fileHash: string } | { readonly reason: string }> {
  try {
    const bytes = await readFile(path);
    const namespace: unknown = await import(pathToFileURL(resolve(path)).href);
    return { namespace, fileHash: createHash("sha256").update(bytes).digest("hex") };
  } catch (error) {
    const hint = /\.[cm]?ts$/.test(path) ? "; where Node does not strip types, compile it and name the JavaScript" : "";
    return { reason: `the plug-in can't be loaded: ${error instanceof Error ? error.message : String(error)}${hint}` };
  }
}
