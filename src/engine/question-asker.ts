import { ruleOf } from "../core/shard/answer-question.ts";
import type { Answer } from "../core/shard/journal.ts";
import type { Question } from "../core/shard/question.ts";
import type { Shard } from "../core/shard/shard.ts";
import type { Clock } from "../ports/clock.ts";
import { askRulesEngine } from "./ask-rules-engine.ts";

/** How asynchronous facts are asked. */
export interface AskingLimits {
  /** How long the facts of one evaluation may take together; then it does not hold, and counts as an error. */
  readonly timeoutMs: number;
  /** Evaluations whose facts are asked at once. */
  readonly concurrentCountMax: number;
  /** So many evaluations may wait before no more input is taken. */
  readonly openCountMax: number;
}

export const defaultAsking: AskingLimits = { timeoutMs: 5_000, concurrentCountMax: 64, openCountMax: 1_000 };

/**
 * Asks json-rules-engine for the open questions of a shard, in their order, several at once, and gathers the answers as they
 * come. Nothing is tried again: a fact that wants to does so within its time. What a stop or a crash leaves open is asked again.
 */
export class QuestionAsker {
  readonly limits: AskingLimits;
  readonly clock: Clock;
  /** In flight, or answered and not taken. */
  private readonly asked = new Set<string>();
  private readonly arrived: Answer[] = [];
  private inFlight = 0;
  private wake: (() => void) | undefined;

  constructor(limits: AskingLimits, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Asks what is open and not asked yet, as many as may be asked at once. */
  ask(shard: Shard): void {
    for (const question of shard.questions.values()) {
      if (this.inFlight >= this.limits.concurrentCountMax) return;
      if (this.asked.has(question.id)) continue;
      this.asked.add(question.id);
      void this.askOne(question, shard);
    }
  }

  /** True while something is asked, or answered and not taken. */
  get isWaiting(): boolean {
    return this.asked.size > 0;
  }

  /** True where so much is open that input waits. */
  isFull({ questions }: Shard): boolean {
    return questions.size >= this.limits.openCountMax;
  }

  /** Takes the answer that came first. */
  take(): Answer | undefined {
    const answer = this.arrived.shift();
    if (answer !== undefined) this.asked.delete(answer.question);
    return answer;
  }

  /** Resolves once an answer is there. For one who waits at a time. */
  arrival(): Promise<undefined> {
    if (this.arrived.length > 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
    });
  }

  private async askOne(question: Question, shard: Shard): Promise<void> {
    this.inFlight += 1;
    const answer = await answerOf(question, shard, this.limits, this.clock);
    this.inFlight -= 1;
    this.arrived.push(answer);
    this.wake?.();
    this.wake = undefined;
  }
}

/** The answer to one question, within the time that it may take. */
export async function answerOf(
  question: Question,
  { plan, settings }: Pick<Shard, "plan" | "settings">,
  { timeoutMs }: Pick<AskingLimits, "timeoutMs">,
  clock: Clock,
): Promise<Answer> {
  const refused = (error: string): Answer => ({ question: question.id, holds: false, values: [], error });
  const rule = ruleOf(plan.rules, question);
  if (rule === undefined) return refused("the rule is not in force any more");
  const answered = new AbortController();
  const timeout = clock
    .sleep(timeoutMs, answered.signal)
    .then(() => refused(`the asynchronous facts took longer than ${timeoutMs} ms`));
  try {
    const keepsValues = settings.observing.explain === question.rule;
    return await Promise.race([askRulesEngine(question, rule.program, { keepsValues }), timeout]);
  } finally {
    answered.abort();
  }
}
