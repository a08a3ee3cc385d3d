/**
 * What stands between two offsets of a CEL text, with the parentheses that belong to it: the parser's ranges leave out those
 * around a part's own first and last operand.
 */
export function celSlice(text: string, from: number, to: number): { readonly from: number; readonly to: number } {
  const { opened, unopened } = imbalanceOf(text.slice(from, to));
  return { from: backOver(text, from, unopened), to: onOver(text, to, opened) };
}

/** Brackets that are open at the end, and those that close one which is not in the text; those in quotes are not looked at. */
function imbalanceOf(text: string): { readonly opened: number; readonly unopened: number } {
  let opened = 0;
  let unopened = 0;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== "") {
      if (character === "\\") at += 1;
      else if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "(") opened += 1;
    else if (character === ")" && opened > 0) opened -= 1;
    else if (character === ")") unopened += 1;
  }
  return { opened, unopened };
}

function onOver(text: string, from: number, count: number): number {
  let to = from;
  for (let left = count; left > 0; left -= 1) {
    const at = text.slice(to).search(/\S/);
    if (at < 0 || text.charAt(to + at) !== ")") return to;
    to += at + 1;
  }
  return to;
}

function backOver(text: string, to: number, count: number): number {
  let from = to;
  for (let left = count; left > 0; left -= 1) {
    const before = text.slice(0, from).trimEnd();
    if (!before.endsWith("(")) return from;
    from = before.length - 1;
  }
  return from;
}
