import type { Reporter, SerializedError, TestModule, TestRunEndReason } from "vitest/node";

/** What the run came to, for a script to read. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `12 passed, 0 failed`, and `, 3 skipped` where any were. */
export function plainLine({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * Counts tests, and as one failure each what failed outside of a test: a file that could not be loaded or whose hook
 * threw, an error that nobody caught, a run that was broken off or found nothing to do.
 */
export function countOutcome(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  reason: TestRunEndReason,
): Outcome {
  const outcome = { passed: 0, failed: unhandled.length, skipped: 0 };
  for (const module of modules) {
    let failedInModule = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") outcome.passed += 1;
      else if (state === "failed") failedInModule += 1;
      else outcome.skipped += 1;
    }
    const isFailedAsAWhole = module.state() === "failed" && failedInModule === 0;
    outcome.failed += isFailedAsAWhole ? 1 : failedInModule;
  }
  if (outcome.failed === 0 && (reason !== "passed" || outcome.passed === 0)) outcome.failed = 1;
  return outcome;
}

/** Writes the plain line when the process ends, so behind all that anybody else writes. */
export default class PlainLineReporter implements Reporter {
  line: string | undefined;

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    if (this.line === undefined) process.once("exit", () => process.stdout.write(`${this.line}\n`));
    this.line = plainLine(countOutcome(modules, unhandled, reason));
  }
}
