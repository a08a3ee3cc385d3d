/**
 * Whether a filter in NATS subject syntax fits a type, by the definition: `*` is one token, a last `>` one or more of them.
 * Tocsin's own types, which begin with `tocsin.`, are seen by filters alone that begin so too.
 */
export function fitsTypeFilter(filter: string, type: string): boolean {
  const isHidden = type.startsWith("tocsin.") && !filter.startsWith("tocsin.");
  return !isHidden && fits(filter.split("."), type.split("."));
}

function fits([token, ...filter]: readonly string[], [first, ...type]: readonly string[]): boolean {
  if (token === undefined || first === undefined) return token === first;
  if (token === ">" && filter.length === 0) return true;
  return (token === "*" || token === first) && fits(filter, type);
}
