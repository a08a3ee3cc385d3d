import { assert } from "../core/base/assert.ts";

/** Kinds of plots that take members of one rota; each has a lane, so that no two ever take the same member. */
export const laneCount = 8;

/**
 * Who is next, of a fixed number of users or cards. The noise takes every member once a round, so that chance never makes
 * what only a plot may make: whoever a plot takes was left alone for about half a round, and will be for another.
 */
export class Rota {
  readonly size: number;
  /** Coprime to the size: neighbours in the rota are no neighbours by number. */
  readonly stride: number;
  at = 0;

  constructor({ size, stride }: { readonly size: number; readonly stride: number }) {
    assert(
      size % (2 * laneCount) === 0 && greatestDivisor(size, stride) === 1,
      "a stride reaches every member, and half a round is whole lanes",
    );
    this.size = size;
    this.stride = stride;
  }

  /** The noise's next member: a number in [0, size). */
  next(): number {
    const number = this.numberAt(this.at);
    this.at = (this.at + 1) % this.size;
    return number;
  }

  /** A member half a round away, in the lane; `index` counts members of one plot, who are all different. */
  away(lane: number, index = 0): number {
    assert(lane >= 0 && lane < laneCount, "a plot keeps to a lane");
    const opposite = this.at + this.size / 2;
    return this.numberAt(opposite - (opposite % laneCount) + lane + index * laneCount);
  }

  private numberAt(position: number): number {
    return ((position % this.size) * this.stride) % this.size;
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
