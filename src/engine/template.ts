import { Liquid } from "liquidjs";
import type { Template } from "liquidjs";
import { assert } from "../core/base/assert.ts";

/** Bounds of one template: characters of its source, milliseconds to render it, and characters it may make. */
const sourceLengthMax = 10_000;
const renderMsMax = 1_000;
const memoryCharactersMax = 1_000_000;
/** A summary is a line or a few; what is longer is cut. */
const textLengthMax = 2_000;

const liquid = new Liquid({
  ownPropertyOnly: true,
  strictFilters: true,
  timezoneOffset: 0,
  parseLimit: sourceLengthMax,
  renderLimit: renderMsMax,
  memoryLimit: memoryCharactersMax,
  cache: false,
  // No template reads a file.
  templates: {},
});

const libraryDate = handlerOf("date");

/** As the library's, but that `now` is the alert's time, and a number is epoch milliseconds as everywhere here. */
liquid.registerFilter("date", function (value: unknown, ...rest: unknown[]): unknown {
  const at: unknown = value === "now" || value === "today" ? this.context.getSync(["now"]) : value;
  return libraryDate.call(this, typeof at === "number" ? new Date(at) : at, ...rest);
});
// Equal alerts have equal texts.
delete liquid.filters["sample"];

type FilterThis = ThisParameterType<Extract<Parameters<Liquid["registerFilter"]>[1], CallableFunction>>;

function handlerOf(name: string): (this: FilterThis, value: unknown, ...rest: unknown[]) => unknown {
  const filter = liquid.filters[name];
  assert(filter !== undefined, "the library has the filter");
  return typeof filter === "function" ? filter : filter.handler;
}

/** A summary template, parsed once. */
export interface SummaryTemplate {
  /** The text, or what went wrong: a template can never hold an alert back. */
  render(variables: Readonly<Record<string, unknown>>): { readonly text: string } | { readonly error: string };
}

/** Parses a LiquidJS template; the fault says what is wrong and where in the text. */
export function parseTemplate(source: string): { readonly template: SummaryTemplate } | { readonly fault: string } {
  let parsed: Template[];
  try {
    parsed = liquid.parse(source);
  } catch (error) {
    return { fault: messageOf(error) };
  }
  return { template: { render: (variables) => renderParsed(parsed, variables) } };
}

function renderParsed(
  parsed: Template[],
  variables: Readonly<Record<string, unknown>>,
): ReturnType<SummaryTemplate["render"]> {
  try {
    const text: unknown = liquid.renderSync(parsed, variables);
    return { text: String(text).slice(0, textLengthMax) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.message) : String(error);
}
