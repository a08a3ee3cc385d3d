import { ByteReader, ByteWriter } from "../base/bytes.ts";
import type { SnapshotWriter } from "./snapshot.ts";

/** Target size of a segment. A single record that is larger makes a segment of its own. */
export const segmentBytesMax = 1024 * 1024;

/** Packs a snapshot into segments of about `segmentBytesMax` at most, in order. */
export class SegmentPacker implements SnapshotWriter {
  readonly segments: Uint8Array[] = [];
  writer = new ByteWriter(64 * 1024);

  put(address: string, bytes: Uint8Array | undefined): void {
    const size = address.length * 3 + (bytes?.length ?? 0) + 16;
    if (this.writer.size > 0 && this.writer.size + size > segmentBytesMax) this.close();
    this.writer.string(address);
    this.writer.boolean(bytes !== undefined);
    if (bytes !== undefined) this.writer.bytes(bytes);
  }

  private close(): void {
    this.segments.push(this.writer.finish());
    this.writer = new ByteWriter(64 * 1024);
  }

  finish(): readonly Uint8Array[] {
    if (this.writer.size > 0) this.close();
    return this.segments;
  }
}

/**
 * Puts a segment's records over those read so far.
 *
 * @throws {CorruptBytesError} where the segment is damaged.
 */
export function readSegment(bytes: Uint8Array, entries: Map<string, Uint8Array>): void {
  const reader = new ByteReader(bytes);
  while (!reader.isAtEnd) {
    const address = reader.string();
    if (reader.boolean()) entries.set(address, reader.bytes());
    else entries.delete(address);
  }
}
