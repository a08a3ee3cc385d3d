import { ownTypePrefix } from "../event/type-filter.ts";
import type { RuleProgram } from "../rule/rule-program.ts";
import { listsReadBy, listsWrittenBy } from "../rule/compile-list-actions.ts";
import type { CompiledList } from "./compile-lists.ts";
import type { CompiledLonePattern } from "./lone-pattern.ts";
import { RuleChain } from "./rule-chain.ts";
import type { ChainMember } from "./rule-chain.ts";

/** A rule or a pattern that runs alone, as a member of a chain. */
export interface DocumentMember extends ChainMember {
  readonly kind: "rule" | "pattern" | "list";
  readonly id: string;
  readonly isShadow: boolean;
  /** Where in the document it says what it makes. */
  readonly pointer: string;
}

/** Type of the event that Tocsin makes of a rule's alert. */
export function alertEventType(rule: string): string {
  return `${ownTypePrefix}alert.${rule}`;
}

export function ruleMember(program: RuleProgram): DocumentMember {
  const { id, filter, emit, alert, isShadow, windows } = program;
  const lateTypes = windows.flatMap(({ name, lateTo }) =>
    lateTo.kind === "emit" ? [{ name, type: lateTo.type }] : [],
  );
  const [firstLate] = lateTypes;
  return {
    kind: "rule",
    id,
    name: `rule ${id}`,
    isShadow,
    on: filter.types,
    makes: [
      ...(emit === undefined ? [] : [emit.type]),
      ...lateTypes.map(({ type }) => type),
      ...(alert === undefined ? [] : [alertEventType(id)]),
    ],
    readsLists: listsReadBy(program),
    writesLists: listsWrittenBy(program),
    pointer: emit !== undefined ? "/emit/type" : firstLate === undefined ? "" : `/windows/${firstLate.name}/lateTo`,
  };
}

function patternMember({ id, filter }: CompiledLonePattern): DocumentMember {
  return {
    kind: "pattern",
    id,
    name: `pattern ${id}`,
    isShadow: false,
    on: filter.types,
    makes: [],
    readsLists: [],
    writesLists: [],
    pointer: "",
  };
}

/** A list is fed by events, and in turn is what makes others read something else. */
export function listMember({ program: { id, feed }, listsRead }: CompiledList): DocumentMember {
  return {
    kind: "list",
    id,
    name: `list ${id}`,
    isShadow: false,
    on: feed?.types,
    makes: [],
    readsLists: listsRead,
    writesLists: feed === undefined ? [] : [id],
    pointer: feed === undefined ? "" : "/feed",
  };
}

/** What the plan wants to know of the chain of its documents, by kind and id. */
export interface ChainPlaces {
  levelOf(kind: DocumentMember["kind"], id: string): number;
  /** True for a shadow rule that events of other shadow rules reach: live rules do not see these, and share no state with it. */
  seesShadow(id: string): boolean;
}

export function chainPlacesOf(
  rules: readonly RuleProgram[],
  lonePatterns: readonly CompiledLonePattern[],
  lists: readonly CompiledList[],
): ChainPlaces {
  const chain = new RuleChain([...rules.map(ruleMember), ...lonePatterns.map(patternMember), ...lists.map(listMember)]);
  const levels = new Map(chain.members.map((member) => [`${member.kind} ${member.id}`, chain.levelOf(member)]));
  const makers = chain.members.filter(({ isShadow }) => isShadow);
  const reached = new Set(
    makers.flatMap((maker) => chain.linksFrom(maker).flatMap(({ to }) => (to.isShadow ? [to.id] : []))),
  );
  return { levelOf: (kind, id) => levels.get(`${kind} ${id}`) ?? 0, seesShadow: (id) => reached.has(id) };
}
