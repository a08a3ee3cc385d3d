import { allNumbers, numbersThatAre } from "./interval.ts";
import { anyKind, anyType, kinds, typeOfKinds, type ValueType } from "./value-type.ts";

/** What a function of CEL takes, as bits of `kinds`, and what it gives. Other arguments are an error, whatever their values. */
export interface FunctionSignature {
  /** Of each argument; the last stands for those beyond it. */
  readonly args: readonly number[];
  readonly result: ValueType;
}

const { boolean, number, text, list, map, nothing } = kinds;
const ofBoolean = typeOfKinds(boolean);
const ofNumber = typeOfKinds(number);
const ofText = typeOfKinds(text);
const counted = typeOfKinds(number, { numbers: numbersThatAre(">=", 0) });
const found = typeOfKinds(number, { numbers: numbersThatAre(">=", -1) });

function signature(args: readonly number[], result: ValueType): FunctionSignature {
  return { args, result };
}

const calendarFields = [
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
];

const signatures: Readonly<Record<string, FunctionSignature>> = {
  size: signature([text | list | map], counted),
  string: signature([text | number | boolean], ofText),
  double: signature([number | boolean | text], ofNumber),
  int: signature([number | boolean | text], ofNumber),
  uint: signature([number | boolean | text], counted),
  bool: signature([boolean | text], ofBoolean),
  exists: signature([anyKind], ofBoolean),
  between: signature([number | text, number | text | list, number | text], ofBoolean),
  inCidr: signature([text, text | list], ofBoolean),
  inList: signature([boolean | number | text | list | map, text], ofBoolean),
  notInList: signature([boolean | number | text | list | map, text], ofBoolean),
  cidrBlock: signature([text, number], ofText),
  "sets.contains": signature([list], ofBoolean),
  "sets.intersects": signature([list], ofBoolean),
  "sets.equivalent": signature([list], ofBoolean),
  contains: signature([text], ofBoolean),
  containsText: signature([text], ofBoolean),
  startsWith: signature([text], ofBoolean),
  endsWith: signature([text], ofBoolean),
  matches: signature([text], ofBoolean),
  lower: signature([text], ofText),
  upper: signature([text], ofText),
  lowerAscii: signature([text], ofText),
  upperAscii: signature([text], ofText),
  trim: signature([text], ofText),
  reverse: signature([text | list], typeOfKinds(text | list)),
  charAt: signature([text, number], ofText),
  indexOf: signature([text, text, number], found),
  lastIndexOf: signature([text, text, number], found),
  substring: signature([text, number], ofText),
  replace: signature([text, text, text, number | nothing], ofText),
  split: signature([text, text, number | nothing], typeOfKinds(list, { items: ofText })),
  join: signature([list, text | nothing], ofText),
  "math.greatest": signature([number | list], ofNumber),
  "math.least": signature([number | list], ofNumber),
  "math.abs": signature([number], counted),
  "math.ceil": signature([number], ofNumber),
  "math.floor": signature([number], ofNumber),
  "math.round": signature([number], ofNumber),
  "math.trunc": signature([number], ofNumber),
  "math.sqrt": signature([number], counted),
  "math.sign": signature([number], ofNumber),
  "math.isNaN": signature([number], ofBoolean),
  "math.isInf": signature([number], ofBoolean),
  "math.isFinite": signature([number], ofBoolean),
  slice: signature([list, number], typeOfKinds(list)),
  flatten: signature([list, number], typeOfKinds(list)),
  distinct: signature([list], typeOfKinds(list)),
  sort: signature([list], typeOfKinds(list)),
  first: signature([list], anyType),
  last: signature([list], anyType),
  "lists.range": signature([number], typeOfKinds(list, { items: counted })),
  "cel.entries": signature([list | map], typeOfKinds(list)),
  "cel.fromEntries": signature([list], typeOfKinds(map)),
  format: signature([text, list], ofText),
  "strings.quote": signature([text], ofText),
  "math.bitAnd": signature([number], ofNumber),
  "math.bitOr": signature([number], ofNumber),
  "math.bitXor": signature([number], ofNumber),
  "math.bitNot": signature([number], ofNumber),
  "math.bitShiftLeft": signature([number], ofNumber),
  "math.bitShiftRight": signature([number], ofNumber),
  distanceKm: signature([number], counted),
  timestamp: signature([number | text], ofNumber),
  ms: signature([number | text], ofNumber),
  duration: signature([number | text], ofNumber),
  ...Object.fromEntries(
    calendarFields.map((name) => [name, signature([number, text], typeOfKinds(number, { numbers: allNumbers }))]),
  ),
};

const unknown = signature([anyKind], anyType);

/** Anything at all for a function that is not known here. */
export function signatureOf(name: string): FunctionSignature {
  return (Object.hasOwn(signatures, name) ? signatures[name] : undefined) ?? unknown;
}

/** The bits that the argument at an index may have. */
export function argumentKinds({ args }: FunctionSignature, index: number): number {
  return args[index] ?? args.at(-1) ?? anyKind;
}
