import { isJsonObject, toJson } from "../core/base/json.ts";
import type { JsonValue } from "../core/base/json.ts";
import { isDeeperThan } from "../core/event/json-text.ts";
import { readCsv } from "../core/table/file-members.ts";
import type { ListChange, Member } from "../core/table/list-change.ts";
import { memberType, typeOfWritten } from "../core/table/member-rows.ts";
import { parseDuration } from "../core/time/duration.ts";

/** Members of a request, or why it is refused. */
export type ListBody =
  | { readonly kind: "members"; readonly members: readonly GivenMember[] }
  | { readonly kind: "refused"; readonly status: 400 | 413 | 415; readonly reason: string };

/** A member that is to be added. */
interface GivenMember {
  readonly member: Member;
  /** It reads as a number and has no type of its own: it stands for the text and the number. */
  readonly isEither: boolean;
  readonly fields: Readonly<Record<string, JsonValue>>;
  readonly ttlMs: number | undefined;
}

/** Members that one request may bring. */
const listMemberCountMax = 100_000;
/** Characters of a member, and of its fields as JSON. */
const memberLengthMax = 4_096;
const fieldsLengthMax = 16_384;
const depthMax = 64;

export interface ListBodyOptions {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Of members that say nothing of it themselves. */
  readonly ttlMs: number | undefined;
}

const lineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines"];

/**
 * Reads the members of a request: JSON (one, or an array of them), NDJSON, or CSV with a header whose first column is the
 * member. In JSON a member is a text, a number, or `{member, fields, ttl, untyped}`: a text that reads as a
 * number stands for both where it is untyped, as in a file without types. Any fault refuses the whole request.
 */
export function readListBody(body: Uint8Array, options: ListBodyOptions): ListBody {
  const type = options.contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const { contentEncoding: encoding = "identity" } = options;
  if (encoding !== "identity")
    return refused(415, `the content encoding ${encoding} is not taken: send the body as it is`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return refused(400, "the body is not UTF-8");
  }
  if (type === "text/csv") return readTable(text, options);
  if (isDeeperThan(text, depthMax))
    return refused(400, `the fields of a member are nested at most ${depthMax} levels deep`);
  if (lineTypes.includes(type)) return readJsonLines(text, options);
  if (type === "application/json") return readJson(text, options);
  const found = type || "a body without a content type";
  return refused(415, `members are taken as application/json, application/x-ndjson or text/csv, not as ${found}`);
}

function readJson(text: string, options: ListBodyOptions): ListBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused(400, "the body is not JSON; members in lines are sent as application/x-ndjson");
  }
  return membersOf(Array.isArray(value) ? value : [value], options, (index) => `member ${index + 1}`);
}

function readJsonLines(text: string, options: ListBodyOptions): ListBody {
  const values: unknown[] = [];
  const lineNumbers: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (/^[ \t\r]*$/.test(line)) continue;
    try {
      values.push(JSON.parse(line));
      lineNumbers.push(index + 1);
    } catch {
      return refused(400, `line ${index + 1} is not JSON`);
    }
    if (values.length > listMemberCountMax) return tooMany();
  }
  return membersOf(values, options, (index) => `line ${lineNumbers[index]}`);
}

function readTable(text: string, { ttlMs }: ListBodyOptions): ListBody {
  const { rows, faults } = readCsv(text, undefined);
  const [first] = faults;
  if (first !== undefined) return refused(400, `the table can't be read: ${first.message}`);
  if (rows.count > listMemberCountMax) return tooMany();
  const members: GivenMember[] = [];
  for (let row = 0; row < rows.count; row += 1) {
    const isEither = rows.types[row] === memberType.either;
    const given = { member: rows.textAt(row), isEither, fields: rows.fieldsAt(row), ttlMs };
    const reason = sizeRefusal(given);
    if (reason !== undefined) return refused(400, `member ${row + 1}: ${reason}`);
    members.push(given);
  }
  return { kind: "members", members };
}

function membersOf(values: readonly unknown[], options: ListBodyOptions, placeOf: (index: number) => string): ListBody {
  if (values.length > listMemberCountMax) return tooMany();
  const members: GivenMember[] = [];
  for (const [index, value] of values.entries()) {
    const given = givenMember(value, options);
    const reason = typeof given === "string" ? given : sizeRefusal(given);
    if (typeof given === "string" || reason !== undefined) return refused(400, `${placeOf(index)}: ${reason}`);
    members.push(given);
  }
  return { kind: "members", members };
}

function givenMember(value: unknown, { ttlMs }: ListBodyOptions): GivenMember | string {
  const {
    member,
    fields = {},
    ttl,
    untyped = false,
    ...others
  } = isJsonObject(value) ? value : { member: toJson(value) };
  const [strange] = Object.keys(others);
  if (strange !== undefined) return `unknown key ${strange}; there are member, fields, ttl and untyped`;
  if (typeof member !== "string" && typeof member !== "number")
    return "a member is a text, a number, or an object with `member`, and `fields` and `ttl` where it has them";
  if (!isJsonObject(fields)) return "`fields` is an object";
  if (Object.hasOwn(fields, "__proto__")) return "no field can be called __proto__";
  const ownTtlMs =
    ttl === undefined || ttl === null ? ttlMs : typeof ttl === "string" ? parseDuration(ttl) : Number.NaN;
  if (ttl !== undefined && ttl !== null && (ownTtlMs === undefined || !(ownTtlMs > 0)))
    return 'a `ttl` is a duration with a unit, such as "1h"';
  if (typeof untyped !== "boolean") return "`untyped` is true or false";
  const isEither = untyped && typeof member === "string" && typeOfWritten(member) === memberType.either;
  return { member, isEither, fields, ttlMs: ownTtlMs };
}

function sizeRefusal({ member, fields }: GivenMember): string | undefined {
  if (typeof member === "string" && member.length > memberLengthMax)
    return `a member has at most ${memberLengthMax} characters`;
  if (JSON.stringify(fields).length > fieldsLengthMax)
    return `the fields of a member have at most ${fieldsLengthMax} characters as JSON`;
  return undefined;
}

/** The changes that add the members: in a list of equal values, what stands for both is added as both. */
export function additionsOf(members: readonly GivenMember[], isExact: boolean): readonly ListChange[] {
  return members.flatMap(({ member, isEither, fields, ttlMs }): ListChange[] => {
    const change = { kind: "add", member, fields, ttlMs } as const;
    return isEither && isExact ? [change, { ...change, member: Number(member) }] : [change];
  });
}

/** What a member in a path stands for: paths have no types. */
export function membersOfText(text: string, isExact: boolean): readonly Member[] {
  return isExact && typeOfWritten(text) === memberType.either ? [text, Number(text)] : [text];
}

function tooMany(): ListBody {
  return refused(413, `one request brings at most ${listMemberCountMax} members: send them in parts`);
}

function refused(status: 400 | 413 | 415, reason: string): ListBody {
  return { kind: "refused", status, reason };
}
