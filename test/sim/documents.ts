import { compileRuleSet } from "../../src/cli/rule-set.ts";
import { sha256Hex } from "../../src/core/base/hash.ts";
import type { ActiveDocuments } from "../../src/engine/shard-run.ts";

const expensive = (above: number) => `
id: expensive
on: [pay]
conditions: {all: [{fact: amount, operator: greaterThan, value: ${above}}]}
alert: {summary: "{{ user }} paid {{ amount }}"}
`;

const busy = `
id: busy
on: [pay]
key: [user]
windows: {recent: {type: sliding, size: 5s, aggregate: {n: count, total: {sum: amount}}}}
conditions: {all: [{fact: recent, path: $.n, operator: greaterThanInclusive, value: 3}]}
alert: {throttle: 4s}
`;

const spent = (above: number) => `
id: spent
on: [pay]
key: [user]
windows: {bill: {type: tumbling, size: 3s, aggregate: {total: {sum: amount}}}}
conditions: {all: [{fact: bill, path: $.total, operator: greaterThan, value: ${above}}]}
`;

const gaveUp = `
id: gave-up
on: [login.failure, login.success]
key: [user]
patterns:
  silent:
    within: 4s
    sequence:
      - begin: failure
        on: [login.failure]
      - notFollowedBy: success
        on: [login.success]
`;

/** Under both people of a payment, by the event before; what it makes is taken by those behind it. */
const risen = `
id: risen
on: [pay]
key: {who: {each: [user, payee]}}
conditions: "prev != null && amount > prev.amount && now - keySince < 60000"
alert: false
emit: {type: risk.risen, fields: {who: key.who, by: amount - prev.amount}}
`;

const risenOften = `
id: risen-often
on: [risk.risen, tocsin.alert.busy]
windows: {recent: {type: sliding, size: 6s, aggregate: {n: count}}}
conditions: "recent.n >= 2"
alert: {throttle: 3s}
`;

const risenByPane = `
id: risen-by-pane
mode: shadow
on: [risk.risen]
key: [who]
windows: {pane: {type: tumbling, size: 4s, aggregate: {total: {sum: by}}}}
emit: {type: risk.pane, fields: {total: pane.total}}
`;

const paneSeen = `
id: pane-seen
mode: shadow
on: [risk.pane]
conditions: "total > 10 && (prev == null || prev.total < total)"
`;

/** A list out of a file, changed from outside, and what it decides. */
const watched = (limit: number) => `
id: watched
on: [pay]
conditions: {all: [{fact: user, operator: inList, value: watchlist}, {fact: amount, operator: lessThan, value: ${limit}}]}
`;

/** Versions of the documents as they are edited between two lives: what is added, taken away, and decides otherwise. */
export const versions: readonly ActiveDocuments[] = [
  documentsOf([expensive(80), busy, spent(60), gaveUp, watched(50), risen, risenOften, risenByPane, paneSeen], "cid\n"),
  documentsOf([expensive(40), busy, spent(60), watched(50), risen, risenOften], "ann\ncid\n"),
  documentsOf([busy, spent(20), gaveUp, watched(30), risen, risenOften, risenByPane, paneSeen], ""),
];

/** @param watchlist the text of the list's file. */
function documentsOf(texts: readonly string[], watchlist: string): ActiveDocuments {
  const bytes = new TextEncoder().encode(watchlist);
  const { set, plan, lints } = compileRuleSet(
    [
      ...texts.map((text, index) => ({ path: `${index}.yaml`, text, kind: "rule" as const })),
      { path: "watchlist.txt", text: "", kind: "list" },
    ],
    {
      memberFiles: new Map([["watchlist.txt", { content: { format: "txt", sha256: sha256Hex(watchlist), bytes } }]]),
    },
  );
  if (plan === undefined) throw new Error(lints.map(({ message }) => message).join("\n"));
  return { set, plan };
}
