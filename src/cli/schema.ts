import { jsonSchemas } from "../spec/json-schema.ts";

/** The files of `docs/schemas`, and of `tocsin schema --out`: names and texts, so that generated files can be compared. */
export function schemaFiles(): readonly { readonly name: string; readonly text: string }[] {
  return Object.entries(jsonSchemas()).map(([name, schema]) => ({
    name: `${name}.schema.json`,
    text: `${JSON.stringify(schema, undefined, 2)}\n`,
  }));
}
