import { pointerTo, type Fault } from "../../base/fault.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import { didYouMean } from "../../base/text-distance.ts";
import { allNumbers, intersectNumbers, numbersOf, numbersThatAre, type Intervals } from "./interval.ts";
import { anyType, kindOf, kinds, optional, typeOfKinds, uniteTypes, type ValueType } from "./value-type.ts";

const kindsByName: ReadonlyMap<string, number> = new Map([
  ["null", kinds.nothing],
  ["boolean", kinds.boolean],
  ["number", kinds.number],
  ["integer", kinds.number],
  ["string", kinds.text],
  ["array", kinds.list],
  ["object", kinds.map],
]);

/** Keywords that say something of a type which is not followed here: their schemas are taken to allow anything. */
const notFollowed = ["allOf", "if", "not", "dependentSchemas", "$dynamicRef", "$recursiveRef"];

/** References followed within one another; recursion of a schema ends there. */
const depthMax = 24;

/**
 * What a JSON Schema (draft 2020-12) says of a value, as far as static checks go: `type`, `enum`, `const`, `properties`,
 * `required`, `additionalProperties`, `items`, `anyOf`, `oneOf`, `$ref` within the file, and bounds of numbers. What else it says
 * only makes a value narrower, or is taken to allow anything; so no value that the schema allows is left out.
 *
 * An object whose `additionalProperties` is absent or false has just the members that are named: what is not named is told
 * as unknown.
 */
export function typeOfSchema(root: JsonValue): { readonly type: ValueType; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const type = new SchemaReader(root, faults).read(root, "", 0);
  return { type, faults };
}

class SchemaReader {
  readonly root: JsonValue;
  readonly faults: Fault[];

  constructor(root: JsonValue, faults: Fault[]) {
    this.root = root;
    this.faults = faults;
  }

  read(schema: JsonValue, pointer: string, depth: number): ValueType {
    if (typeof schema === "boolean" || depth > depthMax) return anyType;
    if (!isJsonObject(schema)) {
      this.tell(pointer, "wrong-type", "expected a JSON Schema: an object, true or false");
      return anyType;
    }
    const ref = schema["$ref"];
    if (ref !== undefined) return this.readReference(ref, pointerTo(pointer, "$ref"), depth);
    if (notFollowed.some((key) => Object.hasOwn(schema, key))) return anyType;
    for (const key of ["anyOf", "oneOf"]) {
      const options = schema[key];
      if (options !== undefined) return this.readUnion(options, pointerTo(pointer, key), depth);
    }
    if (Object.hasOwn(schema, "const")) return this.readValues([schema["const"] ?? null]);
    const values = schema["enum"];
    if (Array.isArray(values)) return this.readValues(values);
    return this.readPlain(schema, pointer, depth);
  }

  private readPlain(schema: JsonObject, pointer: string, depth: number): ValueType {
    const bits = this.readKinds(schema["type"], pointerTo(pointer, "type"));
    const isOpen = !isClosed(schema);
    return typeOfKinds(bits, {
      numbers: boundsOf(schema),
      members: this.readMembers(schema, pointer, depth),
      isOpen,
      items: this.readItems(schema, pointer, depth),
    });
  }

  private readKinds(type: JsonValue | undefined, pointer: string): number {
    if (type === undefined) return anyType.kinds;
    const names: readonly JsonValue[] = Array.isArray(type) ? type : [type];
    let bits = 0;
    for (const name of names) {
      const kind = typeof name === "string" ? kindsByName.get(name) : undefined;
      if (kind === undefined) {
        const hint = typeof name === "string" ? didYouMean(name, kindsByName.keys()) : "";
        this.tell(
          pointer,
          "wrong-value",
          `no type of JSON Schema: ${JSON.stringify(name)}${hint || `; there are ${[...kindsByName.keys()].join(", ")}`}`,
        );
        return anyType.kinds;
      }
      bits |= kind;
    }
    return bits;
  }

  private readMembers(schema: JsonObject, pointer: string, depth: number): ReadonlyMap<string, ValueType> {
    const { properties = {}, required = [] } = schema;
    const members = new Map<string, ValueType>();
    if (!isJsonObject(properties)) {
      this.tell(pointerTo(pointer, "properties"), "wrong-type", "expected an object of schemas by property");
      return members;
    }
    for (const [name, member] of Object.entries(properties)) {
      const type = this.read(member, pointerTo(pointer, "properties", name), depth + 1);
      members.set(name, Array.isArray(required) && required.includes(name) ? type : optional(type));
    }
    return members;
  }

  private readItems(schema: JsonObject, pointer: string, depth: number): ValueType | undefined {
    const { items } = schema;
    if (items === undefined || Object.hasOwn(schema, "prefixItems")) return undefined;
    return this.read(items, pointerTo(pointer, "items"), depth + 1);
  }

  private readUnion(options: JsonValue, pointer: string, depth: number): ValueType {
    if (!Array.isArray(options) || options.length === 0) {
      this.tell(pointer, "wrong-type", "expected a list of schemas");
      return anyType;
    }
    const [first = anyType, ...rest] = options.map((option: JsonValue, index) =>
      this.read(option, pointerTo(pointer, index), depth + 1),
    );
    return rest.reduce(uniteTypes, first);
  }

  private readValues(values: readonly JsonValue[]): ValueType {
    const bits = values.reduce<number>((all, value) => all | kindOf(value), 0);
    const texts = values.filter((value) => typeof value === "string");
    const numbers = numbersOf(values.filter((value) => typeof value === "number"));
    return typeOfKinds(bits, { texts, numbers });
  }

  private readReference(ref: JsonValue, pointer: string, depth: number): ValueType {
    if (typeof ref !== "string" || !ref.startsWith("#")) {
      this.tell(
        pointer,
        "unsupported",
        "only references within the file are followed, such as #/$defs/money; the value may then be anything",
        "warning",
      );
      return anyType;
    }
    let found: JsonValue | undefined = this.root;
    for (const token of ref.slice(1).split("/").slice(1)) {
      const name = unescaped(token);
      const entries: readonly [string, JsonValue][] =
        typeof found === "object" && found !== null ? Object.entries<JsonValue>(found) : [];
      found = entries.find(([key]) => key === name)?.[1];
    }
    if (found === undefined || (ref !== "#" && !ref.startsWith("#/"))) {
      this.tell(pointer, "unknown-name", `nothing stands at ${ref} in this file`);
      return anyType;
    }
    return this.read(found, ref.slice(1), depth + 1);
  }

  private tell(pointer: string, code: Fault["code"], message: string, severity: Fault["severity"] = "error"): void {
    const isKnown = this.faults.some((fault) => fault.pointer === pointer && fault.message === message);
    if (!isKnown) this.faults.push({ pointer, severity, code, message });
  }
}

/** A token of a JSON pointer in a URI; one that is no such is taken as it is. */
function unescaped(token: string): string {
  const isEscaped = /^(?:[^%]|%[0-7][0-9A-Fa-f])*$/.test(token);
  return (isEscaped ? decodeURIComponent(token) : token).replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Only members that are named are expected, unless the schema says of others what they are. */
function isClosed(schema: JsonObject): boolean {
  if (!Object.hasOwn(schema, "properties")) return schema["additionalProperties"] === false;
  if (Object.hasOwn(schema, "patternProperties") || Object.hasOwn(schema, "unevaluatedProperties")) return false;
  const { additionalProperties } = schema;
  return additionalProperties === undefined || additionalProperties === false;
}

function boundsOf(schema: JsonObject): Intervals {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  let numbers = allNumbers;
  if (typeof minimum === "number") numbers = intersectNumbers(numbers, numbersThatAre(">=", minimum));
  if (typeof exclusiveMinimum === "number") numbers = intersectNumbers(numbers, numbersThatAre(">", exclusiveMinimum));
  if (typeof maximum === "number") numbers = intersectNumbers(numbers, numbersThatAre("<=", maximum));
  if (typeof exclusiveMaximum === "number") numbers = intersectNumbers(numbers, numbersThatAre("<", exclusiveMaximum));
  return numbers;
}
