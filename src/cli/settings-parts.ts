import { dirname, join } from "node:path";
import { isJsonObject } from "../core/base/json.ts";
import { parseDocuments } from "../spec/document.ts";
import { ruleDefaultsSchema } from "../spec/rule-defaults.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";

/** A path of the settings as it is from here: it is meant from where they are. */
export function besideSettings(settings: string, path: string): string {
  return join(dirname(settings), path);
}

// What documents are checked with is taken out of settings also where these have faults elsewhere.

/** Modules of plug-ins that settings name. */
export function pluginPathsIn(settings: string, text: string): readonly string[] {
  const plugins = settingIn(settings, text, "plugins");
  if (!Array.isArray(plugins)) return [];
  const named: readonly unknown[] = plugins;
  return named.flatMap((path) => (typeof path === "string" ? [besideSettings(settings, path)] : []));
}

/** json-rules-engine's options for all rules. */
export function ruleDefaultsIn(settings: string, text: string): RuleDefaults {
  return ruleDefaultsSchema.safeParse(settingIn(settings, text, "ruleDefaults")).data ?? {};
}

function settingIn(settings: string, text: string, key: string): unknown {
  const [first] = parseDocuments(settings, text).documents;
  return isJsonObject(first?.value) ? first.value[key] : undefined;
}
