import { createHash } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** SHA-256 of the text's UTF-8, in lower-case hexadecimal. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The first `bits` bits of the text's SHA-256 in RFC 4648 base32, lower case, unpadded; `bits` is a multiple of 8, at most 256. */
export function sha256Base32(text: string, bits: number): string {
  const digest = createHash("sha256")
    .update(text)
    .digest()
    .subarray(0, bits / 8);
  let result = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      result += alphabet.charAt((held >>> heldBits) & 31);
    }
    held &= (1 << heldBits) - 1;
  }
  if (heldBits > 0) result += alphabet.charAt((held << (5 - heldBits)) & 31);
  return result;
}
