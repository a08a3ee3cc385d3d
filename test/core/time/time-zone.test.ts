import { expect, test } from "vitest";
import { isTimeZone } from "../../../src/core/time/time-zone.ts";

test.each([
  { name: "UTC", isOne: true, why: "universal time" },
  { name: "Europe/Berlin", isOne: true, why: "a name of the database" },
  { name: "America/Argentina/Buenos_Aires", isOne: true, why: "one of three parts" },
  { name: "Europe/Atlantis", isOne: false, why: "no such place" },
  { name: "local", isOne: false, why: "what the machine is set to would differ between machines" },
  { name: "", isOne: false, why: "no name" },
])("a time zone: $name, $why", ({ name, isOne }) => {
  expect(isTimeZone(name)).toBe(isOne);
});
