const secretKey = /(?<![\w-])(?:url|smtp|token|secret|password)["']?[ \t]*:(?=[ \t\r]|["']|$)/;

const wholeReference = /^[ \t]*(["']?)\$\{(?:env|file):[^}]+\}\1[ \t\r]*$/;

const mask = "***";

/**
 * Settings as they may be shown: a secret that was written there by mistake must not go on to a log. What stands behind a
 * key of a secret is masked up to the end of its line, with the lines that go on further in, unless it is one reference
 * (`${env:NAME}`). Lines stay lines, and what stands before a secret keeps its column.
 */
export function withoutSecrets(text: string): string {
  let hiddenBeyond: number | undefined;
  const shown = text.split("\n").map((line) => {
    const indent = line.length - line.trimStart().length;
    if (hiddenBeyond !== undefined && (line.trim() === "" || indent > hiddenBeyond)) {
      return line.trim() === "" ? line : `${line.slice(0, indent)}${mask}`;
    }
    hiddenBeyond = undefined;
    const key = secretKey.exec(line);
    if (key === null) return line;
    const end = key.index + key[0].length;
    const value = line.slice(end);
    if (wholeReference.test(value)) return line;
    // Inside braces what goes on may stand as far left as the line itself.
    hiddenBeyond = /[{[]/.test(line.slice(0, key.index)) ? indent : firstColumn(line, key.index);
    return value.trim() === "" ? line : `${line.slice(0, end)} ${mask}`;
  });
  return shown.join("\n");
}

/** Where the key itself begins: its quote is part of it. */
function firstColumn(line: string, at: number): number {
  return /["']/.test(line.charAt(at - 1)) ? at - 1 : at;
}
