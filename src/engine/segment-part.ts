import { segmentBytesMax } from "../core/shard/segment.ts";

/** At the end of the name of a part whose segment goes on in the next name of the manifest. */
const continuedMark = "+";

/** What goes into the store under one name. */
export interface SegmentPart {
  readonly bytes: Uint8Array;
  /** The next part goes on with the same segment. */
  readonly isContinued: boolean;
}

/** Cuts segments so that each part fits the store: a single record may be larger than a segment should be. */
export function segmentParts(segments: readonly Uint8Array[]): readonly SegmentPart[] {
  return segments.flatMap((bytes) => {
    const parts: SegmentPart[] = [];
    for (let start = 0; start < bytes.length; start += segmentBytesMax) {
      const end = Math.min(bytes.length, start + segmentBytesMax);
      parts.push({ bytes: bytes.subarray(start, end), isContinued: end < bytes.length });
    }
    return parts;
  });
}

/** A name that is used once: the number of the commit, that of the part in it, and the owner who writes it. */
export function segmentName(commit: number, index: number, owner: string, isContinued: boolean): string {
  return `${commit}-${index}-${owner.slice(0, 8)}${isContinued ? continuedMark : ""}`;
}

/** The number of the commit that wrote a segment. */
export function commitOf(name: string): number {
  return Number.parseInt(name, 10) || 0;
}

/** Names of a manifest in groups: each is one segment in its parts. */
export function wholeSegments(names: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let open: string[] = [];
  for (const name of names) {
    open.push(name);
    if (name.endsWith(continuedMark)) continue;
    groups.push(open);
    open = [];
  }
  if (open.length > 0) groups.push(open);
  return groups;
}
