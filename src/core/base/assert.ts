/** A bug in Tocsin itself, never a fault of the world: it stops the job before it can checkpoint. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/**
 * Throws where the program contradicts itself. On in production.
 *
 * @throws {AssertionError} when `condition` is false.
 */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim);
}
