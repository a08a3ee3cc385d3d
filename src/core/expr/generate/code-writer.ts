/**
 * Collects the statements of one function. All that a user wrote enters by `constant`, as data: the text holds nothing but
 * what this folder's own files put there.
 */
export class CodeWriter {
  readonly constants: unknown[] = [];
  private readonly names = new Map<unknown, string>();
  private lines: string[] = [];
  private variableCount = 0;

  /** The name that a value has in the text. */
  constant(value: unknown): string {
    const known = this.names.get(value);
    // A map takes 0 for -0.
    if (known !== undefined && !Object.is(value, -0)) return known;
    const name = `c${this.constants.push(value) - 1}`;
    if (!Object.is(value, -0)) this.names.set(value, name);
    return name;
  }

  /** A new variable or label. */
  fresh(): string {
    this.variableCount += 1;
    return `v${this.variableCount}`;
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** What `write` writes, apart. */
  apart(write: () => void): string {
    const before = this.lines;
    this.lines = [];
    write();
    const text = this.lines.join("\n");
    this.lines = before;
    return text;
  }

  get text(): string {
    return this.lines.join("\n");
  }
}
