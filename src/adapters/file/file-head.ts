import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

const headSizeMax = 4096;

/** The beginning of a file that tells it from another one: of a length that does not change as the file grows. */
export interface FileHead {
  readonly size: number;
  /** SHA-256 of it, the first 128 bits in hexadecimal. */
  readonly hash: string;
}

/**
 * The head of a file: its first line with the newline, or its first 4,096 bytes where that line is longer. Undefined where
 * the file is shorter than its own head is going to be, that is, where not even one line is whole: what is there would change.
 */
export async function readHead(handle: FileHandle): Promise<FileHead | undefined> {
  const bytes = await readAt(handle, headSizeMax);
  const newlineAt = bytes.indexOf(0x0a);
  if (newlineAt === -1 && bytes.length < headSizeMax) return undefined;
  return headOf(newlineAt === -1 ? bytes : bytes.subarray(0, newlineAt + 1));
}

/** The head of a file that does not grow any more: all of it, where it has no whole line. */
export async function readFinalHead(handle: FileHandle): Promise<FileHead> {
  return (await readHead(handle)) ?? headOf(await readAt(handle, headSizeMax));
}

/** True where the file still begins with `head`. */
export async function beginsWith(handle: FileHandle, head: FileHead): Promise<boolean> {
  return headOf(await readAt(handle, head.size)).hash === head.hash;
}

function headOf(bytes: Uint8Array): FileHead {
  return { size: bytes.length, hash: createHash("sha256").update(bytes).digest("hex").slice(0, 32) };
}

/** The first `size` bytes, or all where there are fewer. */
async function readAt(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
