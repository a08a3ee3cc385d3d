/** Lines of a text, ended by a line feed; a carriage return before it belongs to neither line nor column. */
export interface LineIndex {
  readonly lineCount: number;
  /** 1-based line and column, in UTF-16 units, of a 0-based offset. */
  placeOf(offset: number): { readonly line: number; readonly column: number };
  /** Offset behind the last unit of the line that holds `offset`, its line break not included. */
  lineEndOf(offset: number): number;
}

export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);

  /** 0-based index of the last line that starts at or before `offset`. */
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  return {
    lineCount: starts.length,
    placeOf(offset) {
      const line = lineOf(offset);
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    lineEndOf(offset) {
      const next = starts[lineOf(offset) + 1];
      if (next === undefined) return text.length;
      return text.charAt(next - 2) === "\r" && next - 2 >= offset ? next - 2 : next - 1;
    },
  };
}
