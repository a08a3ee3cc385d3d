import { open, stat, type FileHandle } from "node:fs/promises";
import { assert } from "../../core/base/assert.ts";
import type { Clock } from "../../ports/clock.ts";
import { CepError } from "../../ports/error.ts";
import type { Source, SourceBatch, SourceIdentity, SourceMessage } from "../../ports/source.ts";
import { beginsWith, type FileHead, readFinalHead, readHead } from "./file-head.ts";
import { indexLines, type LineIndex, markBefore } from "./line-index.ts";
import { defaultLineLimits, type Line, type LineLimits, LineSplitter } from "./line-splitter.ts";

export interface NdjsonSourceOptions {
  /** The configured source's name. */
  readonly name: string;
  readonly path: string;
  /** True: the file goes on growing and reading goes on with it. False: it ends where it ends when it is opened. */
  readonly follow: boolean;
  readonly clock: Clock;
  /** How often a followed file is looked at while nothing comes. */
  readonly pollMs?: number;
  readonly lineLimits?: LineLimits;
}

const chunkSize = 256 * 1024;
const batchSizeMax = 8 * 1024 * 1024;

/**
 * An NDJSON file as a log: a line is a message, its 0-based number its sequence; blank lines are messages too. It keeps no
 * stamps.
 *
 * The log is told from another by inode and head (the first line, or 4,096 bytes of it), neither of which changes as the
 * file grows; a followed file is therefore open only once its first line is whole, and `open` waits for that. A last line
 * without a newline is still being written: it is taken where the file is bounded, never where it is followed.
 *
 * Delivery guarantees: while it is followed, a file that was cut is SOURCE_ROLLED_BACK, and one that was replaced, moved away
 * (log rotation: follow a name that stays, or let the shipper write to JetStream) or rewritten at its head is
 * SOURCE_REPLACED. Neither is retryable: what was read can't be read again.
 * At the limit: a line of more than 64 MiB gives its first 64 KiB and its size. A batch ends at 8 MiB.
 */
export function ndjsonSource(options: NdjsonSourceOptions): Source {
  const reader = new FileReader(options);
  return {
    name: options.name,
    open: () => reader.open(),
    stampOf: async () => undefined,
    seek: (sequence) => reader.seek(sequence),
    pull: (limits) => reader.pull(limits),
    release: async () => {},
    close: () => reader.close(),
  };
}

/** A file once it is open. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  readonly head: FileHead;
  readonly index: LineIndex;
  /** Where a bounded file ends; infinite for one that is followed. */
  readonly endOffset: number;
}

class FileReader {
  readonly #options: NdjsonSourceOptions;
  readonly #closing = new AbortController();
  #file: OpenFile | undefined;
  #splitter: LineSplitter;
  /** Lines read and not given. */
  #lines: Line[] = [];
  #lineCursor = 0;
  /** Sequence of the line at `#lineCursor`. */
  #sequence = 0;
  #readOffset = 0;
  #isFinished = false;
  /** The pull under way, which must end before the file is closed under it. */
  #pulling: Promise<SourceBatch> | undefined;

  constructor(options: NdjsonSourceOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.lineLimits ?? defaultLineLimits);
  }

  async open(): Promise<SourceIdentity> {
    assert(this.#file === undefined, "a source is opened once");
    const { path, follow, name } = this.#options;
    const handle = await this.#openHandle();
    try {
      const { ino, size } = await handle.stat({ bigint: true });
      const head = follow ? await this.#waitForHead(handle) : await readFinalHead(handle);
      const fileSize = follow ? Number((await handle.stat()).size) : Number(size);
      const index = await indexLines(handle, fileSize);
      this.#file = { handle, inode: ino, head, index, endOffset: follow ? Number.POSITIVE_INFINITY : fileSize };
      const hasOpenLine = !follow && index.end.offset < fileSize;
      return {
        name,
        created: `${ino}:${head.size}:${head.hash}`,
        firstSequence: 0,
        lastSequence: index.end.sequence - (hasOpenLine ? 0 : 1),
      };
    } catch (error) {
      await handle.close();
      throw asSourceError(error, path);
    }
  }

  async #openHandle(): Promise<FileHandle> {
    const { path } = this.#options;
    try {
      const handle = await open(path, "r");
      if ((await handle.stat()).isFile()) return handle;
      await handle.close();
    } catch (error) {
      throw asSourceError(error, path);
    }
    throw new CepError("SOURCE_REFUSED", `${path} is no regular file: name a file, or - for standard input`);
  }

  async #waitForHead(handle: FileHandle): Promise<FileHead> {
    for (;;) {
      const head = await readHead(handle);
      if (head !== undefined) return head;
      if (this.#closing.signal.aborted) throw new CepError("SOURCE_UNAVAILABLE", `${this.#options.path} was closed`);
      await this.#poll(handle, 0);
    }
  }

  async seek(sequence: number): Promise<void> {
    const { index } = this.#opened();
    const mark = markBefore(index, sequence);
    this.#splitter = new LineSplitter(this.#options.lineLimits ?? defaultLineLimits);
    this.#lines = [];
    this.#lineCursor = 0;
    this.#readOffset = mark.offset;
    this.#sequence = mark.sequence;
    this.#isFinished = false;
    while (this.#sequence < sequence) {
      if (this.#lineCursor === this.#lines.length && !(await this.#read())) {
        if (this.#lineCursor < this.#lines.length) continue;
        throw new CepError(
          "SOURCE_ROLLED_BACK",
          `${this.#options.path} ends before line ${sequence}, counted from 0: it was cut, or is another file. Restore it, or begin anew with another namespace (server) or dataDir (embedded)`,
        );
      }
      if (this.#lineCursor < this.#lines.length) {
        this.#lineCursor += 1;
        this.#sequence += 1;
      }
    }
  }

  pull(limits: { readonly messageCountMax: number; readonly waitMs: number }): Promise<SourceBatch> {
    this.#pulling = this.#fill(limits.messageCountMax, limits.waitMs);
    return this.#pulling;
  }

  async #fill(messageCountMax: number, waitMs: number): Promise<SourceBatch> {
    const { clock } = this.#options;
    const deadlineAt = clock.now() + waitMs;
    const messages: SourceMessage[] = [];
    let size = 0;
    let isAtEnd = false;
    while (messages.length < messageCountMax && size < batchSizeMax && !this.#closing.signal.aborted) {
      if (this.#lineCursor < this.#lines.length) {
        size += this.#take(messages, messageCountMax, batchSizeMax - size);
        continue;
      }
      if (await this.#read()) continue;
      if (this.#lineCursor < this.#lines.length) continue;
      isAtEnd = true;
      const leftMs = deadlineAt - clock.now();
      if (messages.length > 0 || this.#isFinished || leftMs <= 0) break;
      await this.#poll(this.#opened().handle, this.#readOffset, leftMs);
    }
    return { messages, isAtEnd, isFinished: isAtEnd && this.#isFinished };
  }

  /** Moves lines that were read to `messages`, until either limit; yields their bytes. */
  #take(messages: SourceMessage[], messageCountMax: number, sizeMax: number): number {
    let size = 0;
    while (messages.length < messageCountMax && size < sizeMax) {
      const line = this.#lines[this.#lineCursor];
      if (line === undefined) break;
      const { bytes, sizeBeforeCut } = line;
      const sequence = this.#sequence;
      messages.push({ sequence, stampMs: undefined, subject: undefined, headers: undefined, bytes, sizeBeforeCut });
      this.#lineCursor += 1;
      this.#sequence += 1;
      size += bytes.length;
    }
    return size;
  }

  /** Reads one chunk; false at the end of the file, where a bounded one may still give its open line. */
  async #read(): Promise<boolean> {
    const { handle, endOffset } = this.#opened();
    assert(this.#lineCursor === this.#lines.length, "a chunk is read when all lines before it are given");
    this.#lines = [];
    this.#lineCursor = 0;
    const wanted = Math.min(chunkSize, endOffset - this.#readOffset);
    const chunk = Buffer.allocUnsafe(wanted);
    const bytesRead = wanted === 0 ? 0 : (await handle.read(chunk, 0, wanted, this.#readOffset)).bytesRead;
    if (bytesRead > 0) {
      this.#readOffset += bytesRead;
      this.#splitter.split(chunk.subarray(0, bytesRead), this.#lines);
      return true;
    }
    if (this.#options.follow) {
      await this.#checkIsSame(handle, this.#readOffset);
    } else if (this.#readOffset < endOffset) {
      throw rolledBack(this.#options.path);
    } else if (!this.#isFinished) {
      this.#isFinished = true;
      const line = this.#splitter.finish();
      if (line !== undefined) this.#lines.push(line);
    }
    return false;
  }

  /** @throws {CepError} SOURCE_ROLLED_BACK, SOURCE_REPLACED. */
  async #checkIsSame(handle: FileHandle, readOffset: number): Promise<void> {
    const { path } = this.#options;
    let found: { readonly ino: bigint; readonly size: bigint };
    try {
      found = await stat(path, { bigint: true });
    } catch (error) {
      throw isMissing(error) ? replaced(path, "it was removed or moved away") : asSourceError(error, path);
    }
    const { ino, size } = await handle.stat({ bigint: true });
    if (found.ino !== ino) throw replaced(path, "another file has its name");
    if (size < BigInt(readOffset)) throw rolledBack(path);
    const head = this.#file?.head;
    if (head !== undefined && !(await beginsWith(handle, head))) throw replaced(path, "it does not begin as it did");
  }

  async #poll(handle: FileHandle, readOffset: number, leftMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.#options.clock.sleep(Math.min(this.#options.pollMs ?? 50, leftMs), this.#closing.signal);
    if (!this.#closing.signal.aborted) await this.#checkIsSame(handle, readOffset);
  }

  #opened(): OpenFile {
    assert(this.#file !== undefined, "a source is opened before it is read");
    return this.#file;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#pulling?.catch(() => undefined);
    await this.#file?.handle.close();
  }
}

function rolledBack(path: string): CepError {
  return new CepError(
    "SOURCE_ROLLED_BACK",
    `${path} is shorter than what was read of it: it was cut. Restore it, or begin anew with another namespace (server) or dataDir (embedded)`,
  );
}

function replaced(path: string, how: string): CepError {
  return new CepError(
    "SOURCE_REPLACED",
    `${path} is not the file that was read: ${how}. Restore it, or begin anew with another namespace (server) or dataDir (embedded); a log that is rotated is better sent to JetStream`,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function asSourceError(error: unknown, path: string): unknown {
  if (error instanceof CepError || !(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ENOENT") {
    return new CepError("SOURCE_UNAVAILABLE", `${path} is not there: check its name, or create it`, {
      retryable: true,
      cause: error,
    });
  }
  if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EISDIR") {
    return new CepError(
      "SOURCE_REFUSED",
      `${path} can't be read (${error.code}): name a file that this user may read`,
      {
        cause: error,
      },
    );
  }
  return new CepError("SOURCE_UNAVAILABLE", `${path} can't be read: ${error.message}`, {
    retryable: true,
    cause: error,
  });
}
