import { ExprError } from "../expr-error.ts";
import { fixed, overNumber, variadic, wrongType, type FunctionEntry } from "./function-entry.ts";
import { isList } from "../closure/property.ts";

/** CEL's math extension, over doubles, and the distance on the globe. */
export const numberFunctions: Readonly<Record<string, FunctionEntry>> = {
  "math.greatest": variadic((list) => extreme("math.greatest", list, (value, best) => value > best)),
  "math.least": variadic((list) => extreme("math.least", list, (value, best) => value < best)),
  "math.abs": fixed(1, overNumber("math.abs", Math.abs)),
  "math.ceil": fixed(1, overNumber("math.ceil", Math.ceil)),
  "math.floor": fixed(1, overNumber("math.floor", Math.floor)),
  "math.round": fixed(1, overNumber("math.round", roundHalfAway)),
  "math.trunc": fixed(1, overNumber("math.trunc", Math.trunc)),
  "math.sqrt": fixed(1, overNumber("math.sqrt", Math.sqrt)),
  "math.sign": fixed(1, overNumber("math.sign", Math.sign)),
  "math.isNaN": fixed(1, overNumber("math.isNaN", Number.isNaN)),
  "math.isInf": fixed(
    1,
    overNumber("math.isInf", (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  ),
  "math.isFinite": fixed(1, overNumber("math.isFinite", Number.isFinite)),
  "math.bitAnd": fixed(2, (a, b) => overBits("math.bitAnd", a, b, (left, right) => left & right)),
  "math.bitOr": fixed(2, (a, b) => overBits("math.bitOr", a, b, (left, right) => left | right)),
  "math.bitXor": fixed(2, (a, b) => overBits("math.bitXor", a, b, (left, right) => left ^ right)),
  "math.bitNot": fixed(1, (a) => overBits("math.bitNot", a, 0, (value) => ~value)),
  "math.bitShiftLeft": fixed(2, (a, b) => shifted("math.bitShiftLeft", a, b, (value, by) => value << by)),
  "math.bitShiftRight": fixed(2, (a, b) =>
    shifted("math.bitShiftRight", a, b, (value, by) => BigInt.asUintN(64, value) >> by),
  ),
  distanceKm: fixed(4, distanceKm),
};

/** Whole numbers as CEL's 64-bit ones; beyond 2^53 the result is rounded, as every number here. */
function overBits(name: string, a: unknown, b: unknown, body: (left: bigint, right: bigint) => bigint): unknown {
  if (typeof a !== "number" || !Number.isSafeInteger(a)) return wrongType(name, "whole numbers", a);
  if (typeof b !== "number" || !Number.isSafeInteger(b)) return wrongType(name, "whole numbers", b);
  return Number(BigInt.asIntN(64, body(BigInt(a), BigInt(b))));
}

/** By 64 and more nothing is left. */
function shifted(name: string, value: unknown, by: unknown, body: (value: bigint, by: bigint) => bigint): unknown {
  if (typeof by === "number" && by < 0) return new ExprError("argument", `${name}: ${by} is negative`);
  return overBits(name, value, by, (left, right) => (right >= 64n ? 0n : body(left, right)));
}

/** Halves go away from zero, as CEL says; JavaScript's own rounding takes them upwards. */
function roundHalfAway(value: number): number {
  const magnitude = Math.abs(value);
  const whole = Math.floor(magnitude);
  return Math.sign(value) * (magnitude - whole >= 0.5 ? whole + 1 : whole);
}

function extreme(name: string, list: unknown, isBetter: (value: number, best: number) => boolean): unknown {
  if (typeof list === "number") return list;
  if (!isList(list)) return wrongType(name, "numbers or a list of numbers", list);
  let best: number | undefined;
  for (const value of list) {
    if (typeof value !== "number") return wrongType(name, "numbers or a list of numbers", value);
    if (best === undefined || isBetter(value, best)) best = value;
  }
  return best ?? new ExprError("argument", `${name} takes at least one number`);
}

/** Mean radius of the Earth (R1 of IUGG, 2a + b over 3, WGS 84), in kilometres. */
const earthRadiusKm = 6371.0088;

/** Great-circle distance between two points in degrees, by the haversine formula: within 0.6 % of the ellipsoid's. */
function distanceKm(latitude: unknown, longitude: unknown, otherLatitude: unknown, otherLongitude: unknown): unknown {
  if (typeof latitude !== "number") return wrongType("distanceKm", "four numbers", latitude);
  if (typeof longitude !== "number") return wrongType("distanceKm", "four numbers", longitude);
  if (typeof otherLatitude !== "number") return wrongType("distanceKm", "four numbers", otherLatitude);
  if (typeof otherLongitude !== "number") return wrongType("distanceKm", "four numbers", otherLongitude);
  if (Math.abs(latitude) > 90 || Math.abs(otherLatitude) > 90) {
    return new ExprError(
      "argument",
      "distanceKm takes latitude, longitude, latitude, longitude; a latitude is from -90 to 90",
    );
  }
  const radians = Math.PI / 180;
  const halfLatitude = Math.sin(((otherLatitude - latitude) * radians) / 2);
  const halfLongitude = Math.sin(((otherLongitude - longitude) * radians) / 2);
  const haversine =
    halfLatitude * halfLatitude +
    Math.cos(latitude * radians) * Math.cos(otherLatitude * radians) * halfLongitude * halfLongitude;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(haversine)));
}
