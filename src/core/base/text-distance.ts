/** Longer names are never compared: nobody mistypes them, and the cost is quadratic. */
const comparedLengthMax = 64;

/**
 * The candidate that a reader most likely meant by `name`: the one at the least distance, the first of equals. Undefined
 * where even that one is too far: more than a third of the longer name's letters would have to change. Case counts for nothing.
 */
export function nearestOf(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > comparedLengthMax) return undefined;
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate.length > comparedLengthMax) continue;
    const distanceMax = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(candidate.length - name.length) > distanceMax) continue;
    const distance = textDistance(wanted, candidate.toLowerCase());
    if (distance <= distanceMax && distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** `; did you mean "x"?`, or nothing where no candidate is near: the end of a fault's message. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestOf(name, candidates);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/**
 * Damerau-Levenshtein distance in its optimal string alignment form: the least number of insertions, deletions,
 * replacements and swaps of neighbours that make one text of the other, no part being edited twice.
 */
export function textDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isEqual = left[row - 1] === right[column - 1];
      let distance = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (isEqual ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) distance = Math.min(distance, beforePrevious[column - 2]! + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length]!;
}
