import { EventAccounts, type EventAccount } from "../core/explain/event-account.ts";
import { ruleResultOf } from "../core/explain/rule-result.ts";
import { defaultEnvelope, type EnvelopeSettings } from "../core/event/envelope.ts";
import { ExprError } from "../core/expr/expr-error.ts";
import type { Plan } from "../core/plan/plan.ts";
import type { RuleProgram } from "../core/rule/rule-program.ts";
import { observeNothing, type Output } from "../core/shard/output.ts";
import type { EvaluationExplanation } from "../core/shard/rule-explanation.ts";
import { didYouMean } from "../core/base/text-distance.ts";
import type { SourceTime } from "../core/time/source-time.ts";
import { defaultLimits } from "../engine/limits.ts";
import { defaultAsking } from "../engine/question-asker.ts";
import { replay } from "../engine/replay.ts";
import { CepError } from "../ports/error.ts";
import { accountText, evaluationText } from "./explain-text.ts";
import { formatLints } from "./lint-report.ts";
import { printable } from "./printable.ts";
import { grouped } from "./progress.ts";
import type { ReplayPorts } from "./replay.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";
import { loadRuleSet, pathsOrDefault } from "./rule-set.ts";
import type { RuleSet } from "./rule-set.ts";
import { type TimeArguments, sourceTimeOf, timeSettingsOf } from "./time-options.ts";
import { exitStatus } from "./terminal.ts";
import type { ExitStatus } from "./terminal.ts";

export interface ExplainArguments extends TimeArguments {
  /** Id of the rule. */
  readonly rule: string;
  /** A file of NDJSON, or `-` for standard input. */
  readonly events: string;
  readonly rules: readonly string[];
  readonly patterns: readonly string[];
  readonly lists: readonly string[];
  readonly schemas?: readonly string[] | undefined;
  readonly plugins?: readonly string[] | undefined;
  readonly ruleDefaults?: RuleDefaults | undefined;
  /** Id of the event; undefined: the last one. */
  readonly at: string | undefined;
  /** Every evaluation instead of one event. */
  readonly isAll: boolean;
  readonly format: "text" | "json" | "json-rules-engine";
  readonly timeField: string | undefined;
  readonly timeFormat: EnvelopeSettings["timeFormat"];
  readonly typeField: string | undefined;
  readonly idField: string | undefined;
  readonly source: string;
}

type ExplainPorts = Pick<ReplayPorts, "terminal" | "reader" | "openEvents" | "clock">;

/** What is explained, once documents and arguments are found right. */
interface Explaining {
  readonly options: ExplainArguments;
  readonly ports: ExplainPorts;
  readonly plan: Plan;
  readonly program: RuleProgram;
  /** The rule's name as it was written. */
  readonly name: string | number | undefined;
  readonly time: SourceTime;
}

/**
 * `tocsin explain`: runs all events through the engine that runs live, and tells of one of them how far it came towards a
 * rule and what the rule decided; or with `--all` of each evaluation.
 */
export async function runExplain(options: ExplainArguments, ports: ExplainPorts): Promise<ExitStatus> {
  const refuse = (message: string) => {
    ports.terminal.err(`tocsin explain: ${message}\n`);
    return exitStatus.wrongInput;
  };
  const time = sourceTimeOf(options.source, options);
  if (typeof time === "string") return refuse(time);
  const loaded = await loadRuleSet(await pathsOrDefault(options, ports.reader), ports.reader);
  tellLints(loaded, ports);
  const { plan, set } = loaded;
  if (plan === undefined) return exitStatus.wrongInput;
  const program = plan.rules.find((rule) => rule.program.id === options.rule)?.program;
  if (program === undefined) return refuse(noRuleText(options.rule, plan, loaded));
  const name = set.rules.find(({ id }) => id === options.rule)?.document.name;
  try {
    return await explain({ options, ports, plan, program, name, time });
  } catch (error) {
    if (!(error instanceof CepError)) throw error;
    return refuse(error.message);
  }
}

function tellLints({ lints, texts }: RuleSet, { terminal }: ExplainPorts): void {
  const errors = lints.filter(({ severity }) => severity === "error");
  if (errors.length > 0) terminal.err(formatLints(errors, texts, { format: "pretty", colour: terminal.hasErrColour }));
}

function noRuleText(id: string, plan: Plan, { set }: RuleSet): string {
  if (set.rules.some((rule) => rule.id === id)) return `the rule \`${id}\` is disabled; nothing reaches it`;
  const ids = plan.rules.map(({ program }) => program.id);
  if (ids.length === 0) return "no rule; name it by --rules, or start in the folder that has rules/";
  return `no rule \`${id}\` is loaded${didYouMean(id, ids) || `; there are ${ids.join(", ")}`}`;
}

async function explain(explaining: Explaining): Promise<ExitStatus> {
  const { options, ports, plan, program, time } = explaining;
  const { terminal } = ports;
  const { source: name, timeFormat, timeField, typeField, idField } = options;
  const accounts = new EventAccounts(options.at);
  const deadLetters: Extract<Output, { readonly kind: "dead-letter" }>[] = [];
  const statuses: ExitStatus[] = [];
  const take = async (output: Output): Promise<void> => {
    if (output.kind === "dead-letter" && output.deadLetter.reason !== "late") deadLetters.push(output);
    if (output.kind !== "explanation") return;
    accounts.add(output.explanation);
    // One that waits for asynchronous facts is told with its answer.
    if (options.isAll && output.explanation.kind === "evaluation" && output.explanation.fate !== "waiting")
      statuses.push(await tellEvaluation(explaining, output.explanation));
  };
  const { source } = await ports.openEvents(options.events, name);
  await replay({
    source,
    plan,
    envelope: { ...defaultEnvelope, source: name, timeFormat, timeField, typeField, idField },
    settings: { ...defaultLimits, ...timeSettingsOf(time), observing: { ...observeNothing, explain: program.id } },
    asking: { clock: ports.clock, timeoutMs: defaultAsking.timeoutMs },
    onOutputs: async (outputs) => {
      for (const output of outputs) await take(output);
    },
  });
  const [first] = deadLetters;
  if (first !== undefined)
    terminal.err(
      `tocsin explain: ${grouped(deadLetters.length)} of the lines ${deadLetters.length === 1 ? "is" : "are"} no event, such as: ${printable(first.deadLetter.detail)}\n`,
    );
  if (options.isAll) return statuses.includes(exitStatus.failed) ? exitStatus.failed : exitStatus.ok;
  const account = accounts.account();
  if (account !== undefined) return tellAccount(explaining, account);
  terminal.err(
    options.at === undefined
      ? "tocsin explain: there is no event\n"
      : `tocsin explain: there is no event ${printable(options.at)}\n`,
  );
  return exitStatus.wrongInput;
}

async function tellAccount(explaining: Explaining, account: EventAccount): Promise<ExitStatus> {
  const { options, ports, program } = explaining;
  const { terminal } = ports;
  switch (options.format) {
    case "text":
      await terminal.out(accountText(program, account, terminal.hasOutColour));
      return exitStatus.ok;
    case "json": {
      const evaluations = account.evaluations.map(plainEvaluation);
      await terminal.out(`${JSON.stringify({ ...account, evaluations })}\n`);
      return exitStatus.ok;
    }
    case "json-rules-engine": {
      const statuses: ExitStatus[] = [];
      for (const evaluation of account.evaluations) statuses.push(await tellEvaluation(explaining, evaluation));
      if (statuses.length > 0) return statuses.includes(exitStatus.failed) ? exitStatus.failed : exitStatus.ok;
      terminal.err("tocsin explain: the rule was not evaluated for this event; without --format it is told why\n");
      return exitStatus.failed;
    }
  }
}

async function tellEvaluation(explaining: Explaining, evaluation: EvaluationExplanation): Promise<ExitStatus> {
  const { options, ports, program, name } = explaining;
  const { terminal } = ports;
  switch (options.format) {
    case "text":
      await terminal.out(evaluationText(program, evaluation, terminal.hasOutColour));
      return exitStatus.ok;
    case "json":
      await terminal.out(`${JSON.stringify(plainEvaluation(evaluation))}\n`);
      return exitStatus.ok;
    case "json-rules-engine": {
      const { conditions } = program;
      if (conditions === undefined) {
        terminal.err("tocsin explain: the rule has no conditions, so json-rules-engine has nothing to say of it\n");
        return exitStatus.failed;
      }
      const result = ruleResultOf({ ...program, conditions, name }, evaluation.scope);
      if (result instanceof ExprError) {
        terminal.err(`tocsin explain: json-rules-engine would reject the run: ${printable(result.message)}\n`);
        return exitStatus.failed;
      }
      await terminal.out(`${JSON.stringify(result)}\n`);
      return exitStatus.ok;
    }
  }
}

/** Without what is kept for json-rules-engine's result. */
function plainEvaluation({ scope: _scope, ...evaluation }: EvaluationExplanation) {
  return evaluation;
}
