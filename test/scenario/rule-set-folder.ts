import { fileURLToPath } from "node:url";
import { readDocumentFiles } from "../../src/adapters/file/document-files.ts";
import { compileRuleSet } from "../../src/cli/rule-set.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import type { DocumentFile } from "../../src/spec/document-set.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The documents of `rules/` and `patterns/`. */
export async function liveDocuments(): Promise<readonly DocumentFile[]> {
  const read = async (folder: string, kind: DocumentFile["kind"]): Promise<DocumentFile[]> => {
    const { files, unread } = await readDocumentFiles([`${root}${folder}`]);
    if (unread.length > 0) throw new Error(JSON.stringify(unread));
    return files.map((file) => ({ ...file, kind }));
  };
  return [...(await read("rules", "rule")), ...(await read("patterns", "pattern"))];
}

/** Faults fail the test, warnings too but for those of static checks: a rule that a test has taken something from may decide nothing. */
export function planOf(documents: readonly DocumentFile[]): Plan {
  const { plan, lints } = compileRuleSet(documents);
  const told = lints.filter(({ code }) => code !== "never-holds" && code !== "always-holds");
  const faults = told.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  if (plan === undefined || faults.length > 0) throw new Error(faults.join("\n"));
  return plan;
}
