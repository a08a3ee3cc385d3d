import { z } from "zod";
import { pointerTo } from "../core/base/fault.ts";
import { isJsonObject } from "../core/base/json.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import { isSecret, kindsOf, shapeOf } from "./schema-words.ts";

type Schema = z.core.$ZodType;
type Path = readonly (string | number)[];

/** A setting that an environment variable can give. */
interface Setting {
  /** `TOCSIN_HTTP_PORT`. */
  readonly variable: string;
  readonly path: Path;
  readonly schema: Schema;
}

export interface Overridden {
  /** The settings with the variables' values in their places. */
  readonly value: unknown;
  /** Variables by the pointer of what they give. */
  readonly variables: ReadonlyMap<string, string>;
  /** Messages about variables that name no setting, by variable. */
  readonly unknown: ReadonlyMap<string, string>;
}

const prefix = "TOCSIN";

/**
 * Puts every `TOCSIN_…` variable in the place of the setting that it names: `TOCSIN_CHECKPOINT_INTERVAL` is
 * `checkpoint.interval`, `TOCSIN_SOURCES_0_MAX_EVENT_BYTES` is `sources[0].maxEventBytes`. A list of texts is written with
 * commas; a secret may stand in its variable as it is. Members of a map (`channels`) are only those that the file has. The values are checked like the file's own.
 */
export function overrideByEnvironment(
  schema: Schema,
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  { ignored }: { readonly ignored: ReadonlySet<string> },
): Overridden {
  const settings = new Map(
    settingsOf(schema, value, { variable: prefix, path: [] }).map((setting) => [setting.variable, setting]),
  );
  const variables = new Map<string, string>();
  const unknown = new Map<string, string>();
  let overridden = value;
  for (const [variable, text] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!variable.startsWith(`${prefix}_`) || text === undefined || ignored.has(variable)) continue;
    const setting = settings.get(variable);
    if (setting === undefined) {
      unknown.set(
        variable,
        `the environment variable \`${variable}\` names no setting${didYouMean(variable, settings.keys())}`,
      );
      continue;
    }
    overridden = withMember(overridden, setting.path, valueOfVariable(setting, text));
    variables.set(pointerTo("", ...setting.path), variable);
  }
  return { value: overridden, variables, unknown };
}

function settingsOf(
  schema: Schema,
  value: unknown,
  { variable, path }: { readonly variable: string; readonly path: Path },
): readonly Setting[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  )
    return settingsOf(schema.unwrap(), value, { variable, path });
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => settingsOf(option, value, { variable, path }));
  const member = (key: string | number, memberSchema: Schema) =>
    settingsOf(memberSchema, memberOf(value, key), {
      variable: `${variable}_${variableName(key)}`,
      path: [...path, key],
    });
  if (schema instanceof z.ZodObject)
    return Object.entries(shapeOf(schema)).flatMap(([key, memberSchema]) => member(key, memberSchema));
  if (schema instanceof z.ZodRecord)
    return isJsonObject(value) ? Object.keys(value).flatMap((key) => member(key, schema.valueType)) : [];
  if (schema instanceof z.ZodArray && !kindsOf(schema.element).has("text")) {
    const count = Array.isArray(value) ? Math.max(1, value.length) : 1;
    return Array.from({ length: count }, (_, index) => member(index, schema.element)).flat();
  }
  return [{ variable, path, schema }];
}

/** `maxEventBytes` is `MAX_EVENT_BYTES`, `risk-oncall` is `RISK_ONCALL`. */
function variableName(key: string | number): string {
  return String(key)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
}

/** A secret that stands in the variable itself is a reference to that variable. */
function valueOfVariable({ variable, schema }: Setting, text: string): unknown {
  if (isSecret(schema) && text !== "" && !text.includes("${")) return `\${env:${variable}}`;
  return valueOfText(schema, text);
}

/** What is no number, or neither true nor false, stays a text, so that the schema tells what it expects. */
function valueOfText(schema: Schema, text: string): unknown {
  const kinds = kindsOf(schema);
  if (kinds.has("list"))
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (kinds.has("number") && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (kinds.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
}

/** `value` with `member` at `path`; lists and objects that are absent on the way are made, anything else on it is replaced. */
function withMember(value: unknown, path: Path, member: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return member;
  const inner = withMember(memberOf(value, key), rest, member);
  if (typeof key === "number") {
    const items: unknown[] = Array.isArray(value) ? value.slice() : [];
    items[key] = inner;
    return items;
  }
  return { ...(isJsonObject(value) ? value : {}), [key]: inner };
}
