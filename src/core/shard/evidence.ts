import type { WindowEvidence } from "../window/window-fact.ts";
import { firedWith } from "./evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Shard } from "./shard.ts";
import { takenSteps } from "./taken-steps.ts";
import { windowEvidenceAt } from "./window-operator.ts";

/** Most event names that an alert carries; `evidenceCount` has their full number. */
const evidenceCountMax = 100;

/**
 * The events behind an alert: of the match, of the windows that the conditions read, or the event itself; in the order
 * taken, the last 100. Where several of these are behind it their events stand one after another, each once; the count
 * is then exact as long as none of them has more than 100.
 */
export function gatherEvidence(
  shard: Shard,
  evaluation: Evaluation,
): { readonly evidence: readonly (string | number)[]; readonly evidenceCount: number } {
  if (evaluation.because.kind === "answer") return evaluation.because.question.evidence;
  const parts = evidenceParts(shard, evaluation);
  const [only] = parts;
  if (only !== undefined && parts.length === 1)
    return { evidence: only.ids.slice(-evidenceCountMax), evidenceCount: only.count };
  const ids = new Set(parts.flatMap((part) => part.ids));
  const listed = parts.reduce((sum, part) => sum + part.ids.length, 0);
  const full = parts.reduce((sum, part) => sum + part.count, 0);
  return { evidence: [...ids].slice(-evidenceCountMax), evidenceCount: full - (listed - ids.size) };
}

function evidenceParts(shard: Shard, evaluation: Evaluation): WindowEvidence[] {
  const { rule, place, at, event, because } = evaluation;
  const parts: WindowEvidence[] = [];
  for (const window of rule.windows) {
    const { declared } = window;
    const isCause = because.kind === "window" && because.declared === declared;
    if (!isCause && !rule.program.evidenceWindows.includes(declared)) continue;
    parts.push(firedWith(evaluation, window)?.evidence ?? windowEvidenceAt(shard, window, place, at));
  }
  if (because.kind === "match") {
    const ids = takenSteps(because.match).map((taken) => taken.event.id);
    parts.push({ ids, count: ids.length });
  }
  if (parts.length === 0 && event !== undefined) parts.push({ ids: [event.id], count: 1 });
  return parts;
}
