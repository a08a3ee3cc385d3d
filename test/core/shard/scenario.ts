// Shard tests as text: a line an entry of the log, and beside it what the shard tells.
import { expect } from "vitest";
import { canonicalJson } from "../../../src/core/base/json.ts";
import type { JsonValue } from "../../../src/core/base/json.ts";
import type { Decoded } from "../../../src/core/event/decode.ts";
import { compilePlan } from "../../../src/core/plan/compile-plan.ts";
import type { Plan } from "../../../src/core/plan/plan.ts";
import type { AlertDraft, Output } from "../../../src/core/shard/output.ts";
import { Shard } from "../../../src/core/shard/shard.ts";
import type { ShardSettings } from "../../../src/core/shard/shard.ts";
import { restoreShard, snapshotWhole } from "../../../src/core/shard/snapshot.ts";
import { step } from "../../../src/core/shard/step.ts";
import type { LogEntry } from "../../../src/core/shard/step.ts";
import { durationMs, eventTimeMs, logTimeMs } from "../../../src/core/time/instant.ts";
import type { SourceTime } from "../../../src/core/time/source-time.ts";
import { loadDocuments } from "../../../src/spec/document-set.ts";
import type { DocumentFile, DocumentSet } from "../../../src/spec/document-set.ts";

/** Documents as object literals, read by the loader that reads files. */
export interface Documents {
  readonly rules?: readonly object[];
  readonly patterns?: readonly object[];
  readonly lists?: readonly object[];
}

/** A row of a table of scenarios. */
export interface Row extends Documents {
  readonly why: string;
  readonly outOfOrdernessMs?: number;
  readonly bufferedEventCountMax?: number;
  readonly derivedEventCountMax?: number;
  readonly keyCountMax?: number;
  readonly sources?: readonly SourceTime[];
  /**
   * Lines `TIME TYPE [^STAMP] [@SOURCE] [FIELD=VALUE]... [=> OUTPUT; OUTPUT…]`; or `idle STAMP [@SOURCE]`, `tick STAMP`,
   * `watermark TIME`, `end`; or a message of several events, `batch EVENT | EVENT…`. An event's id is the number of its line, in a batch `"LINE.INDEX"`. A value is
   * JSON where it can be read so, else text. Outputs are as `textOf` has them.
   */
  readonly stream: string;
}

export function documentSetOf({ rules = [], patterns = [], lists = [] }: Documents): DocumentSet {
  const files: DocumentFile[] = [
    { path: "rules/r.json", kind: "rule", text: JSON.stringify(rules) },
    { path: "patterns/p.json", kind: "pattern", text: JSON.stringify(patterns) },
    { path: "lists/l.json", kind: "list", text: JSON.stringify(lists) },
  ];
  const { set, lints } = loadDocuments(files);
  const errors = lints.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  return set;
}

export function planOf(documents: Documents): Plan {
  const { plan, faults } = compilePlan(documentSetOf(documents));
  if (plan === undefined) throw new Error(JSON.stringify(faults, null, 2));
  return plan;
}

export function settingsOf(
  row: Pick<
    Row,
    "outOfOrdernessMs" | "bufferedEventCountMax" | "derivedEventCountMax" | "keyCountMax" | "sources"
  > = {},
): ShardSettings {
  return {
    outOfOrdernessMs: durationMs(row.outOfOrdernessMs ?? 0),
    ...(row.sources === undefined ? {} : { sources: row.sources }),
    bufferedEventCountMax: row.bufferedEventCountMax ?? 1_000,
    derivedEventCountMax: row.derivedEventCountMax ?? 1_000,
    keyCountMax: row.keyCountMax ?? 1_000,
    observing: { matches: true, windows: true, late: true, events: true, why: false, explain: undefined },
  };
}

/** Plays a row twice: in one go, and stopped and restored before each line. */
export function play(row: Row): void {
  const plan = planOf(row);
  const settings = settingsOf(row);
  const lines = linesOf(row.stream);
  const told = (between: (shard: Shard) => Shard) => {
    let shard = new Shard(plan, settings);
    return lines.map((line, sequence) => {
      const [head = ""] = line.split(" =>");
      const outputs: Output[] = [];
      shard = between(shard);
      step(shard, entryOf(head, sequence), outputs);
      return outputs.length === 0 ? head : `${head} => ${outputs.map(textOf).join("; ")}`;
    });
  };
  expect(told((shard) => shard)).toEqual(lines);
  expect(told(restored), "restored before each line").toEqual(lines);
}

/** Everything that a stream of lines without expectations tells, and the shard as it ends. */
export function run(
  documents: Documents,
  stream: string,
  settings: ShardSettings = settingsOf(),
): { readonly shard: Shard; readonly outputs: readonly Output[] } {
  const shard = new Shard(planOf(documents), settings);
  const outputs: Output[] = [];
  for (const [sequence, line] of linesOf(stream).entries()) step(shard, entryOf(line, sequence), outputs);
  return { shard, outputs };
}

export function draftsOf(outputs: readonly Output[]): readonly AlertDraft[] {
  return outputs.flatMap((output) => (output.kind === "alert" ? [output.draft] : []));
}

/** The same shard, through its bytes. */
export function restored(shard: Shard): Shard {
  return restoreShard(shard.plan, shard.settings, entriesOf(shard));
}

export function entriesOf(shard: Shard): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  snapshotWhole(shard, {
    put: (address, bytes) => {
      if (bytes !== undefined) entries.set(address, bytes);
    },
  });
  return entries;
}

function linesOf(stream: string): readonly string[] {
  return stream
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "");
}

/** An output as a row has it; keys and events are their JSON. */
export function textOf(output: Output): string {
  switch (output.kind) {
    case "alert": {
      const { rule, key, time, held, mode } = output.draft.alert;
      return `${mode === undefined ? "" : `${mode} `}alert ${rule} ${keyText(key)} @${time}${held === undefined ? "" : ` held ${held}`}`;
    }
    case "resolved": {
      const { rule, key, time, cause, mode } = output.resolved;
      return `${mode === undefined ? "" : `${mode} `}resolved ${rule} ${keyText(key)} @${time} ${cause}`;
    }
    case "match": {
      const { pattern, rule, key, match } = output;
      const ids = [...match.steps].map(([name, events]) => `${name}:${events.map(({ id }) => nameText(id)).join(",")}`);
      const whose = rule === undefined ? pattern : `${rule}.${pattern}`;
      return `match ${whose} ${keyText(key)} ${ids.join(" ")} @${match.time}${match.timedOut ? " timed out" : ""}`;
    }
    case "window": {
      const { rule, window, key, start, end, values, firing } = output;
      const texts = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      return `window ${rule}.${window} ${keyText(key)} ${start}..${end} ${texts.join(" ")} ${firing}`;
    }
    case "late": {
      const { rule, window, pattern, event } = output;
      return `late ${[rule, window ?? pattern].filter((name) => name !== undefined).join(".")} ${nameText(event)}`;
    }
    case "event": {
      const { rule, isShadow, event } = output;
      const { id: _id, type: _type, time: _time, ...fields } = event.fields;
      return `${isShadow ? "shadow " : ""}event ${rule} ${event.type} ${canonicalJson(fields).replaceAll('"', "'")} @${event.time}`;
    }
    case "explanation":
      return `explanation ${output.explanation.kind}`;
    case "alarm":
      return `alarm ${output.alarm.code}: ${output.alarm.message}`;
    case "dead-letter":
      return `dead letter ${output.deadLetter.reason}`;
  }
}

/** A derived event's id is a hash: a row says MADE. */
function nameText(id: string | number): string {
  return /^a[a-z2-7]{26}$/.test(String(id)) ? "MADE" : String(id);
}

function keyText(key: Readonly<Record<string, JsonValue>>): string {
  return canonicalJson(key).replaceAll('"', "'");
}

export function entryOf(line: string, sequence: number): LogEntry {
  const [word = "", argument = ""] = line.split(" ");
  if (word === "end") return { kind: "end" };
  if (word === "watermark") return { kind: "watermark", at: eventTimeMs(Number(argument)) };
  const source = / @(\w+)/.exec(line)?.[1];
  if (word === "tick") return { kind: "journal", entry: { kind: word, at: logTimeMs(Number(argument)) } };
  if (word === "idle")
    return {
      kind: "journal",
      entry: { kind: word, at: logTimeMs(Number(argument)), ...(source === undefined ? {} : { source }) },
    };
  const texts = word === "batch" ? line.slice("batch ".length).split(" | ") : [line];
  const stamp = /\^(\d+)/.exec(line)?.[1];
  return {
    kind: "message",
    source,
    stampMs: stamp === undefined ? undefined : Number(stamp),
    elements: texts.map((text, index) => elementOf(text, { sequence, index, isBatch: word === "batch" })),
  };
}

function elementOf(
  text: string,
  { sequence, index, isBatch }: { readonly sequence: number; readonly index: number; readonly isBatch: boolean },
): Decoded {
  const position = { source: "test", sequence, index };
  if (text.split(" ")[0] === "broken") {
    const deadLetter = { position, reason: "not-json", detail: "broken", raw: text, encoding: "utf8" } as const;
    return { kind: "dead-letter", deadLetter };
  }
  const [time = "", type = "", ...rest] = text.split(" ");
  const fields: Record<string, JsonValue> = {};
  for (const [, name = "", value = ""] of rest.map((part) => /^(\w+)=(.*)$/.exec(part) ?? [])) {
    if (name !== "") fields[name] = valueOf(value);
  }
  const id = isBatch ? `${sequence}.${index}` : sequence;
  return { kind: "event", event: { position, id, type, time: eventTimeMs(Number(time)), source: "test", fields } };
}

function valueOf(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
