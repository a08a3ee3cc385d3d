import { type Fault, pointerTo } from "../core/base/fault.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import { overrideByEnvironment } from "./config-environment.ts";
import { type Config, configSchemaFor } from "./config-schema.ts";
import { type ParsedDocument, parseDocuments } from "./document.ts";
import { lintOfFault } from "./fault-lint.ts";
import { compareLints, hasErrors, type Lint } from "./lint.ts";
import { checkDocument } from "./schema-fault.ts";
import { referredVariables, type SecretSources } from "./secret-reference.ts";

export interface ParsedConfig {
  /** Undefined where any lint is an error. */
  readonly config: Config | undefined;
  readonly lints: readonly Lint[];
}

/** The `file` of a lint about an environment variable. */
export const environmentFile = "<environment>";

/**
 * The settings from the text of `tocsin.yaml` (empty: all defaults) and the environment, whose `TOCSIN_…` variables win
 * over the file. Secrets are read here, each file once. Every fault is a lint; those of variables have `<environment>`
 * as their file. Never throws, unless `readSecretFile` does.
 */
export function parseConfig(
  file: string,
  text: string,
  environment: SecretSources["environment"],
  readSecretFile: SecretSources["readSecretFile"],
): ParsedConfig {
  const { documents, lints } = parseDocuments(file, text);
  if (hasErrors(lints)) return { config: undefined, lints };
  const [source, second] = documents;
  if (second !== undefined) {
    const fault: Fault = {
      pointer: "",
      severity: "error",
      code: "duplicate",
      message: "the settings are one document: join them, or remove all but one",
    };
    return { config: undefined, lints: [lintOfFault(second, fault)] };
  }
  const schema = configSchemaFor({ environment, readSecretFile: readOnce(readSecretFile) });
  const ignored = new Set([
    ...referredVariables(text),
    ...Object.values(environment).flatMap((value) => referredVariables(value ?? "")),
  ]);
  const { value, variables, unknown } = overrideByEnvironment(schema, source?.value ?? {}, environment, { ignored });
  const { document, faults } = checkDocument(schema, value, { kind: "config" });
  const all = [...faults, ...(document === undefined ? [] : channelFaults(document))];
  const found = [
    ...all.map((fault) => configLint(fault, { file, source, variables })),
    ...[...unknown].map(([, message]) =>
      environmentLint({ pointer: "", severity: "warning", code: "unknown-name", message }),
    ),
  ].sort((a, b) => Number(a.file === environmentFile) - Number(b.file === environmentFile) || compareLints(a, b));
  return { config: hasErrors(found) ? undefined : document, lints: found };
}

function channelFaults({ channels, defaultChannels }: Config): readonly Fault[] {
  return defaultChannels.flatMap((name, index) => {
    if (Object.hasOwn(channels, name)) return [];
    const message = `no channel is called \`${name}\`${didYouMean(name, Object.keys(channels)) || ": add it under `channels`"}`;
    return [{ pointer: pointerTo("/defaultChannels", index), severity: "error", code: "unknown-name", message }];
  });
}

function configLint(
  fault: Fault,
  {
    file,
    source,
    variables,
  }: {
    readonly file: string;
    readonly source: ParsedDocument | undefined;
    readonly variables: ReadonlyMap<string, string>;
  },
): Lint {
  for (const [pointer, variable] of variables) {
    if (fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`))
      return environmentLint({ ...fault, message: `${variable}: ${fault.message}` });
  }
  if (source !== undefined) return lintOfFault(source, fault);
  const { pointer, severity, code, message } = fault;
  return { file, pointer, line: 1, column: 1, length: 0, severity, code, message };
}

function environmentLint({ pointer, severity, code, message }: Fault): Lint {
  return { file: environmentFile, pointer, line: 1, column: 1, length: 0, severity, code, message };
}

/** A secret is tried against the schema more than once; its file is read once. */
function readOnce(read: SecretSources["readSecretFile"]): SecretSources["readSecretFile"] {
  const contents = new Map<string, string | undefined>();
  return (path) => {
    if (!contents.has(path)) contents.set(path, read(path));
    return contents.get(path);
  };
}
