import { knownEffectId } from "../alert/alert-identity.ts";
import type { EffectId } from "../alert/effect.ts";
import { CorruptBytesError } from "../base/bytes.ts";
import type { ByteReader, ByteWriter } from "../base/bytes.ts";
import { isJsonObject, toJson } from "../base/json.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import { decodeEvent, encodeEvent } from "../event/event-codec.ts";
import { keyGroupOf, keyString } from "../event/key.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { eventTimeMs } from "../time/instant.ts";

const version = 1;

/** What a part of the conditions came to that needed no asynchronous fact. Neither member: it is `undefined`. */
export interface Settled {
  readonly value?: JsonValue;
  readonly error?: string;
}

/**
 * An evaluation that waits for asynchronous facts, with all that it read as it stood then. State of the shard: it is
 * checkpointed, and asked again where nobody answered. Plain data, but for `isStored`.
 */
export interface Question {
  /** A function of what caused the evaluation; the id of the alert that it may lead to. */
  readonly id: EffectId;
  /** Number of the question: in the order of asking. */
  readonly order: number;
  readonly rule: string;
  /** What decided in the rule then: under another version it is not answered. */
  readonly decision: string;
  readonly keyString: string;
  readonly values: readonly JsonValue[];
  readonly key: Readonly<Record<string, JsonValue>>;
  readonly group: number;
  /** Time of the evaluation, and of its alert. */
  readonly at: EventTimeMs;
  readonly event: TocsinEvent | undefined;
  readonly prev: TocsinEvent | undefined;
  readonly keySince: EventTimeMs | undefined;
  /** Values of the declared names. */
  readonly slots: Readonly<Record<string, JsonValue>>;
  readonly settled: readonly Settled[];
  readonly evidence: { readonly evidence: readonly (string | number)[]; readonly evidenceCount: number };
  /** A snapshot holds it. */
  isStored: boolean;
}

/** The address of a question in segments: no key's dimension begins so. */
export const questionPrefix = "question ";

export function questionAddress(id: string): string {
  return `${questionPrefix}${id}`;
}

export function encodeQuestion(question: Question, writer: ByteWriter): void {
  const { id, order, rule, decision, values, key, at, event, prev, keySince, slots, settled, evidence } = question;
  writer.byte(version);
  writer.string(id);
  writer.count(order);
  writer.string(rule);
  writer.string(decision);
  writer.number(at);
  writer.json({ values, key, slots, settled, ...evidence, keySince });
  for (const taken of [event, prev]) {
    writer.boolean(taken !== undefined);
    if (taken !== undefined) encodeEvent(taken, writer);
  }
}

/** @throws {CorruptBytesError} where the bytes hold no question of this version. */
export function decodeQuestion(reader: ByteReader): Question {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no question of version 1");
  const id = knownEffectId(reader.string());
  const order = reader.count();
  const rule = reader.string();
  const decision = reader.string();
  const at = reader.number();
  const frozen = toJson(reader.json());
  const event = reader.boolean() ? decodeEvent(reader) : undefined;
  const prev = reader.boolean() ? decodeEvent(reader) : undefined;
  if (id === undefined || !Number.isFinite(at) || !isJsonObject(frozen)) throw damaged(reader);
  const { values, key, slots, settled, evidence, evidenceCount, keySince } = frozen;
  if (!Array.isArray(values) || !isJsonObject(key) || !isJsonObject(slots) || !Array.isArray(settled))
    throw damaged(reader);
  if (!Array.isArray(evidence) || typeof evidenceCount !== "number") throw damaged(reader);
  const listed: readonly JsonValue[] = evidence;
  const parts: readonly JsonValue[] = settled;
  const text = keyString(values);
  return {
    id,
    order,
    rule,
    decision,
    keyString: text,
    values,
    key,
    group: keyGroupOf(text),
    at: eventTimeMs(at),
    event,
    prev,
    keySince: typeof keySince === "number" ? eventTimeMs(keySince) : undefined,
    slots,
    settled: parts.map((part) => settledOf(part, reader)),
    evidence: { evidence: listed.filter(isName), evidenceCount },
    isStored: true,
  };
}

function settledOf(part: JsonValue, reader: ByteReader): Settled {
  if (!isJsonObject(part)) throw damaged(reader);
  const { value, error }: JsonObject = part;
  if (typeof error === "string") return { error };
  return value === undefined ? {} : { value };
}

function isName(value: JsonValue): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function damaged(reader: ByteReader): CorruptBytesError {
  return new CorruptBytesError(`state is damaged: no question at ${reader.at}`);
}
