import type { TocsinEvent } from "../../event/event.ts";
import type { Evaluate } from "./closure.ts";
import { isPlainFieldName } from "../field-path.ts";
import { memberReader } from "./property.ts";
import type { NameRef } from "../scope.ts";

/** A name's value, `undefined` where it is absent: an event field that is not there, or an event that is none. */
export function readName(ref: NameRef): Evaluate {
  switch (ref.kind) {
    case "field":
      return readField(ref.name, ref.part);
    case "input":
      return (scope) => scope.event?.fields;
    case "meta":
      return (scope) => (scope.event === undefined ? undefined : metaOf(scope.event));
    case "key":
      return (scope) => scope.key;
    case "now":
      return (scope) => scope.now;
    case "prev":
      return (scope) => scope.prev?.fields ?? null;
    case "key-since":
      return (scope) => scope.keySince ?? null;
    case "slot": {
      const { index } = ref;
      return (scope) => scope.slots[index] ?? null;
    }
  }
}

/** A name's value in CEL: null where it is absent. */
export function compileName(ref: NameRef): Evaluate {
  if (ref.kind === "key" || ref.kind === "now" || ref.kind === "slot") return readName(ref);
  const read = readName(ref);
  return (scope) => read(scope) ?? null;
}

/** Without an event a part of the key stands in for the field that it is. Only its plain name says that it is one. */
function readField(name: string, part: string | null = isPlainFieldName(name) ? name : null): Evaluate {
  const read = memberReader(name);
  if (part === null) return (scope) => (scope.event === undefined ? undefined : read(scope.event.fields));
  const readPart = memberReader(part);
  return (scope) => (scope.event === undefined ? readPart(scope.key) : read(scope.event.fields));
}

/** `has(name)`: true where there is a value, be it null; a declared name that has none yet is null, and not there. */
export function hasName(ref: NameRef): Evaluate {
  const read = readName(ref);
  if (ref.kind === "slot" || ref.kind === "prev" || ref.kind === "key-since") return (scope) => read(scope) !== null;
  return (scope) => read(scope) !== undefined;
}

/** One member of `meta`, without making the object. Undefined for a name that it does not have. */
export function metaMember(name: string): Evaluate | undefined {
  switch (name) {
    case "id":
      return (scope) => scope.event?.id;
    case "type":
      return (scope) => scope.event?.type;
    case "time":
      return (scope) => scope.event?.time;
    case "source":
      return (scope) => scope.event?.source;
    case "sequence":
      return (scope) => scope.event?.position.sequence;
    default:
      return undefined;
  }
}

function metaOf({ id, type, time, source, position }: TocsinEvent): Readonly<Record<string, unknown>> {
  return { id, type, time, source, sequence: position.sequence };
}
