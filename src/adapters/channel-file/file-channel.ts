import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { recordOf } from "../../core/notify/effect-record.ts";
import type { Channel, SendResult } from "../../ports/channel.ts";

export interface FileChannelOptions {
  readonly name: string;
  /** Of the file to append to; created where absent, its folder is not. */
  readonly path: string;
}

/**
 * Appends one line of JSON for each delivery, the effect's record and `delivery`, and answers when the disk has it.
 *
 * Delivery guarantees: a crash between the write and its mark appends the line again; `delivery` is then equal. A line that
 * a crash or a full disk cut short stays as it is, on a line of its own: readers pass over what is no JSON.
 * At the limit: a full disk is retryable. Deliveries that wait for the disk share one sync; they are as many as the workers.
 */
export function fileChannel({ name, path }: FileChannelOptions): Channel {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let file: FileHandle | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const result = await append(batch.map(({ line }) => line).join(""));
      for (const { answer } of batch) answer(result);
    }
    writing = undefined;
  }

  async function append(text: string): Promise<SendResult> {
    try {
      file ??= await openForAppend(path);
      const isAfterCutLine = await endsInsideLine(file);
      await file.appendFile(isAfterCutLine ? `\n${text}` : text);
      await file.datasync();
      return { kind: "delivered" };
    } catch (error) {
      await file?.close().catch(() => undefined);
      file = undefined;
      return {
        kind: "retryable",
        reason: `${path} can't be appended to (${error instanceof Error ? error.message : String(error)})`,
      };
    }
  }

  return {
    name,
    send(delivery) {
      const line = `${JSON.stringify({ ...recordOf(delivery.effect), delivery: delivery.id })}\n`;
      return new Promise((answer) => {
        waiting.push({ line, answer });
        writing ??= writeAll();
      });
    },
    async close() {
      await writing;
      await file?.close();
      file = undefined;
    },
  };
}

interface Waiting {
  readonly line: string;
  readonly answer: (result: SendResult) => void;
}

/** Opens the file, and makes sure that a new one's name is on the disk too. */
async function openForAppend(path: string): Promise<FileHandle> {
  const file = await open(path, "a+");
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return file;
}

async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 10;
}
