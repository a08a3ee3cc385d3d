import { assert } from "./assert.ts";

/**
 * A seeded generator for the simulator and for tests: equal seeds give equal sequences on every machine. Not for secrets.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, "Small Fast Counting", PractRand), seeded as its
 * `sfc32::seed(s1, s2, s3)` does: three words, a counter of 1, and 15 outputs thrown away.
 */
export class Prng {
  /** What the generator was made from; `fork` derives from it and not from the current state. */
  readonly seed: readonly [number, number, number];
  a: number;
  b: number;
  c: number;
  counter = 1;

  constructor(seed: readonly [number, number, number]) {
    this.seed = seed;
    [this.a, this.b, this.c] = seed;
    for (let round = 0; round < 15; round += 1) this.nextUint32();
  }

  /** An integer in [0, 2^32). */
  nextUint32(): number {
    const output = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + output) | 0;
    return output >>> 0;
  }

  /** A multiple of 2^-53 in [0, 1). */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** An integer in [0, limit), each as likely: what would favour some is drawn again. `limit` is from 1 to 2^32. */
  nextBelow(limit: number): number {
    assert(Number.isInteger(limit) && limit >= 1 && limit <= 2 ** 32, "a limit is an integer from 1 to 2^32");
    const fairMax = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const drawn = this.nextUint32();
      if (drawn < fairMax) return drawn % limit;
    }
  }

  /**
   * Another generator, a function of this one's seed and `label` alone: what is drawn from either never moves the other,
   * so a new consumer of randomness leaves the sequences of all others as they were.
   */
  fork(label: string): Prng {
    const [a, b, c] = this.seed;
    return new Prng([mix(a, `a${label}`), mix(b, `b${label}`), mix(c, `c${label}`)]);
  }
}

/** A generator from one number; its bits above the 32nd count too, so that `Date.now()`-like seeds differ. */
export function prngFromSeed(seed: number): Prng {
  assert(Number.isSafeInteger(seed), "a seed is an integer");
  return new Prng([0, seed | 0, Math.floor(seed / 2 ** 32) | 0]);
}

/** FNV-1a over UTF-16 units, then MurmurHash3's 32-bit finaliser, so that every bit of both inputs reaches every bit. */
function mix(word: number, label: string): number {
  let hash = word ^ 0x811c9dc5;
  for (let index = 0; index < label.length; index += 1) hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
