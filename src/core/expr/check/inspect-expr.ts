import { pointerTo, type Fault } from "../../base/fault.ts";
import { childrenOf, type Expr } from "../ast.ts";
import type { Place } from "../compile-state.ts";
import type { Inspect } from "../context.ts";
import type { NameOfSlot } from "./expr-text.ts";
import type { Finding } from "./finding.ts";
import { Types, type TypeNames } from "./infer-type.ts";
import type { Names } from "../scope.ts";
import { logicFindings } from "./logic-findings.ts";
import { typeFindings } from "./type-findings.ts";
import { limitsText, valuesOfType, type ValueType } from "./value-type.ts";

/** What is known of the names that expressions of one document read. */
export interface Knowledge {
  /** What the document itself says: findings that rest on it alone are certain. */
  readonly certain: TypeNames;
  /** With what schemas say of events. The same object where there is no schema. */
  readonly likely: TypeNames;
  readonly nameOfSlot: NameOfSlot;
  /** Told of the type that an expression was found to have. */
  learn?(pointer: string, type: ValueType): void;
}

/**
 * What is wrong with a compiled condition or expression though it compiles: parts that can never hold or always do, that
 * compare different types, or that read a field no schema has. Warnings; an error is what the document alone shows to fail at
 * every evaluation.
 */
export function inspectorOf(knowledgeOf: (names: Names) => Knowledge): Inspect {
  return (expr, { kind, pointer, names, places, named }) => {
    const knowledge = knowledgeOf(names);
    const certain = new Types(knowledge.certain);
    const likely = knowledge.likely === knowledge.certain ? certain : new Types(knowledge.likely);
    const failures = new Set(
      typeFindings(expr, certain, named)
        .filter(({ isFailure }) => isFailure)
        .map(findingKey),
    );
    const types = typeFindings(expr, likely, named);
    knowledge.learn?.(pointer, likely.of(expr));
    const logic =
      kind === "condition"
        ? logicFindings(expr, {
            valuesOf: (term) => valuesOfType(likely.of(term)),
            knownOf: (term) => limitsText(likely.of(term)),
            nameOfSlot: knowledge.nameOfSlot,
            isHere: (part) => !named.has(part),
          })
        : [];
    const troubled = new Set(types.map(({ at }) => at));
    const told = [...types, ...logic.filter(({ at }) => !isTroubled(at, troubled))];
    if (told.length === 0) return [];
    const parents = parentsIn(expr);
    return told.map((finding): Fault => {
      const severity = finding.isFailure && failures.has(findingKey(finding)) ? "error" : "warning";
      const { code, message } = finding;
      return { ...placeOf(finding, { root: expr, pointer, places, parents }), severity, code, message };
    });
  };
}

function findingKey({ code, message }: Finding): string {
  return `${code} ${message}`;
}

/** Types say better why a condition can never hold. */
function isTroubled(expr: Expr, troubled: ReadonlySet<Expr>): boolean {
  return troubled.has(expr) || childrenOf(expr).some((child) => isTroubled(child, troubled));
}

/** Of a part with several parents, the first. */
function parentsIn(root: Expr): ReadonlyMap<Expr, Expr> {
  const parents = new Map<Expr, Expr>();
  const visit = (expr: Expr): void => {
    for (const child of childrenOf(expr)) {
      if (parents.has(child)) continue;
      parents.set(child, expr);
      visit(child);
    }
  };
  visit(root);
  return parents;
}

/** The place of the part, or of the nearest around it that has one; within a JSON leaf the key that is meant. */
function placeOf(
  { at, key }: Finding,
  {
    root,
    pointer,
    places,
    parents,
  }: {
    readonly root: Expr;
    readonly pointer: string;
    readonly places: ReadonlyMap<Expr, Place>;
    readonly parents: ReadonlyMap<Expr, Expr>;
  },
): Place {
  let keyed = key;
  for (let part: Expr | undefined = at; part !== undefined; part = parents.get(part)) {
    const place = places.get(part);
    if (place === undefined && part !== root) {
      const parent = parents.get(part);
      if (keyed === undefined && parent?.kind === "test") keyed = parent.fact === part ? "fact" : "value";
      else if (keyed === "path" && parent?.kind === "test" && parent.value === part) keyed = "value";
      continue;
    }
    const found = place ?? { pointer };
    return keyed === undefined || found.at !== undefined ? found : { pointer: pointerTo(found.pointer, keyed) };
  }
  return { pointer };
}
