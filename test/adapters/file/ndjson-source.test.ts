import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LineLimits } from "../../../src/adapters/file/line-splitter.ts";
import { ndjsonSource } from "../../../src/adapters/file/ndjson-source.ts";
import { ndjsonStreamSource } from "../../../src/adapters/file/ndjson-stream-source.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import type { Source, SourceMessage } from "../../../src/ports/source.ts";
import { describeSource } from "../../contract/source.ts";

let dir: string;
let path: string;
const opened: Source[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-file-"));
  path = join(dir, "events.ndjson");
});
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
  await rm(dir, { recursive: true });
});

describeSource("NDJSON file, followed", async () => {
  const own = await mkdtemp(join(tmpdir(), "tocsin-file-"));
  const file = join(own, "log.ndjson");
  return {
    reader: () => ndjsonSource({ name: "in", path: file, follow: true, clock: systemClock, pollMs: 5 }),
    append: (bodies) => appendFile(file, bodies.map((body) => `${body}\n`).join("")),
    firstSequence: 0,
    hasStamps: false,
    close: () => rm(own, { recursive: true }),
  };
});

function reader(follow: boolean, lineLimits?: LineLimits): Source {
  const source = ndjsonSource({
    name: "in",
    path,
    follow,
    clock: systemClock,
    pollMs: 2,
    ...(lineLimits === undefined ? {} : { lineLimits }),
  });
  opened.push(source);
  return source;
}

async function readAll(source: Source, messageCountMax = 100): Promise<SourceMessage[]> {
  const messages: SourceMessage[] = [];
  for (;;) {
    const batch = await source.pull({ messageCountMax, waitMs: 10_000 });
    messages.push(...batch.messages);
    if (batch.isFinished) return messages;
  }
}

const textOf = (message: SourceMessage): string => Buffer.from(message.bytes).toString();

describe("a bounded file", () => {
  const rows = [
    { why: "a last line without a newline is a line", body: "a\nb", want: ["a", "b"] },
    { why: "with one it is no other line", body: "a\nb\n", want: ["a", "b"] },
    { why: "blank lines count", body: "\n\na\n\n", want: ["", "", "a", ""] },
    { why: "nothing", body: "", want: [] },
  ];
  test.each(rows)("$why", async ({ body, want }) => {
    await writeFile(path, body);
    const source = reader(false);
    const identity = await source.open();
    await source.seek(0);
    const messages = await readAll(source);
    expect(messages.map(textOf)).toEqual(want);
    expect(messages.map((message) => message.sequence)).toEqual(want.map((_, index) => index));
    expect(identity).toMatchObject({ firstSequence: 0, lastSequence: want.length - 1 });
  });

  test("lines across chunks, of every length around the chunk's", async () => {
    const lines = [262_142, 262_143, 262_144, 262_145, 1, 0, 700_000, 3].map((size, index) =>
      String(index).repeat(size),
    );
    await writeFile(path, lines.join("\n"));
    const source = reader(false);
    await source.open();
    await source.seek(0);
    expect((await readAll(source, 3)).map(textOf)).toEqual(lines);
  });

  test("ends where it ended when it was opened", async () => {
    await writeFile(path, "a\nb");
    const source = reader(false);
    await source.open();
    await source.seek(0);
    await appendFile(path, "c\nd\n");
    expect((await readAll(source)).map(textOf)).toEqual(["a", "b"]);
  });

  test("seeks to any line of a file with several marks", async () => {
    const line = "x".repeat(99_999);
    const count = 500;
    await writeFile(path, Array.from({ length: count }, (_, index) => `${index}${line}`).join("\n"));
    const source = reader(false);
    expect((await source.open()).lastSequence).toBe(count - 1);
    for (const sequence of [499, 0, 170, 168, 336, 498]) {
      await source.seek(sequence);
      const { messages } = await source.pull({ messageCountMax: 1, waitMs: 0 });
      expect(messages.map((message) => [message.sequence, Number.parseInt(textOf(message), 10)])).toEqual([
        [sequence, sequence],
      ]);
    }
  });

  test("a line beyond the most is cut between two characters, counted, and costs no other", async () => {
    await writeFile(path, `a\n${"é".repeat(60)}\nb\n${"y".repeat(101)}`);
    const source = reader(false, { lineSizeMax: 100, cutSize: 11 });
    await source.open();
    await source.seek(0);
    const messages = await readAll(source);
    expect(messages.map((message) => [textOf(message), message.sizeBeforeCut])).toEqual([
      ["a", undefined],
      ["é".repeat(5), 120],
      ["b", undefined],
      ["y".repeat(11), 101],
    ]);
  });

  test("a batch ends at 8 MiB, so that long lines don't fill the memory", async () => {
    const line = "z".repeat(1024 * 1024);
    await writeFile(path, Array.from({ length: 20 }, () => line).join("\n"));
    const source = reader(false);
    await source.open();
    await source.seek(0);
    expect((await source.pull({ messageCountMax: 1000, waitMs: 0 })).messages).toHaveLength(8);
  });

  test("a line behind the end can't be sought: the file was cut", async () => {
    await writeFile(path, "a\nb\n");
    const source = reader(false);
    await source.open();
    await expect(source.seek(3)).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK", retryable: false });
    await source.seek(2);
    expect(await source.pull({ messageCountMax: 1, waitMs: 0 })).toEqual({
      messages: [],
      isAtEnd: true,
      isFinished: true,
    });
  });

  test("an absent file and a folder are told apart", async () => {
    await expect(reader(false).open()).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE", retryable: true });
    path = dir;
    await expect(reader(false).open()).rejects.toMatchObject({ code: "SOURCE_REFUSED" });
  });
});

describe("a followed file", () => {
  test("a line is taken when its newline is written", async () => {
    await writeFile(path, "a\nb");
    const source = reader(true);
    expect((await source.open()).lastSequence).toBe(0);
    await source.seek(0);
    const first = await source.pull({ messageCountMax: 10, waitMs: 0 });
    expect(first).toMatchObject({ isAtEnd: true, isFinished: false });
    expect(first.messages.map(textOf)).toEqual(["a"]);
    const pull = source.pull({ messageCountMax: 10, waitMs: 60_000 });
    await appendFile(path, "c\n");
    expect((await pull).messages.map(textOf)).toEqual(["bc"]);
  });

  test("it is open once its first line is whole, and then stays the same log", async () => {
    await writeFile(path, "");
    const source = reader(true);
    const opening = source.open();
    await appendFile(path, "a");
    await appendFile(path, "b\n");
    const identity = await opening;
    await appendFile(path, "c\n");
    expect((await reader(true).open()).created).toBe(identity.created);
  });

  test("closing ends the wait for a first line", async () => {
    await writeFile(path, "");
    const source = reader(true);
    const opening = source.open();
    await source.close();
    await expect(opening).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
  });

  test("a first line longer than the head does not change the log as it grows", async () => {
    await writeFile(path, "x".repeat(5000));
    const before = await reader(true).open();
    await appendFile(path, `${"x".repeat(5000)}\na\n`);
    expect((await reader(true).open()).created).toBe(before.created);
  });

  const faults: { why: string; code: string; happen: () => Promise<void> }[] = [
    { why: "it was cut", code: "SOURCE_ROLLED_BACK", happen: () => truncate(path, 2) },
    { why: "it was emptied", code: "SOURCE_ROLLED_BACK", happen: () => writeFile(path, "") },
    {
      why: "it was written anew, longer than before",
      code: "SOURCE_REPLACED",
      happen: () => writeFile(path, "other\nb\nc\nd\n"),
    },
    {
      why: "another file has its name",
      code: "SOURCE_REPLACED",
      happen: async () => {
        await writeFile(`${path}.new`, "a\nb\n");
        await rename(`${path}.new`, path);
      },
    },
    { why: "it was moved away", code: "SOURCE_REPLACED", happen: () => rename(path, `${path}.1`) },
  ];
  test.each(faults)("$why: $code", async ({ code, happen }) => {
    await writeFile(path, "a\nb\n");
    const source = reader(true);
    await source.open();
    await source.seek(0);
    expect((await source.pull({ messageCountMax: 10, waitMs: 0 })).messages).toHaveLength(2);
    await happen();
    const pull = source.pull({ messageCountMax: 10, waitMs: 60_000 });
    await expect(pull).rejects.toMatchObject({ code, retryable: false });
  });

  test("a pull that waits is told of a cut", async () => {
    await writeFile(path, "a\nb\n");
    const source = reader(true);
    await source.open();
    await source.seek(2);
    const pull = source.pull({ messageCountMax: 10, waitMs: 60_000 });
    await Promise.all([expect(pull).rejects.toMatchObject({ code: "SOURCE_ROLLED_BACK" }), truncate(path, 2)]);
  });

  test("another file under the name is another log", async () => {
    await writeFile(path, "a\nb\n");
    const before = await reader(true).open();
    await writeFile(`${path}.new`, "a\nb\n");
    await rename(`${path}.new`, path);
    expect((await reader(true).open()).created).not.toBe(before.created);
    await writeFile(path, "A\nb\n");
    const rewritten = await reader(true).open();
    expect(rewritten.created.split(":")[0]).not.toBe(before.created.split(":")[0]);
    expect(rewritten.created.split(":")[2]).not.toBe(before.created.split(":")[2]);
  });
});

describe("a stream", () => {
  function streamSource(chunks: AsyncIterable<Uint8Array>): Source {
    const source = ndjsonStreamSource({ name: "-", stream: chunks, clock: systemClock });
    opened.push(source);
    return source;
  }

  test("lines across chunks, and the last without a newline", async () => {
    const source = streamSource(Readable.from([Buffer.from("a\nb"), Buffer.from("c\n\nd")]));
    expect(await source.open()).toEqual({ name: "-", created: "stream", firstSequence: 0, lastSequence: -1 });
    await source.seek(0);
    const messages = await readAll(source, 2);
    expect(messages.map((message) => `${message.sequence} ${textOf(message)}`)).toEqual(["0 a", "1 bc", "2 ", "3 d"]);
  });

  test("a pull that waited long enough loses nothing that comes later", async () => {
    let give = (_chunk: Uint8Array): void => undefined;
    const later = new Promise<Uint8Array>((resolve) => {
      give = resolve;
    });
    const source = streamSource(
      (async function* () {
        yield await later;
      })(),
    );
    await source.open();
    expect(await source.pull({ messageCountMax: 5, waitMs: 1 })).toEqual({
      messages: [],
      isAtEnd: false,
      isFinished: false,
    });
    give(Buffer.from("a\nb"));
    expect((await readAll(source)).map(textOf)).toEqual(["a", "b"]);
  });

  test("can't be read from its middle", async () => {
    const source = streamSource(Readable.from([]));
    await expect(source.seek(1)).rejects.toMatchObject({ code: "SOURCE_REFUSED" });
  });

  test("one that breaks off says so", async () => {
    const source = streamSource(
      (async function* () {
        yield Buffer.from("a\n");
        throw new Error("pipe burst");
      })(),
    );
    await source.open();
    expect((await source.pull({ messageCountMax: 5, waitMs: 60_000 })).messages).toHaveLength(1);
    await expect(source.pull({ messageCountMax: 5, waitMs: 60_000 })).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
    });
  });

  test("is read no further than asked", async () => {
    let read = 0;
    const source = streamSource(
      (async function* () {
        for (;;) {
          read += 1;
          yield Buffer.from("a\nb\n");
        }
      })(),
    );
    await source.open();
    await source.pull({ messageCountMax: 1, waitMs: 60_000 });
    await source.pull({ messageCountMax: 1, waitMs: 60_000 });
    expect(read).toBe(1);
  });
});
