import { IANAZone } from "luxon";

/** True for the name of a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}
