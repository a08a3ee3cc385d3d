import { assert } from "../../base/assert.ts";
import type { ByteReader } from "../../base/bytes.ts";
import type { AggregateForm } from "../aggregate-program.ts";
import type { AggregateState, RemovableAggregateState } from "../aggregate-state.ts";
import { CountState, decodeCount, decodeRate, decodeRatio, RateState, RatioState } from "./count-state.ts";
import { CustomState, decodeCustom } from "./custom-state.ts";
import { CountedDistinctState, decodeCountedDistinct, decodeDistinct, DistinctState } from "./distinct-state.ts";
import { decodeGroups, decodeRemovableGroups, GroupState, RemovableGroupState } from "./group-state.ts";
import { decodeExtreme, decodeOrdered, ExtremeState, OrderedState } from "./ordered-state.ts";
import { decodePercentile, PercentileState } from "./percentile-state.ts";
import { decodeRegression, decodeSpread, RegressionState, SpreadState } from "./spread-state.ts";
import { decodeSum, SumState } from "./sum-state.ts";
import { CountedTopKState, decodeCountedTopK, decodeTopK, TopKState } from "./top-k-state.ts";

/** The state of an aggregate that events only enter. */
export function createAggregateState(form: AggregateForm): AggregateState {
  switch (form.kind) {
    case "min":
    case "max":
      return new ExtremeState(form.kind);
    case "first":
    case "last":
      return new OrderedState(form.kind);
    case "collect":
      return new OrderedState("collect", form.limit);
    case "distinct":
      return new DistinctState();
    case "topK":
      return new TopKState(form.k);
    case "per":
      return new GroupState(form.give, () => createAggregateState(form.inner));
    case "custom":
      return new CustomState(form);
    case "count":
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "ratio":
    case "rate":
    case "regression":
      return createRemovableState(form);
  }
}

/** @throws {CorruptBytesError} */
export function decodeAggregateState(form: AggregateForm, reader: ByteReader): AggregateState {
  switch (form.kind) {
    case "min":
    case "max":
      return decodeExtreme(form.kind, reader);
    case "first":
    case "last":
      return decodeOrdered(form.kind, 1, reader);
    case "collect":
      return decodeOrdered("collect", form.limit, reader);
    case "distinct":
      return decodeDistinct(reader);
    case "topK":
      return decodeTopK(form.k, reader);
    case "per":
      return decodeGroups(new GroupState(form.give, () => createAggregateState(form.inner)), reader, (inner) =>
        decodeAggregateState(form.inner, inner),
      );
    case "custom":
      return decodeCustom(form, reader);
    case "count":
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "ratio":
    case "rate":
    case "regression":
      return decodeRemovableState(form, reader);
  }
}

/** True for an aggregate that events can be taken out of again. */
export function isRemovable(form: AggregateForm): boolean {
  switch (form.kind) {
    case "min":
    case "max":
    case "first":
    case "last":
    case "collect":
    case "custom":
      return false;
    case "per":
      return isRemovable(form.inner);
    case "count":
    case "sum":
    case "avg":
    case "stddev":
    case "percentile":
    case "ratio":
    case "rate":
    case "regression":
    case "distinct":
    case "topK":
      return true;
  }
}

/** The state of an aggregate that is removable; exact for every kind but `percentile`. */
export function createRemovableState(form: AggregateForm): RemovableAggregateState {
  switch (form.kind) {
    case "count":
      return new CountState();
    case "sum":
    case "avg":
      return new SumState(form.kind);
    case "stddev":
      return new SpreadState();
    case "percentile":
      return new PercentileState(form.p);
    case "ratio":
      return new RatioState();
    case "rate":
      return new RateState(form.unitMs);
    case "regression":
      return new RegressionState();
    case "distinct":
      return new CountedDistinctState();
    case "topK":
      return new CountedTopKState(form.k);
    case "per":
      return new RemovableGroupState(form.give, () => createRemovableState(form.inner));
    case "min":
    case "max":
    case "first":
    case "last":
    case "collect":
    case "custom":
      return notRemovable(form);
  }
}

/** @throws {CorruptBytesError} */
function decodeRemovableState(form: AggregateForm, reader: ByteReader): RemovableAggregateState {
  switch (form.kind) {
    case "count":
      return decodeCount(reader);
    case "sum":
    case "avg":
      return decodeSum(form.kind, reader);
    case "stddev":
      return decodeSpread(reader);
    case "percentile":
      return decodePercentile(form.p, reader);
    case "ratio":
      return decodeRatio(reader);
    case "rate":
      return decodeRate(form.unitMs, reader);
    case "regression":
      return decodeRegression(reader);
    case "distinct":
      return decodeCountedDistinct(reader);
    case "topK":
      return decodeCountedTopK(form.k, reader);
    case "per": {
      const state = new RemovableGroupState(form.give, () => createRemovableState(form.inner));
      return decodeRemovableGroups(state, reader, (inner) => decodeRemovableState(form.inner, inner));
    }
    case "min":
    case "max":
    case "first":
    case "last":
    case "collect":
    case "custom":
      return notRemovable(form);
  }
}

function notRemovable({ kind }: AggregateForm): never {
  assert(false, `${kind} is asked whether it is removable first`);
}
