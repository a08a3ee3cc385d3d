import { jsonSchemas } from "../spec/json-schema.ts";
import { nearestOf } from "../core/base/text-distance.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus, Terminal } from "./terminal.ts";

export interface SchemaPorts {
  readonly terminal: Terminal;
  /** Writes a file, and the folders it needs. */
  writeFile(path: string, text: string): Promise<void>;
}

/** `tocsin schema`: the JSON Schemas, to standard output or each to its file. */
export async function runSchema(
  { kind, out }: { readonly kind: string | undefined; readonly out: string | undefined },
  { terminal, writeFile }: SchemaPorts,
): Promise<ExitStatus> {
  const schemas = jsonSchemas();
  if (kind !== undefined && !Object.hasOwn(schemas, kind)) {
    const nearest = nearestOf(kind, Object.keys(schemas));
    terminal.err(
      `tocsin schema: there is no schema ${kind}; ${nearest === undefined ? `there are ${Object.keys(schemas).join(", ")}` : `did you mean ${nearest}?`}\n`,
    );
    return exitStatus.wrongInput;
  }
  const chosen = Object.entries(schemas).filter(([name]) => kind === undefined || name === kind);
  if (out !== undefined) {
    for (const [name, schema] of chosen)
      await writeFile(`${out}/${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`);
    return exitStatus.ok;
  }
  const [only] = chosen;
  await terminal.out(`${JSON.stringify(kind === undefined ? schemas : only?.[1], undefined, 2)}\n`);
  return exitStatus.ok;
}
