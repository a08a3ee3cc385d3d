/* CEL counts the characters of a string in code points, JavaScript in UTF-16 units. They differ only where there are surrogates. */

const surrogate = /[\uD800-\uDFFF]/;

export function codePointCount(text: string): number {
  return surrogate.test(text) ? Array.from(text).length : text.length;
}

/** `[start, end)`; both within `0` to `codePointCount(text)`. */
export function codePointSlice(text: string, start: number, end: number): string {
  return surrogate.test(text) ? Array.from(text).slice(start, end).join("") : text.slice(start, end);
}

/** Position in UTF-16 units of the code point at `index`. */
export function unitOffset(text: string, index: number): number {
  return surrogate.test(text) ? Array.from(text).slice(0, index).join("").length : index;
}

export function reverseText(text: string): string {
  return Array.from(text).reverse().join("");
}
