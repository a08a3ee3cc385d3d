import type {
  EvaluationExplanation,
  ReachExplanation,
  RuleExplanation,
  VisitExplanation,
} from "../shard/rule-explanation.ts";

/** What one event came to at the rule that is asked about. */
export interface EventAccount {
  readonly reach: ReachExplanation;
  /** One for each key that the event has. */
  readonly visits: readonly VisitExplanation[];
  /** Those that the event caused; where it caused none, the next one of its key: of the window that closed after it. */
  readonly evaluations: readonly EvaluationExplanation[];
  /** The evaluation is such a next one. */
  readonly isLater: boolean;
}

/**
 * Gathers, out of all that a run tells of a rule, what concerns one event: the one that is named (of several of one name the
 * last), or the last of all. Keeps no more than that.
 */
export class EventAccounts {
  private readonly wanted: string | undefined;
  private reach: ReachExplanation | undefined;
  private visits: VisitExplanation[] = [];
  private evaluations: EvaluationExplanation[] = [];
  private isLater = false;

  /** @param wanted the event's id as text; undefined: the last event. */
  constructor(wanted: string | undefined) {
    this.wanted = wanted;
  }

  add(explanation: RuleExplanation): void {
    switch (explanation.kind) {
      case "reach":
        if (this.wanted !== undefined && String(explanation.event) !== this.wanted) return;
        this.reach = explanation;
        this.visits = [];
        this.evaluations = [];
        this.isLater = false;
        return;
      case "visit":
        if (explanation.event === this.reach?.event) this.visits.push(explanation);
        return;
      case "evaluation":
        this.addEvaluation(explanation);
    }
  }

  private addEvaluation(evaluation: EvaluationExplanation): void {
    if (evaluation.because.kind === "answer") return this.addAnswer(evaluation);
    if (this.reach === undefined || this.isLater) return;
    if (evaluation.event === this.reach.event && evaluation.at >= this.reach.time) {
      this.evaluations.push(evaluation);
      return;
    }
    if (this.evaluations.length > 0 || !this.visits.some(({ key }) => isSameKey(key, evaluation.key))) return;
    this.evaluations.push(evaluation);
    this.isLater = true;
  }

  /** What came of an evaluation that waited stands in its place. */
  private addAnswer(answered: EvaluationExplanation): void {
    const { event, at, key } = answered;
    const asked = this.evaluations.findIndex(
      (each) => each.fate === "waiting" && each.event === event && each.at === at && isSameKey(each.key, key),
    );
    if (asked >= 0) this.evaluations[asked] = answered;
  }

  /** Undefined where there was no such event. */
  account(): EventAccount | undefined {
    const { reach, visits, evaluations, isLater } = this;
    return reach === undefined ? undefined : { reach, visits, evaluations, isLater };
  }
}

function isSameKey(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
