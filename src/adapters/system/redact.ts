import { isJsonObject } from "../../core/base/json.ts";

const secretName =
  /pass(?:word|wd|phrase)?$|secret|token|authorization|cookie|credential|creds|api[-_]?key|private[-_]?key|^pass$|^auth$|seed$/i;
const urlWithUserInfo = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi;

const depthMax = 6;
const redacted = "[redacted]";

/**
 * A copy of `value` that may stand in a log: what has a secret's name is `[redacted]`, user names and passwords within URLs
 * and bearer tokens within text are cut out, errors are plain data with their causes, and what is more than 6 levels deep
 * is left out.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === depthMax) return "[deeper]";
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (!isJsonObject(value)) return undefined;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value))
    copy[name] = isSecret(name, member) ? redacted : redact(member, depth + 1);
  return copy;
}

/** A count of tokens, or an absent password, is no secret. */
function isSecret(name: string, value: unknown): boolean {
  return (
    secretName.test(name) &&
    value !== undefined &&
    value !== null &&
    typeof value !== "number" &&
    typeof value !== "boolean"
  );
}

export function redactText(text: string): string {
  return text.replace(urlWithUserInfo, `$1${redacted}@`).replace(bearer, `$1 ${redacted}`);
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = { type: error.name, message: redactText(error.message) };
  if ("code" in error) copy["code"] = redact(error.code, depth + 1);
  if (error.stack !== undefined) copy["stack"] = redactText(error.stack);
  if (error.cause !== undefined) copy["cause"] = redact(error.cause, depth + 1);
  return copy;
}
