import { isFolder, readDocumentFiles } from "../../src/adapters/file/document-files.ts";
import { loadRuleSet } from "../../src/cli/rule-set.ts";
import type { Plan } from "../../src/core/plan/plan.ts";

/** Rules and patterns of folders, compiled; faults, warnings too, fail the test. */
export async function planOf(folders: {
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
}): Promise<Plan> {
  const { plan, lints } = await loadRuleSet({ ...folders, lists: [] }, { read: readDocumentFiles, isFolder });
  const faults = lints.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  if (plan === undefined || faults.length > 0) throw new Error(faults.join("\n"));
  return plan;
}
