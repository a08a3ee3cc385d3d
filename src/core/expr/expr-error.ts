/**
 * An evaluation that ended in an error, as a value: an undefined fact, an operator over the wrong type, a division by
 * zero. The whole condition that it is part of does not hold; its owner counts it and keeps a sample.
 */
export class ExprError {
  readonly code:
    | "undefined-fact"
    | "undefined-condition"
    | "operator"
    | "type"
    | "no-such-key"
    | "division-by-zero"
    | "argument"
    | "plug-in"
    /** No error yet: an asynchronous fact has not been asked for. Only explanations meet it. */
    | "waiting";
  readonly message: string;

  constructor(code: ExprError["code"], message: string) {
    this.code = code;
    this.message = message;
  }
}
