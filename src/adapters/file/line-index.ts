import type { FileHandle } from "node:fs/promises";

/** A place where a line begins. */
export interface LineMark {
  /** 0-based number of the line. */
  readonly sequence: number;
  /** Byte offset of its first character. */
  readonly offset: number;
}

/** What one pass over a file's first `size` bytes finds. */
export interface LineIndex {
  /** In order; the first is the file's beginning, the others about 16 MiB apart: a terabyte has 65,536. */
  readonly marks: readonly LineMark[];
  /** Behind the last newline. */
  readonly end: LineMark;
}

const chunkSize = 1024 * 1024;
const markDistance = 16 * 1024 * 1024;

/** Counts the lines of the first `size` bytes, so that reading can begin near any of them. */
export async function indexLines(handle: FileHandle, size: number): Promise<LineIndex> {
  const marks: LineMark[] = [{ sequence: 0, offset: 0 }];
  const chunk = Buffer.allocUnsafe(chunkSize);
  let end: LineMark = { sequence: 0, offset: 0 };
  let nextMarkAt = markDistance;
  for (let offset = 0; offset < size; ) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunkSize, size - offset), offset);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    let { sequence } = end;
    let last = -1;
    for (let at = read.indexOf(0x0a); at !== -1; at = read.indexOf(0x0a, at + 1)) {
      sequence += 1;
      last = at;
    }
    if (last !== -1) end = { sequence, offset: offset + last + 1 };
    offset += bytesRead;
    if (offset >= nextMarkAt && last !== -1) {
      marks.push(end);
      nextMarkAt = offset + markDistance;
    }
  }
  return { marks, end };
}

/** The last mark that is not behind the line `sequence`. */
export function markBefore(index: LineIndex, sequence: number): LineMark {
  let found: LineMark = { sequence: 0, offset: 0 };
  for (const mark of [...index.marks, index.end]) {
    if (mark.sequence <= sequence) found = mark;
  }
  return found;
}
