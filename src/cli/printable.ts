/** Text as a terminal may have it: control characters and those that turn the direction of writing, which could steer it, as U+FFFD. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\uFFFD");
}
