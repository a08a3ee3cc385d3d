import { isJsonObject, toJson } from "../core/base/json.ts";
import type { Fault } from "../core/base/fault.ts";
import { typeOfSchema } from "../core/expr/check/schema-type.ts";
import { kinds } from "../core/expr/check/value-type.ts";
import type { EventSchema } from "../core/rule/rule-knowledge.ts";
import { parseDocuments } from "../spec/document.ts";
import type { ParsedDocument } from "../spec/document.ts";
import { lintOfFault } from "../spec/fault-lint.ts";
import { hasErrors } from "../spec/lint.ts";
import type { Lint } from "../spec/lint.ts";

export interface LoadedSchemas {
  readonly schemas: readonly EventSchema[];
  readonly lints: readonly Lint[];
}

/**
 * Schemas of event types, a file each. The type is what the schema's `x-type` says, else the file's name without `.json` and
 * without `.schema`. One with an error is left out. Never throws.
 */
export function loadEventSchemas(files: readonly { readonly path: string; readonly text: string }[]): LoadedSchemas {
  const schemas: EventSchema[] = [];
  const lints: Lint[] = [];
  const places = new Map<string, string>();
  for (const { path, text } of files) {
    const { documents, lints: syntax } = parseDocuments(path, text);
    lints.push(...syntax);
    for (const source of documents) {
      const type = typeNameOf(source);
      const { fields, faults } = readSchema(source, type, places);
      const found = faults.map((fault) => lintOfFault(source, fault));
      lints.push(...found);
      if (!hasErrors(found)) schemas.push({ type, fields });
    }
  }
  return { schemas, lints };
}

function typeNameOf({ file, value }: ParsedDocument): string {
  if (isJsonObject(value) && typeof value["x-type"] === "string") return value["x-type"];
  const name = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  return name.replace(/\.(?:json|ya?ml)$/i, "").replace(/\.schema$/i, "");
}

function readSchema(source: ParsedDocument, type: string, places: Map<string, string>) {
  const { type: fields, faults } = typeOfSchema(toJson(source.value));
  const own: Fault[] = [...faults];
  const other = places.get(type);
  if (other !== undefined) {
    const message = `${other} is the schema of the event type \`${type}\` already: join them, or name another type by \`x-type\``;
    own.push({ pointer: "", severity: "error", code: "duplicate", message });
  }
  places.set(type, other ?? source.file);
  if ((fields.kinds & kinds.map) === 0)
    own.push({
      pointer: "/type",
      severity: "error",
      code: "wrong-value",
      message: "an event is an object: write `type: object`",
    });
  return { fields: { ...fields, kinds: kinds.map }, faults: own };
}
