import type { ByteReader, ByteWriter } from "../../base/bytes.ts";
import { type JsonValue, toJson } from "../../base/json.ts";
import type { EventTimeMs } from "../../time/instant.ts";
import { type AggregateInput, jsonOfInput } from "../aggregate-input.ts";
import type { AggregateForm } from "../aggregate-program.ts";
import type { AggregateState } from "../aggregate-state.ts";

type CustomForm = Extract<AggregateForm, { readonly kind: "custom" }>;

/** A plug-in's aggregate. What it throws keeps the event out, or leaves a result null. */
export class CustomState implements AggregateState {
  readonly form: CustomForm;
  state: JsonValue;

  constructor(form: CustomForm, state?: JsonValue) {
    this.form = form;
    this.state = state === undefined ? tried(() => form.custom.init(form.params), null) : state;
  }

  add(input: AggregateInput, time: EventTimeMs): boolean {
    const { custom, params, of } = this.form;
    const next = tried(
      () => custom.add(this.state, of === undefined ? null : jsonOfInput(input), time, params),
      undefined,
    );
    if (next === undefined) return false;
    this.state = next;
    return true;
  }

  merge(other: AggregateState): void {
    if (!(other instanceof CustomState)) return;
    const { custom, params } = this.form;
    this.state = tried(() => custom.merge(this.state, other.state, params), this.state);
  }

  value(): JsonValue {
    const { custom, params } = this.form;
    return tried(() => custom.result(this.state, params), null);
  }

  encode(writer: ByteWriter): void {
    writer.json(this.state);
  }
}

function tried<T extends JsonValue | undefined>(work: () => JsonValue, otherwise: T): JsonValue | T {
  try {
    return toJson(work());
  } catch {
    return otherwise;
  }
}

/** @throws {CorruptBytesError} */
export function decodeCustom(form: CustomForm, reader: ByteReader): CustomState {
  return new CustomState(form, toJson(reader.json()));
}
