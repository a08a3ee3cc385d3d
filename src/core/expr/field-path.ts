const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const literalNames = ["true", "false", "null", "in"];
const step = String.raw`\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d{1,15})\]`;
/** An event is at most 64 levels deep; a longer path is left to CEL's parser and its own limits. */
const stepCountMax = 128;
const fieldPath = new RegExp(`^([A-Za-z_][A-Za-z0-9_]*)((?:${step})*)$`);

/** True where an expression's text is nothing but a field's name: as a part of a key it stays readable without an event. */
export function isPlainFieldName(text: string): boolean {
  return plainName.test(text) && !literalNames.includes(text);
}

export interface FieldPath {
  readonly name: string;
  readonly steps: readonly { readonly step: string | number; readonly at: number }[];
}

/** `amount`, `device.id`, `items[0].sku`; undefined for any other text. `at` is where a step's name or index stands. */
export function parseFieldPath(text: string): FieldPath | undefined {
  const match = fieldPath.exec(text);
  const name = match?.[1];
  if (name === undefined || !isPlainFieldName(name)) return undefined;
  const steps = Array.from(text.matchAll(new RegExp(step, "g")), ({ 1: member, 2: index, index: at }) => ({
    step: member ?? Number(index),
    at: at + 1,
  }));
  return steps.length > stepCountMax ? undefined : { name, steps };
}
