import { ExprError } from "./expr-error.ts";
import type { CustomDecorator, CustomOperator } from "./extensions.ts";
import type { JsonOperator } from "./json/json-operator.ts";
import type { TestBody } from "./closure/test-body.ts";

/** What a plug-in's function throws comes out as an error of the condition: its message, or the value as text. */
export function thrownError(what: string, cause: unknown): ExprError {
  if (cause instanceof InnerError) return cause.error;
  let message = "something that is no error";
  try {
    message = cause instanceof Error ? String(cause.message) : String(cause);
  } catch {
    // A thrown value may have a `toString` of its own that throws; there is nothing to say of it.
  }
  return new ExprError("plug-in", `${what} failed: ${message}`);
}

/** Carries an error of our own through a plug-in's function, which may catch it. */
export class InnerError extends Error {
  readonly error: ExprError;

  constructor(error: ExprError) {
    super(error.message);
    this.error = error;
  }
}

/** A promise is no answer where answers are synchronous. Whoever hands functions in sees to it that none is rejected unheard. */
export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** json-rules-engine's `validator(fact) && evaluate(fact, value)`. What is truthy is true, once and for all: docs/compatibility.md. */
export function customOperator({ name, evaluate, validate }: CustomOperator): JsonOperator {
  const what = `the operator ${name}`;
  const body: TestBody = (fact, value) => {
    try {
      if (validate !== undefined) {
        const isTaken = decided(what, validate(fact));
        if (isTaken !== true) return isTaken;
      }
      return decided(what, evaluate(fact, value));
    } catch (cause) {
      return thrownError(what, cause);
    }
  };
  return { compile: () => body, refusalOf: () => undefined, isExtra: false };
}

/** As `OperatorDecorator.decorate` does. An error of what is decorated goes on as such, unless the decorator catches it. */
export function decorateCustom({ name, evaluate, validate }: CustomDecorator, decorated: TestBody): TestBody {
  const what = `the decorator ${name}`;
  return (fact, value, scope) => {
    const next = (innerFact: unknown, innerValue: unknown): boolean => {
      const result = decorated(innerFact, innerValue, scope);
      if (result instanceof ExprError) throw new InnerError(result);
      return result;
    };
    try {
      if (validate !== undefined) {
        const isTaken = decided(what, validate(fact));
        if (isTaken !== true) return isTaken;
      }
      return decided(what, evaluate(fact, value, next));
    } catch (cause) {
      return thrownError(what, cause);
    }
  };
}

function decided(what: string, result: unknown): boolean | ExprError {
  if (!isPromise(result)) return Boolean(result);
  return new ExprError("plug-in", `${what} gave a promise; it has to decide at once`);
}
