import type { MemberFields } from "./list-program.ts";

/** What a member of the documents stands for: a text, a number, or, where a file without types has a number, either. */
export const memberType = { text: 0, number: 1, either: 2 } as const;

/**
 * Members of the documents by row, all within one text: a million of them are three arrays and no object each. Rows of a
 * file come first, then those that the document itself has.
 */
export class MemberRows {
  text: string;
  starts: Uint32Array;
  ends: Uint32Array;
  types: Uint8Array;
  count = 0;
  /** Fields of a row; undefined: members have none. */
  fieldsOf: ((row: number) => MemberFields) | undefined;
  private readonly extras: string[] = [];
  private extraLength = 0;

  /** @param text the file's; members that stand in it as they are, are kept as their place in it. */
  constructor(text: string, capacity: number, fieldsOf: ((row: number) => MemberFields) | undefined) {
    this.text = text;
    this.starts = new Uint32Array(capacity);
    this.ends = new Uint32Array(capacity);
    this.types = new Uint8Array(capacity);
    this.fieldsOf = fieldsOf;
  }

  /** A member that stands in the text. */
  addPlace(start: number, end: number, type: number): void {
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.types[this.count] = type;
    this.count += 1;
  }

  /** A member that does not stand in the text as it is meant. */
  addText(member: string, type: number): void {
    const start = this.text.length + this.extraLength;
    this.extras.push(member);
    this.extraLength += member.length;
    this.addPlace(start, start + member.length, type);
  }

  /** To be called once, when all are in. */
  close(): void {
    if (this.extras.length > 0) this.text += this.extras.join("");
    this.extras.length = 0;
  }

  textAt(row: number): string {
    return this.text.slice(this.starts[row], this.ends[row]);
  }

  fieldsAt(row: number): MemberFields {
    return this.fieldsOf?.(row) ?? noFields;
  }

  private grow(): void {
    const capacity = Math.max(16, this.starts.length * 2);
    const grown = new MemberRows("", capacity, undefined);
    grown.starts.set(this.starts);
    grown.ends.set(this.ends);
    grown.types.set(this.types);
    this.starts = grown.starts;
    this.ends = grown.ends;
    this.types = grown.types;
  }
}

export const noFields: MemberFields = {};

/** How a file without types means a member: what reads as a number, written as JSON and JavaScript write it, is both. */
export function typeOfWritten(text: string): number {
  const code = text.charCodeAt(0);
  const mayBeNumber = (code >= 48 && code <= 57) || code === 45;
  return mayBeNumber && String(Number(text)) === text ? memberType.either : memberType.text;
}
