/** A secret as adapters see it. */
export function plainSecret(text: string): { reveal(): string } {
  return { reveal: () => text };
}
