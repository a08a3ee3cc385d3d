import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pointerTo } from "../../src/core/base/fault.ts";
import { isJsonObject } from "../../src/core/base/json.ts";
import { overrideByEnvironment } from "../../src/spec/config-environment.ts";
import { configSchemaFor } from "../../src/spec/config-schema.ts";
import { jsonSchemas } from "../../src/spec/json-schema.ts";
import { repositoryRoot } from "../tidy/planted-tree.ts";

interface Setting {
  readonly key: string;
  readonly default: unknown;
  readonly isRequired: boolean;
}

/** Every leaf of the settings' schema; members of a map are called NAME, items of a list `[]`. */
function leavesOf(schema: unknown, key: string, isRequired: boolean): readonly Setting[] {
  if (!isJsonObject(schema)) return [];
  const { properties, required, items, additionalProperties } = schema;
  const join = (name: string) => (key === "" ? name : `${key}.${name}`);
  if (isJsonObject(properties))
    return Object.entries(properties).flatMap(([name, inner]) =>
      leavesOf(inner, join(name), Array.isArray(required) && required.includes(name)),
    );
  const alternatives = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(alternatives)) return alternatives.flatMap((inner) => leavesOf(inner, key, isRequired));
  if (isJsonObject(items) && items["type"] !== "string") return leavesOf(items, `${key}[]`, isRequired);
  if (isJsonObject(additionalProperties)) return leavesOf(additionalProperties, join("NAME"), isRequired);
  return [{ key, default: schema["default"], isRequired }];
}

const settings = new Map(leavesOf(jsonSchemas().config, "", false).map((setting) => [setting.key, setting]));

const page = readFileSync(join(repositoryRoot, "docs/settings.md"), "utf8");
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+?) \| `([^`]+)` \| (.*) \|$/gm)].map(
  ([, key = "", shown = "", variable = "", meaning = ""]) => ({ key, shown, variable, meaning }),
);

/** A default as YAML's flow style writes it. */
function shownDefault(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/** What the page says of a key that has no default in the schema is for people, in no code. */
function isDefaultShown({ default: value, isRequired }: Setting, shown: string): boolean {
  if (value !== undefined) return shown === `\`${shownDefault(value)}\``;
  return isRequired ? shown === "required" : !shown.includes("`") && shown !== "required";
}

describe("docs/settings.md", () => {
  test("has every key of the schema once, and no other", () => {
    expect(settings.size).toBeGreaterThan(40);
    expect(rows.map(({ key }) => key).sort()).toEqual([...settings.keys()].sort());
  });

  test.each(rows)("$key: the schema's default", ({ key, shown }) => {
    const setting = settings.get(key);
    expect(setting !== undefined && isDefaultShown(setting, shown)).toBe(true);
  });

  test.each(rows)("$key is given by $variable", ({ key, variable }) => {
    const schema = configSchemaFor({ environment: {}, readSecretFile: () => undefined });
    const options = { ignored: new Set<string>() };
    const written = { channels: { NAME: { options: { NAME: "" }, secrets: { NAME: "" } } } };
    const { variables, unknown } = overrideByEnvironment(schema, written, { [variable]: "1" }, options);
    expect([...unknown.keys()]).toEqual([]);
    const path = key.replace("[]", ".0").split(".");
    expect([...variables]).toEqual([[pointerTo("", ...path), variable]]);
  });
});
