import { z } from "zod";
import { configSchemaFor } from "./config-schema.ts";
import { defineSchema } from "./define.ts";
import { listSchema } from "./list.ts";
import { patternSchema } from "./pattern.ts";
import { ruleSchema } from "./rule.ts";

const idBase = "urn:tocsin:schema:";

/**
 * JSON Schemas (draft 2020-12) of the documents that people write, by name: what the loader itself checks with, for
 * editors. Each takes one document; a file may also hold an array of them.
 */
export function jsonSchemas(): Readonly<Record<"rule" | "pattern" | "define" | "list" | "config", object>> {
  const secrets = { environment: {}, readSecretFile: () => undefined };
  return {
    rule: schemaOf("rule", ruleSchema, {
      title: "Tocsin rule",
      description:
        "A json-rules-engine rule, and with the other keys a streaming one: windows, patterns, keys and alerts.",
    }),
    pattern: schemaOf("pattern", patternSchema, {
      title: "Tocsin pattern",
      description: "A sequence of events, with the semantics of Apache Flink CEP.",
    }),
    define: schemaOf("define", defineSchema, {
      title: "Tocsin named conditions",
      description: "Conditions by name, for {condition: name} and cond('name').",
    }),
    list: schemaOf("list", listSchema, {
      title: "Tocsin list",
      description: "A list, or a table where its members have fields.",
    }),
    config: schemaOf("config", configSchemaFor(secrets), {
      title: "Tocsin settings",
      description: "The service's settings, tocsin.yaml.",
    }),
  };
}

function schemaOf(
  name: string,
  schema: z.ZodType,
  { title, description }: { readonly title: string; readonly description: string },
): object {
  const { $schema, "~standard": _standard, ...body } = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" });
  return { $schema, $id: `${idBase}${name}`, title, description, ...body };
}
