import type { Alert, Effect } from "../core/alert/effect.ts";
import type { AlertDraft, Output } from "../core/shard/output.ts";
import type { SummaryTemplate } from "./template.ts";
import { parseTemplate } from "./template.ts";

/** Told of a template that could not be rendered; the alert goes out with its plain line. */
export type ReportTemplateError = (rule: string, error: string) => void;

const templateCountMax = 10_000;

/** Turns what a step tells into effects: alerts get their texts here, outside the core. */
export class EffectMaker {
  readonly report: ReportTemplateError;
  readonly templates = new Map<string, SummaryTemplate | string>();

  constructor(report: ReportTemplateError) {
    this.report = report;
  }

  /** The effect of an output, or undefined for an observation. */
  effectOf(output: Output): Effect | undefined {
    switch (output.kind) {
      case "alert":
        return { kind: "alert", id: output.draft.alert.id, alert: this.finish(output.draft) };
      case "resolved":
        return { kind: "resolved", id: output.resolved.id, resolved: output.resolved };
      case "dead-letter":
        return { kind: "dead-letter", id: output.id, deadLetter: output.deadLetter };
      case "alarm":
        return { kind: "alarm", id: output.id, alarm: output.alarm };
      case "match":
      case "window":
      case "late":
      case "explanation":
      case "event":
        return undefined;
    }
  }

  /** The alert with its text. */
  finish(draft: AlertDraft): Alert {
    return { ...draft.alert, summary: this.summaryOf(draft) };
  }

  private summaryOf(draft: AlertDraft): string {
    if (draft.template === undefined) return plainLine(draft);
    const template = this.templateOf(draft.template);
    const rendered = typeof template === "string" ? { error: template } : template.render(draft.variables);
    if ("text" in rendered) return rendered.text;
    this.report(draft.alert.rule, rendered.error);
    return plainLine(draft);
  }

  private templateOf(source: string): SummaryTemplate | string {
    const known = this.templates.get(source);
    if (known !== undefined) return known;
    const parsed = parseTemplate(source);
    const template = "fault" in parsed ? parsed.fault : parsed.template;
    if (this.templates.size >= templateCountMax) this.templates.clear();
    this.templates.set(source, template);
    return template;
  }
}

function plainLine({ title, alert }: AlertDraft): string {
  const key = Object.entries(alert.key).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return key.length === 0 ? title : `${title}: ${key.join(", ")}`;
}
