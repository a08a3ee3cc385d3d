import type { Expr } from "../ast.ts";
import type { Evaluate } from "../closure/closure.ts";
import type { CodeWriter } from "./code-writer.ts";
import { ExprError } from "../expr-error.ts";
import { isOnPrototype } from "../closure/property.ts";
import type { SharedValues } from "./shared-values.ts";

/** The text of a pure expression over the function's constants and variables. */
export interface Emitted {
  readonly text: string;
  /** It never is anything but true or false. */
  readonly isBoolean: boolean;
}

/** What is done with an error: the statement that leaves the node with it. */
export type Fail = (error: string) => string;

/** One function while it is written. In its text `scope` is the scope, and its event is there. */
export interface Generation {
  readonly writer: CodeWriter;
  /** Variables of the event's fields, by name: those of the whole text, and those that this part of it reads. */
  readonly variables: Map<string, string>;
  readonly fields: Map<string, string>;
  /** Nodes that no text is written for are called as closures; where their values are kept is asked before. */
  readonly closureOf: (expr: Expr) => Evaluate;
  readonly shared: SharedValues | undefined;
  /** Writes a node that other rules share, without asking for its kept value. */
  readonly sharedEvaluate: (expr: Expr) => Evaluate;
}

/** The variable of an event's field, `undefined` where the event has none; it is read before the first statement of the part. */
export function fieldOf({ variables, fields, writer }: Generation, name: string): Emitted {
  const variable = variables.get(name) ?? writer.fresh();
  variables.set(name, variable);
  fields.set(name, variable);
  return { text: variable, isBoolean: false };
}

/** The assignment that reads a field, where `fields` are the event's. */
export function readOfField({ writer }: Generation, name: string, variable: string): string {
  const key = writer.constant(internalized(name));
  const read = `fields[${key}]`;
  return `${variable}=${isOnPrototype(name) ? `${writer.constant(Object.hasOwn)}(fields,${key})?${read}:undefined` : read};`;
}

/** The same text as the engine keeps it for names of members, by which it finds them without comparing. */
function internalized(name: string): string {
  return Object.keys({ [name]: 0 })[0] ?? name;
}

/** The value under a name, for text that stands more than once. */
export function named({ writer }: Generation, { text }: Emitted): string {
  if (/^(?:[cv]\d+|true|false|null)$/.test(text)) return text;
  const variable = writer.fresh();
  writer.line(`const ${variable}=${text};`);
  return variable;
}

/** A call that may give an error. */
export function emitFallible(generation: Generation, call: string, fail: Fail): Emitted {
  const { writer } = generation;
  const value = named(generation, { text: call, isBoolean: false });
  writer.line(`if(${value} instanceof ${writer.constant(ExprError)})${fail(value)}`);
  return { text: value, isBoolean: false };
}
