import type { RuleDocument } from "../../spec/rule.ts";
import { didYouMean } from "../base/text-distance.ts";
import { compileTypeFilters } from "../event/type-filter.ts";
import type { Inspect } from "../expr/context.ts";
import type { TypeNames } from "../expr/check/infer-type.ts";
import { inspectorOf } from "../expr/check/inspect-expr.ts";
import { numbersThatAre } from "../expr/check/interval.ts";
import type { NameRef, Names } from "../expr/scope.ts";
import {
  anyType,
  kinds,
  mapType,
  memberOf,
  optional,
  typeOfKinds,
  uniteTypes,
  type ValueType,
} from "../expr/check/value-type.ts";

/** What a schema says of the events of one type. */
export interface EventSchema {
  readonly type: string;
  readonly fields: ValueType;
}

/** What static checks go by. */
export interface Checks {
  readonly schemas: readonly EventSchema[];
  /** Types of events that rules make. */
  readonly madeTypes: readonly string[];
}

/** Names that events have whatever their schema says: the envelope as it mostly comes. */
const envelopeNames = new Set(["id", "type", "time", "ts", "source", "sequence", "specversion"]);

const anyNumber = typeOfKinds(kinds.number);
const counted = typeOfKinds(kinds.number, { numbers: numbersThatAre(">=", 0) });
const ofText = typeOfKinds(kinds.text);

/** The fields of the events that filters let through, over all the schemas that fit; undefined where none does. */
export function eventFieldsFor(
  on: readonly string[] | undefined,
  { schemas }: Pick<Checks, "schemas">,
): ValueType | undefined {
  const fits = compileTypeFilters(on ?? [">"]);
  const [first, ...rest] = schemas.filter(({ type }) => fits(type)).map(({ fields }) => fields);
  return first === undefined ? undefined : rest.reduce(uniteTypes, first);
}

/** Static checks of the conditions and expressions of one document: a rule, or what has only the event and steps to read. */
export function documentInspector(
  document: Pick<RuleDocument, "on" | "windows" | "patterns">,
  slots: Readonly<Record<string, number>>,
  checks: Checks,
): Inspect {
  const fields = eventFieldsFor(document.on, checks);
  const nameOf = new Map(Object.entries(slots).map(([name, slot]) => [slot, name]));
  const declared = new Map<number, ValueType>();
  const declare = (name: string, type: ValueType) => {
    const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
    if (slot !== undefined) declared.set(slot, type);
  };
  for (const [name, { aggregate }] of Object.entries(document.windows ?? {}))
    declare(name, windowType(aggregate ?? {}));
  for (const name of Object.keys(document.patterns ?? {})) declare(name, matchType);
  return inspectorOf((names) => {
    const stepOf = stepsIn(names);
    const certain = typeNames(declared, stepOf, undefined);
    return {
      certain,
      likely: fields === undefined ? certain : typeNames(declared, stepOf, fields),
      nameOfSlot: (index) => nameOf.get(index) ?? stepOf.get(index) ?? String(index),
      learn(pointer, type) {
        if (pointer.startsWith("/let/")) declare(pointer.slice("/let/".length), type);
      },
    };
  });
}

/** Names of a pattern's steps that a place may read, by their slots. */
function stepsIn(names: Names): ReadonlyMap<number, string> {
  const steps = new Map<number, string>();
  for (const name of names.declared) {
    const members = names.membersOf?.(name) ?? [];
    if (!members.includes("first") || !members.includes("durationMs")) continue;
    const ref = names.resolve(name);
    if (ref?.kind === "slot") steps.set(ref.index, name);
  }
  return steps;
}

function typeNames(
  declared: ReadonlyMap<number, ValueType>,
  steps: ReadonlyMap<number, string>,
  fields: ValueType | undefined,
): TypeNames {
  const event = optional(fields === undefined ? mapType([], { isOpen: true }) : withEnvelope(fields));
  return {
    typeOf: (ref) => typeOfRef(ref, { declared, steps, event }),
    strangerOf(ref) {
      if (ref.kind !== "field" || fields === undefined || fields.isOpen) return undefined;
      if (fields.members.has(ref.name) || envelopeNames.has(ref.name)) return undefined;
      return `no schema of the events that come here has a field "${ref.name}"${didYouMean(ref.name, fields.members.keys())}`;
    },
  };
}

function typeOfRef(
  ref: NameRef,
  {
    declared,
    steps,
    event,
  }: {
    readonly declared: ReadonlyMap<number, ValueType>;
    readonly steps: ReadonlyMap<number, string>;
    readonly event: ValueType;
  },
): ValueType {
  switch (ref.kind) {
    case "field":
      return event.members.has(ref.name) ? optional(memberOf(event, ref.name)) : anyType;
    case "input":
    case "prev":
      return event;
    case "meta":
      return metaType;
    case "key":
      return mapType([], { isOpen: true });
    case "now":
      return anyNumber;
    case "key-since":
      return optional(anyNumber);
    case "slot":
      return steps.has(ref.index) ? stepType(event) : (declared.get(ref.index) ?? anyType);
  }
}

function withEnvelope(fields: ValueType): ValueType {
  const envelope = [...envelopeNames].map((name): [string, ValueType] => [name, anyType]);
  return { ...fields, members: new Map([...envelope, ...fields.members]) };
}

const metaType = optional(
  mapType([
    ["id", anyType],
    ["type", ofText],
    ["time", anyNumber],
    ["source", ofText],
    ["sequence", counted],
  ]),
);

const matchType = optional(
  mapType(
    [
      ["start", anyNumber],
      ["end", anyNumber],
      ["time", anyNumber],
      ["durationMs", counted],
      ["timedOut", typeOfKinds(kinds.boolean)],
      ["count", counted],
      ["steps", mapType([], { isOpen: true })],
    ],
    { isOpen: true },
  ),
);

function stepType(event: ValueType): ValueType {
  return optional(
    mapType(
      [
        ["count", counted],
        ["first", event],
        ["last", event],
        ["durationMs", optional(counted)],
      ],
      { isOpen: true },
    ),
  );
}

/** Of aggregates that are not known here nothing is said. */
function windowType(aggregates: Readonly<Record<string, unknown>>): ValueType {
  const members = Object.entries(aggregates).map(([name, form]): [string, ValueType] => [name, aggregateType(form)]);
  return optional(
    mapType([["start", anyNumber], ["end", anyNumber], ["firing", ofText], ...members], { isOpen: true }),
  );
}

function aggregateType(form: unknown): ValueType {
  if (form === "count") return counted;
  if (typeof form !== "object" || form === null) return anyType;
  const has = (name: string) => Object.hasOwn(form, name);
  if (has("per")) return anyType;
  if (has("count") || has("distinct") || has("rate")) return counted;
  if (has("ratio") || has("stddev")) return optional(counted);
  return ["sum", "avg", "min", "max", "percentile"].some(has) ? optional(anyNumber) : anyType;
}
