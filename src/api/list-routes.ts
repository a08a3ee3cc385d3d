import type { ListSummary, MemberPage, MemberPlace, MemberView } from "../core/table/list-view.ts";
import { firstPlace } from "../core/table/list-view.ts";
import type { ListChange, Member } from "../core/table/list-change.ts";
import { formatDuration, parseDuration } from "../core/time/duration.ts";
import type { ListCommandResult } from "../engine/list-commands.ts";
import type { ApiRequest, ApiResponse } from "./exchange.ts";
import { fault, json, wholeBody } from "./exchange.ts";
import { additionsOf, membersOfText, readListBody } from "./list-body.ts";

/**
 * The lists of the process behind the routes.
 *
 * @throws {CepError} STORE_UNAVAILABLE from any of them while the shard is not recovered.
 */
export interface ListHandlers {
  summaries(): readonly ListSummary[];
  page(
    list: string,
    options: { readonly prefix: string; readonly from: MemberPlace; readonly countMax: number },
  ): MemberPage;
  find(list: string, member: Member): MemberView | undefined;
  /** Whether the very member is there, not only a wider one around it. */
  has(list: string, member: Member): boolean;
  /** Resolves once the change is durable. */
  change(list: string, changes: readonly ListChange[]): Promise<ListCommandResult>;
}

const pageCountDefault = 100;
const pageCountMax = 1_000;

/** `GET /lists`: what there is, and how much is in it. */
export function answerLists(lists: ListHandlers): ApiResponse {
  return json(200, { lists: lists.summaries().map(summaryLine) });
}

function summaryLine({ id, kind, ttlMs, fields, counts }: ListSummary): unknown {
  return { id, kind, ttl: ttlMs === undefined ? null : formatDuration(ttlMs), fields: fields ?? null, ...counts };
}

/** `GET /lists/{id}?prefix=&limit=&cursor=`: the list and a page of its members. */
export function answerMembers(id: string, request: ApiRequest, lists: ListHandlers): ApiResponse {
  const summary = lists.summaries().find((list) => list.id === id);
  if (summary === undefined) return noList(id, lists);
  const { query } = request;
  const strange = [...query.keys()].find((name) => !["prefix", "limit", "cursor"].includes(name));
  if (strange !== undefined) return fault(400, `unknown parameter ${strange}; there are prefix, limit and cursor`);
  const limit = query.get("limit") ?? String(pageCountDefault);
  const countMax = Number(limit);
  if (!/^\d+$/.test(limit) || countMax < 1 || countMax > pageCountMax)
    return fault(400, `limit is a number from 1 to ${pageCountMax}`);
  const cursor = query.get("cursor");
  const from = cursor === null ? firstPlace : placeOfCursor(cursor);
  if (from === undefined) return fault(400, "cursor is what the page before gave");
  const { members, next } = lists.page(id, { prefix: query.get("prefix") ?? "", from, countMax });
  return json(200, { list: summaryLine(summary), members, cursor: next === undefined ? null : cursorOf(next) });
}

function cursorOf(place: MemberPlace): string {
  return place.part === "documents" ? `d${place.row}` : `a${place.sequence}`;
}

function placeOfCursor(text: string): MemberPlace | undefined {
  const [, part, digits] = /^([da])(\d{1,15})$/.exec(text) ?? [];
  if (part === undefined) return undefined;
  return part === "d" ? { part: "documents", row: Number(digits) } : { part: "added", sequence: Number(digits) };
}

/** `GET /lists/{id}/{member}`: what a condition would find. */
export function answerMember(id: string, text: string, lists: ListHandlers): ApiResponse {
  const summary = lists.summaries().find((list) => list.id === id);
  if (summary === undefined) return noList(id, lists);
  for (const member of membersOfText(text, summary.kind === "exact")) {
    const found = lists.find(id, member);
    if (found !== undefined) return json(200, found);
  }
  return fault(404, `${text} is not in the list ${id}`);
}

/** `POST /lists/{id}?ttl=`: adds members. 200 `{added}` once they are durable; all of them, or none. */
export async function answerAddition(id: string, request: ApiRequest, lists: ListHandlers): Promise<ApiResponse> {
  const summary = lists.summaries().find((list) => list.id === id);
  if (summary === undefined) return noList(id, lists);
  const { query, headers } = request;
  const strange = [...query.keys()].find((name) => name !== "ttl");
  if (strange !== undefined) return fault(400, `unknown parameter ${strange}; there is ttl`);
  const ttl = query.get("ttl");
  const ttlMs = ttl === null ? undefined : parseDuration(ttl);
  if (ttl !== null && (ttlMs === undefined || ttlMs <= 0))
    return fault(400, "ttl is a duration with a unit, such as 1h");
  const bytes = await wholeBody(request);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const body = readListBody(bytes, {
    contentType: headers["content-type"],
    contentEncoding: headers["content-encoding"],
    ttlMs,
  });
  if (body.kind === "refused") return fault(body.status, body.reason);
  if (body.members.length === 0) return json(200, { added: 0 });
  const result = await lists.change(id, additionsOf(body.members, summary.kind === "exact"));
  return result.kind === "done" ? json(200, { added: body.members.length }) : refusal(result);
}

/** `DELETE /lists/{id}/{member}`: 200 `{removed: 1}` once it is durable; a member that is not there is 404. */
export async function answerRemoval(id: string, text: string, lists: ListHandlers): Promise<ApiResponse> {
  const summary = lists.summaries().find((list) => list.id === id);
  if (summary === undefined) return noList(id, lists);
  const members = membersOfText(text, summary.kind === "exact");
  if (!members.some((member) => lists.has(id, member))) return fault(404, `${text} is no member of the list ${id}`);
  const result = await lists.change(
    id,
    members.map((member) => ({ kind: "remove", member }) as const),
  );
  return result.kind === "done" ? json(200, { removed: 1 }) : refusal(result);
}

function refusal({ cause, reason }: Extract<ListCommandResult, { readonly kind: "refused" }>): ApiResponse {
  return fault(cause === "unknown-list" ? 404 : 400, reason);
}

function noList(id: string, lists: ListHandlers): ApiResponse {
  const known = lists.summaries().map((list) => list.id);
  return fault(
    404,
    `there is no list ${id}; ${known.length === 0 ? "there are none" : `there are ${known.join(", ")}`}`,
  );
}
