/**
 * The top-level fields of an event that somebody reads where it is evaluated, sorted; or `all`, where somebody reads events
 * as wholes.
 */
export type Projection = readonly string[] | "all";

/** Past so many names the whole event is decoded: a projection pays by what it leaves out. */
const projectedNameCountMax = 64;

/** The projection that serves the readers of these names. */
export function projectionOf(names: Iterable<string>): Projection {
  const sorted = [...new Set(names)].sort();
  if (sorted.length > projectedNameCountMax || !sorted.every(isProjectable)) return "all";
  return sorted;
}

/** `__proto__` is no ordinary member of an object, text that is not well-formed has no bytes in UTF-8, and the scanner takes no empty name. */
function isProjectable(name: string): boolean {
  return name !== "" && name !== "__proto__" && !/\p{Surrogate}/u.test(name);
}
