import type { MapEntry } from "./source-node.ts";
import type { SyntaxFault } from "./syntax-fault.ts";

/**
 * The members of an object as read, without those that can't stand: a key that stands twice, and `__proto__`, which many
 * programs that read the document would take for more than a name.
 */
export function checkKeys(entries: readonly MapEntry[], faults: SyntaxFault[]): readonly MapEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ key: { value: name, start, end } }) => {
    if (name === "__proto__") {
      faults.push({ start, end, code: "unknown-key", message: "the key `__proto__` is refused: give it another name" });
      return false;
    }
    if (seen.has(name)) {
      faults.push({
        start,
        end,
        code: "duplicate",
        message: `the key \`${name}\` stands twice in one object: remove one of them`,
      });
      return false;
    }
    seen.add(name);
    return true;
  });
}
