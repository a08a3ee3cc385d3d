import { codePointCount } from "./code-points.ts";
import { isMember } from "../closure/equality.ts";
import { ExprError } from "../expr-error.ts";
import { fixed, ranged, wrongType, type FunctionEntry } from "./function-entry.ts";
import { cidrBlockText, compileCidrs, parseIpAddress } from "./ip-address.ts";
import { isList, isMap } from "../closure/property.ts";

/** Sizes and conversions, CEL's sets extension, and the extra operators that are no text function. */
export const valueFunctions: Readonly<Record<string, FunctionEntry>> = {
  size: fixed(1, size),
  string: fixed(1, toText),
  double: fixed(1, (value) => toNumber("double", value)),
  int: fixed(1, (value) => toWholeNumber("int", value)),
  uint: fixed(1, toUnsigned),
  bool: fixed(1, toBoolean),
  dyn: fixed(1, (value) => value),
  exists: fixed(1, (value) => value !== null && value !== undefined),
  between: ranged(2, 3, between),
  inCidr: fixed(2, inCidr),
  cidrBlock: fixed(2, cidrBlock),
  "sets.contains": fixed(2, (list, part) => overLists("sets.contains", list, part, containsAll)),
  "sets.intersects": fixed(2, (list, other) =>
    overLists("sets.intersects", list, other, (a, b) => b.some((item) => isMember(a, item))),
  ),
  "sets.equivalent": fixed(2, (list, other) =>
    overLists("sets.equivalent", list, other, (a, b) => containsAll(a, b) && containsAll(b, a)),
  ),
};

function size(value: unknown): unknown {
  if (typeof value === "string") return codePointCount(value);
  if (isList(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : wrongType("size", "a string, a list or a map", value);
}

function toText(value: unknown): unknown {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return wrongType("string", "a number, a boolean or a string", value);
}

const numberText = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

function toNumber(name: string, value: unknown): number | ExprError {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return wrongType(name, "a number or a string", value);
  if (numberText.test(value)) return Number(value);
  return new ExprError("argument", `${name}: ${JSON.stringify(value.slice(0, 64))} is no number`);
}

/** Toward zero. */
function toWholeNumber(name: string, value: unknown): number | ExprError {
  const number = toNumber(name, value);
  if (number instanceof ExprError) return number;
  return Number.isFinite(number)
    ? Math.trunc(number)
    : new ExprError("argument", `${name}: ${number} is no whole number`);
}

function toUnsigned(value: unknown): unknown {
  const number = toWholeNumber("uint", value);
  if (number instanceof ExprError || number >= 0) return number;
  return new ExprError("argument", `uint: ${number} is negative`);
}

function toBoolean(value: unknown): unknown {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return wrongType("bool", "a boolean or a string", value);
  if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(value)) return false;
  return new ExprError("argument", `bool: ${JSON.stringify(value.slice(0, 64))} is neither "true" nor "false"`);
}

/** `between(x, low, high)` or `between(x, [low, high])`, both ends inside. */
function between(value: unknown, low: unknown, high: unknown): unknown {
  if (high !== undefined) return isWithin(value, low, high);
  if (!isList(low) || low.length !== 2) return wrongType("between", "[low, high] or low, high", low);
  return isWithin(value, low[0], low[1]);
}

function isWithin(value: unknown, low: unknown, high: unknown): unknown {
  if (typeof value === "number") {
    if (typeof low !== "number") return wrongType("between", "three numbers or three strings", low);
    return typeof high === "number"
      ? low <= value && value <= high
      : wrongType("between", "three numbers or three strings", high);
  }
  if (typeof value !== "string") return wrongType("between", "three numbers or three strings", value);
  if (typeof low !== "string") return wrongType("between", "three numbers or three strings", low);
  return typeof high === "string"
    ? low <= value && value <= high
    : wrongType("between", "three numbers or three strings", high);
}

/** Text that is no address is in no block. */
function inCidr(value: unknown, blocks: unknown): unknown {
  if (typeof value !== "string") return wrongType("inCidr", "an IP address as a string", value);
  const test = compileCidrs(blocks);
  if (test instanceof ExprError) return test;
  const address = parseIpAddress(value);
  return address !== undefined && test(address);
}

function cidrBlock(value: unknown, prefixLength: unknown): unknown {
  if (typeof value !== "string") return wrongType("cidrBlock", "an IP address as a string", value);
  if (typeof prefixLength !== "number") return wrongType("cidrBlock", "a prefix length", prefixLength);
  const address = parseIpAddress(value);
  if (address === undefined) return new ExprError("argument", `${JSON.stringify(value.slice(0, 64))} is no IP address`);
  return (
    cidrBlockText(address, prefixLength) ??
    new ExprError("argument", `cidrBlock: no prefix of ${prefixLength} bits for ${value}`)
  );
}

function containsAll(list: readonly unknown[], part: readonly unknown[]): boolean {
  return part.every((item) => isMember(list, item));
}

function overLists(
  name: string,
  left: unknown,
  right: unknown,
  body: (left: readonly unknown[], right: readonly unknown[]) => boolean,
): unknown {
  if (!isList(left)) return wrongType(name, "two lists", left);
  return isList(right) ? body(left, right) : wrongType(name, "two lists", right);
}
