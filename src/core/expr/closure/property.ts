/** True for objects and arrays: what has members. */
export function hasMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** True for an object that is no array: CEL's map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As `Array.isArray`, without its `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** An own member, `undefined` where there is none: what stands on a prototype reads as absent. */
export function ownMember(holder: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(holder, name) ? holder[name] : undefined;
}

/**
 * Reads one own member by name, `undefined` where there is none. A name that no prototype has is read directly, which is
 * several times as fast as asking first.
 */
export function memberReader(name: string): (holder: Readonly<Record<string, unknown>>) => unknown {
  if (isOnPrototype(name)) return (holder) => ownMember(holder, name);
  return (holder) => holder[name];
}

/** True for `constructor`, `__proto__`, `length`, `map` and the like: what an object or a list has without owning it. */
export function isOnPrototype(name: string): boolean {
  return name in [];
}
