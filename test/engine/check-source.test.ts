import { expect, test } from "vitest";
import { checkSource } from "../../src/engine/check-source.ts";
import type { SourceRecord } from "../../src/ports/shard-store.ts";
import type { Source, SourceIdentity } from "../../src/ports/source.ts";

const record: SourceRecord = { name: "events", created: "the log", sequence: 5, stampMs: 50 };
const identity: SourceIdentity = { name: "events", created: "the log", firstSequence: 1, lastSequence: 9 };

function sourceWith(stampMs: number | undefined): Source {
  return {
    name: "events",
    open: async () => identity,
    stampOf: async () => stampMs,
    seek: async () => {},
    pull: async () => ({ messages: [], isAtEnd: true, isFinished: false }),
    release: async () => {},
    close: async () => {},
  };
}

interface Row {
  readonly why: string;
  readonly records: readonly SourceRecord[];
  readonly found?: Partial<SourceIdentity>;
  readonly stampMs?: number;
  readonly outcome: SourceRecord | string;
}

const rows: readonly Row[] = [
  { why: "no checkpoint", records: [], outcome: "unread" },
  {
    why: "nothing was read yet, so it may be any log",
    records: [{ ...record, sequence: -1, created: "gone" }],
    outcome: "unread",
  },
  { why: "the log as it was", records: [record], stampMs: 50, outcome: record },
  { why: "a message that retention took away proves nothing", records: [record], outcome: record },
  {
    why: "a log without stamps",
    records: [{ ...record, stampMs: undefined }],
    stampMs: 7,
    outcome: { ...record, stampMs: undefined },
  },
  { why: "read to its very end", records: [record], found: { lastSequence: 5 }, stampMs: 50, outcome: record },
  { why: "another log", records: [record], found: { created: "another" }, stampMs: 50, outcome: "SOURCE_REPLACED" },
  { why: "another name in the settings", records: [{ ...record, name: "orders" }], outcome: "SOURCE_REPLACED" },
  {
    why: "shorter than what was read",
    records: [record],
    found: { lastSequence: 4 },
    stampMs: 50,
    outcome: "SOURCE_ROLLED_BACK",
  },
  { why: "another message at the position", records: [record], stampMs: 51, outcome: "SOURCE_ROLLED_BACK" },
];

test.each(rows)("$why", async ({ records, found, stampMs, outcome }) => {
  const checking = checkSource(sourceWith(stampMs), { ...identity, ...found }, records);
  if (typeof outcome === "string" && outcome !== "unread")
    await expect(checking).rejects.toMatchObject({ code: outcome, retryable: false });
  else expect(await checking).toEqual(outcome);
});
