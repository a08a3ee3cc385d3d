import { expect, test } from "vitest";
import { compileFields } from "../../../src/core/event/fields-maker.ts";

const names = ["a", "b c", "constructor", "0", 'q"\n\u2028${x}', "not there"];
const values = [1, "x", null, [1], { deep: true }, undefined];

test.for([true, false])("each name has its value, and every event all names: generated %s", (mayGenerate) => {
  const fields = compileFields(names, mayGenerate)({ valueAt: (index) => values[index] });
  expect(Object.keys(fields).sort()).toEqual([...names].sort());
  for (const [index, name] of names.entries()) expect(fields[name]).toBe(values[index]);
});

test.for([true, false])("an event has only fields of its own: generated %s", (mayGenerate) => {
  const make = compileFields(["a"], mayGenerate);
  const first = make({ valueAt: () => 1 });
  expect(make({ valueAt: () => undefined })).toStrictEqual({ a: undefined });
  expect(first).toStrictEqual({ a: 1 });
});
