import type { DeclaredHistory, DeclaredPattern, DeclaredWindow, RuleProgram } from "../rule/rule-program.ts";
import { durationMs } from "../time/instant.ts";
import type { KeyProgram } from "../rule/key-program.ts";
import { chainPlacesOf } from "./chain-members.ts";
import type { ChainPlaces } from "./chain-members.ts";
import type { CompiledList } from "./compile-lists.ts";
import type { CompiledLonePattern } from "./lone-pattern.ts";
import type {
  Dimension,
  FiringNode,
  HistoryNode,
  LonePattern,
  OperatorNode,
  PatternNode,
  PatternUser,
  Plan,
  RuleNode,
  ThrottleNode,
  TickNode,
  WindowNode,
  WindowUser,
} from "./plan.ts";
import { familyOf, type WindowFamily, type WindowMember, type WindowProgram } from "../window/window-program.ts";
import { RuleIndex } from "./rule-index.ts";

type Growing<T> = { -readonly [K in keyof T]: T[K] };

interface LinkedWindow extends Growing<WindowNode> {
  users: WindowUser[];
  readonly store: { readonly family: WindowFamily; readonly members: WindowMember[] };
  /** Identities of the members. */
  readonly contents: string[];
}

/** Places of operators while the plan is put together. */
class Linker {
  readonly chain: ChainPlaces;
  readonly dimensions: (Growing<Dimension> & { operators: OperatorNode[] })[] = [];
  readonly windows = new Map<string, LinkedWindow>();
  readonly patterns = new Map<string, Growing<PatternNode> & { users: PatternUser[] }>();
  readonly throttles: Growing<ThrottleNode>[] = [];
  readonly firings: Growing<FiringNode>[] = [];
  readonly ticks: Growing<TickNode>[] = [];
  readonly histories = new Map<string, Growing<HistoryNode>>();

  constructor(chain: ChainPlaces) {
    this.chain = chain;
  }

  /** A key with another limit has records of its own. */
  dimensionOf(key: KeyProgram, keyCountMax?: number): number {
    const name = keyCountMax === undefined ? key.identity : `${key.identity} ${keyCountMax}`;
    const known = this.dimensions.findIndex(({ identity }) => identity === name);
    if (known >= 0) return known;
    return this.dimensions.push({ identity: name, key, keyCountMax, operators: [] }) - 1;
  }

  place<T extends OperatorNode>(node: T): T {
    const operators = this.dimensions[node.dimension]?.operators ?? [];
    const placed = { ...node, state: operators.length };
    operators.push(placed);
    return placed;
  }
}

/** Joins compiled rules and patterns to one plan: equal operators become one, and everything gets its place in the order. */
export function linkPlan(
  documents: string,
  rules: readonly RuleProgram[],
  lone: readonly CompiledLonePattern[],
  lists: readonly CompiledList[],
): Plan {
  const linker = new Linker(chainPlacesOf(rules, lone, lists));
  const ordered = rules.toSorted((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  const ruleNodes = ordered.map((program, order) => linkRule(linker, program, order));
  const lonePatterns = lone
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((pattern) => linkLonePattern(linker, pattern));
  const operators: Growing<OperatorNode>[] = [
    ...linker.windows.values(),
    ...linker.patterns.values(),
    ...linker.throttles,
    ...linker.firings,
    ...linker.ticks,
    ...linker.histories.values(),
  ];
  for (const [order, node] of operators.entries()) node.order = order;
  const dimensions: readonly Dimension[] = linker.dimensions;
  const levelMax = operators.reduce((greatest, { level }) => Math.max(greatest, level), 0);
  const index = new RuleIndex(ruleNodes, lonePatterns);
  return {
    documents,
    rules: ruleNodes,
    lonePatterns,
    dimensions,
    lists: lists.map(({ program }) => program),
    operators,
    levelMax,
    index,
  };
}

function linkRule(linker: Linker, program: RuleProgram, order: number): RuleNode {
  const dimension = linker.dimensionOf(program.key, program.keyCountMax);
  const level = linker.chain.levelOf("rule", program.id);
  const place: Place = { dimension, level, audience: linker.chain.seesShadow(program.id) ? " shadow" : "" };
  const rule: Growing<RuleNode> = {
    order,
    program,
    dimension,
    windows: [],
    patterns: [],
    throttle: undefined,
    history: program.history === undefined ? undefined : linkHistory(linker, place, program.history),
    firing: undefined,
    tick: undefined,
  };
  rule.windows = program.windows.toSorted(byName).map((declared) => {
    const { node, member } = linkWindow(linker, place, declared);
    node.users.push({ rule, declared, member });
    return { declared, node, member };
  });
  rule.patterns = program.patterns.toSorted(byName).map((declared) => {
    const { name, label, slot } = declared;
    return { declared, node: linkPattern(linker, place, declared, { rule, name, label, slot }) };
  });
  const throttleMs = program.alert?.throttleMs;
  if (throttleMs !== undefined) {
    const identity = `throttle ${program.id}`;
    const keptMs = durationMs(throttleMs + latenessMax(program) + 1);
    const node = {
      kind: "throttle",
      order: 0,
      dimension,
      level,
      state: 0,
      identity,
      rule,
      throttleMs,
      keptMs,
    } as const;
    rule.throttle = linker.place<ThrottleNode>(node);
    linker.throttles.push(rule.throttle);
  }
  linkLife(linker, place, rule);
  return rule;
}

/** What decides when the rule is evaluated by time, and when its alert ends. */
function linkLife(linker: Linker, { dimension, level }: Place, rule: Growing<RuleNode>): void {
  const { id, firing, evaluate } = rule.program;
  const common = { order: 0, dimension, level, state: 0, rule };
  if (firing !== undefined) {
    rule.firing = linker.place<FiringNode>({ kind: "firing", ...common, identity: `firing ${id}`, firing });
    linker.firings.push(rule.firing);
  }
  if (evaluate.everyMs.length > 0) {
    rule.tick = linker.place<TickNode>({
      kind: "tick",
      ...common,
      identity: `tick ${id} ${evaluate.everyMs.join(" ")}`,
    });
    linker.ticks.push(rule.tick);
  }
}

/** Where an operator of a rule or lone pattern stands, and who takes part in what it sees: see `ChainPlaces.seesShadow`. */
interface Place {
  readonly dimension: number;
  readonly level: number;
  readonly audience: "" | " shadow";
}

function linkHistory(
  linker: Linker,
  { dimension, level, audience }: Place,
  { identity: content, keepsEvent }: DeclaredHistory,
): HistoryNode {
  const identity = `${content}${audience}`;
  const address = `${dimension} ${identity}`;
  const known = linker.histories.get(address);
  if (known !== undefined) {
    known.keepsEvent ||= keepsEvent;
    return known;
  }
  const node = linker.place<Growing<HistoryNode>>({
    kind: "history",
    order: 0,
    dimension,
    level,
    state: 0,
    identity,
    keepsEvent,
  });
  linker.histories.set(address, node);
  return node;
}

function linkWindow(
  linker: Linker,
  { dimension, level, audience }: Place,
  { identity: content, storeIdentity, program, lookups }: DeclaredWindow,
): { readonly node: LinkedWindow; readonly member: number } {
  const identity = `${storeIdentity}${audience}`;
  const address = `${dimension} ${identity}`;
  const known = linker.windows.get(address);
  if (known !== undefined) {
    const place = known.contents.indexOf(content);
    return { node: known, member: place >= 0 ? place : addMember(known, content, program) };
  }
  const node = linker.place<LinkedWindow>({
    kind: "window" as const,
    order: 0,
    dimension,
    level,
    state: 0,
    identity,
    store: { family: familyOf(program), members: [] },
    contents: [],
    lookups,
    users: [],
  });
  linker.windows.set(address, node);
  return { node, member: addMember(node, content, program) };
}

function addMember({ store, contents }: LinkedWindow, content: string, program: WindowProgram): number {
  let tag = Number.parseInt(content.slice(0, 8), 16);
  while (store.members.some((member) => member.tag === tag)) tag = (tag + 1) % 2 ** 32;
  contents.push(content);
  return store.members.push({ program, tag }) - 1;
}

function linkPattern(
  linker: Linker,
  { dimension, level, audience }: Place,
  {
    identity: content,
    program,
    filter,
    windowSlots,
    lookups,
  }: Pick<DeclaredPattern, "identity" | "program" | "filter" | "windowSlots" | "lookups">,
  user: PatternUser,
): PatternNode {
  const identity = `${content}${audience}`;
  const address = `${dimension} ${identity}`;
  const known = linker.patterns.get(address);
  if (known !== undefined) {
    known.users.push(user);
    return known;
  }
  const node = linker.place({
    kind: "pattern" as const,
    order: 0,
    dimension,
    level,
    state: 0,
    identity,
    program,
    filter,
    windowSlots,
    lookups,
    users: [user],
  });
  linker.patterns.set(address, node);
  return node;
}

function linkLonePattern(linker: Linker, { id, key, ...pattern }: CompiledLonePattern): LonePattern {
  const dimension = linker.dimensionOf(key);
  const node = linkPattern(
    linker,
    { dimension, level: linker.chain.levelOf("pattern", id), audience: "" },
    { ...pattern, windowSlots: new Set(), lookups: [] },
    { rule: undefined, name: id, label: id, slot: 0 },
  );
  return { id, dimension, filter: pattern.filter, node };
}

/** How far behind the watermark a window of the rule may still fire. */
function latenessMax({ windows }: RuleProgram): number {
  return Math.max(0, ...windows.map(({ program }) => program.allowedLatenessMs));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
