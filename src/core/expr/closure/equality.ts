import { isList, isMap } from "./property.ts";

/** CEL's `==`: across types false, lists and maps by what they hold, NaN equal to nothing. `undefined` is null. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return (left ?? null) === null && (right ?? null) === null;
  }
  if (isList(left)) return isList(right) && areListsEqual(left, right);
  if (isList(right) || !isMap(left) || !isMap(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]));
}

function areListsEqual(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
}

/** True where some item of the list equals the value. */
export function isMember(list: readonly unknown[], value: unknown): boolean {
  for (const item of list) if (isEqual(item, value)) return true;
  return false;
}
