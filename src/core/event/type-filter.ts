/** Types of the events that Tocsin makes of its own alerts begin so. */
export const ownTypePrefix = "tocsin.";

/**
 * Compiles event type filters in NATS subject syntax: `*` stands for one token, a last `>` for one or more. True where
 * any of them fits. Filters that do not begin with `tocsin.` never see Tocsin's own types.
 */
export function compileTypeFilters(filters: readonly string[]): (type: string) => boolean {
  const matchers = filters.map(compileTypeFilter);
  const [only] = matchers;
  if (only !== undefined && matchers.length === 1) return only;
  return (type) => matchers.some((matches) => matches(type));
}

function compileTypeFilter(filter: string): (type: string) => boolean {
  const tokens = filter.split(".");
  const seesOwnTypes = tokens[0] === "tocsin";
  const isLiteral = !tokens.includes("*") && tokens.at(-1) !== ">";
  if (isLiteral) return (type) => type === filter;
  return (type) => (seesOwnTypes || !type.startsWith(ownTypePrefix)) && matchesTokens(tokens, type.split("."));
}

function matchesTokens(filter: readonly string[], type: readonly string[]): boolean {
  for (const [index, token] of filter.entries()) {
    if (token === ">" && index === filter.length - 1) return type.length > index;
    if (index >= type.length) return false;
    if (token !== "*" && token !== type[index]) return false;
  }
  return filter.length === type.length;
}
