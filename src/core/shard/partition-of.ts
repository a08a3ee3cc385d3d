import type { TocsinEvent } from "../event/event.ts";
import type { Partitions } from "../time/source-time.ts";

/** The partition that an event is of: texts as they are, other values as JSON. Events without the field are one of their own, "". */
export function partitionOf({ by }: Partitions, { source, fields }: TocsinEvent): string {
  if (by === "source") return source;
  const value = Object.hasOwn(fields, by) ? fields[by] : undefined;
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
