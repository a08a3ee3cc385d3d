import type { JsonValue } from "../src/core/base/json.ts";
import type { TocsinEvent } from "../src/core/event/event.ts";

/** A NEXMark query as a rule, and its rows worked out by plain loops. */
export interface NexmarkQuery {
  readonly name: string;
  readonly rule: object;
  readonly rowsOf: (events: readonly TocsinEvent[]) => readonly Row[];
}

export type Row = Readonly<Record<string, JsonValue>>;

const windowMs = 10_000;
const hopMs = 2_000;

function numberIn({ fields }: TocsinEvent, name: string): number {
  return Number(fields[name]);
}

function bidsOf(events: readonly TocsinEvent[]): readonly TocsinEvent[] {
  return events.filter(({ type }) => type === "bid");
}

function startOf({ time }: TocsinEvent, everyMs: number): number {
  return Math.floor(time / everyMs) * everyMs;
}

function rowRule(id: string, rest: object, fields: Readonly<Record<string, string>>): object {
  return { id, on: ["bid"], alert: false, emit: { type: id, fields }, ...rest };
}

function groupsOf<K>(events: readonly TocsinEvent[], keyOf: (event: TocsinEvent) => K): Map<K, TocsinEvent[]> {
  const groups = new Map<K, TocsinEvent[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return groups;
}

/** The value with the most events; of as many the least, as text. */
function topOf(events: readonly TocsinEvent[]): JsonValue {
  const counts = [...groupsOf(events, (event) => numberIn(event, "auction"))].map(([value, { length: count }]) => ({
    value,
    count,
  }));
  counts.sort((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1));
  return counts.slice(0, 1);
}

function hotItems(events: readonly TocsinEvent[]): readonly Row[] {
  const bids = bidsOf(events);
  const byHop = groupsOf(bids, (bid) => startOf(bid, hopMs));
  const hops = [...byHop.keys()];
  const starts = new Set(hops.flatMap((hop) => [0, 1, 2, 3, 4].map((back) => hop - back * hopMs)));
  return [...starts].map((start) => {
    const inside = [0, 1, 2, 3, 4].flatMap((hop) => byHop.get(start + hop * hopMs) ?? []);
    return { start, top: topOf(inside) };
  });
}

function highestBids(events: readonly TocsinEvent[]): readonly Row[] {
  return [...groupsOf(bidsOf(events), (bid) => startOf(bid, windowMs))].map(([start, bids]) => ({
    start,
    price: bids.reduce((most, bid) => Math.max(most, numberIn(bid, "price")), 0),
  }));
}

function newUsers(events: readonly TocsinEvent[]): readonly Row[] {
  const at = (event: TocsinEvent, field: string) => `${startOf(event, windowMs)} ${numberIn(event, field)}`;
  const sellers = new Set(events.filter(({ type }) => type === "auction").map((event) => at(event, "seller")));
  return events
    .filter((event) => event.type === "person" && sellers.has(at(event, "person")))
    .map((event) => ({
      start: startOf(event, windowMs),
      person: numberIn(event, "person"),
      name: event.fields["name"] ?? null,
    }));
}

/** Events are in the order of their times. The first of a time may still join a session that ends at it; then it has fired. */
function sessionCounts(events: readonly TocsinEvent[]): readonly Row[] {
  const rows: Row[] = [];
  const firsts = new Set(events.filter(({ time }, index) => events[index - 1]?.time !== time));
  for (const [bidder, bids] of groupsOf(bidsOf(events), (bid) => numberIn(bid, "bidder"))) {
    let start = bids[0]?.time ?? 0;
    let last = Number(start);
    let n = 0;
    for (const bid of bids) {
      const { time } = bid;
      if (time - last > windowMs || (time - last === windowMs && !firsts.has(bid))) {
        rows.push({ bidder, n, start, end: last + windowMs });
        start = time;
        n = 0;
      }
      last = time;
      n += 1;
    }
    rows.push({ bidder, n, start, end: last + windowMs });
  }
  return rows;
}

function tumblingCounts(events: readonly TocsinEvent[]): readonly Row[] {
  const rows: Row[] = [];
  for (const [bidder, bids] of groupsOf(bidsOf(events), (bid) => numberIn(bid, "bidder")))
    for (const [start, { length: n }] of groupsOf(bids, (bid) => startOf(bid, windowMs)))
      rows.push({ bidder, n, start });
  return rows;
}

const seconds = (ms: number) => `${ms / 1_000}s`;
const tumbling = { type: "tumbling", size: seconds(windowMs) };

export const nexmarkQueries: readonly NexmarkQuery[] = [
  {
    name: "q0: each bid as it is",
    rule: rowRule("q0", { conditions: "true" }, { auction: "auction", bidder: "bidder", price: "price" }),
    rowsOf: (events) =>
      bidsOf(events).map((bid) => ({
        auction: numberIn(bid, "auction"),
        bidder: numberIn(bid, "bidder"),
        price: numberIn(bid, "price"),
      })),
  },
  {
    name: "q1: each price in another currency",
    rule: rowRule("q1", { conditions: "true" }, { auction: "auction", price: "price * 0.908" }),
    rowsOf: (events) =>
      bidsOf(events).map((bid) => ({ auction: numberIn(bid, "auction"), price: numberIn(bid, "price") * 0.908 })),
  },
  {
    name: "q2: bids at some auctions",
    rule: rowRule("q2", { conditions: "auction % 123 == 0" }, { auction: "auction", price: "price" }),
    rowsOf: (events) =>
      bidsOf(events)
        .filter((bid) => numberIn(bid, "auction") % 123 === 0)
        .map((bid) => ({ auction: numberIn(bid, "auction"), price: numberIn(bid, "price") })),
  },
  {
    name: "q5: the auction with the most bids, 10 s every 2 s",
    rule: rowRule(
      "q5",
      {
        windows: {
          w: {
            type: "hopping",
            size: seconds(windowMs),
            every: seconds(hopMs),
            aggregate: { top: { topK: "auction", k: 1 } },
          },
        },
      },
      { start: "w.start", top: "w.top" },
    ),
    rowsOf: hotItems,
  },
  {
    name: "q7: the highest bid, each 10 s",
    rule: rowRule(
      "q7",
      { windows: { w: { ...tumbling, aggregate: { price: { max: "price" } } } } },
      { start: "w.start", price: "w.price" },
    ),
    rowsOf: highestBids,
  },
  {
    name: "q8: persons who came and sold, each 10 s",
    rule: rowRule(
      "q8",
      {
        on: ["person", "auction"],
        key: ["meta.type == 'person' ? person : seller"],
        windows: {
          w: {
            ...tumbling,
            aggregate: {
              person: { first: "person", where: "meta.type == 'person'" },
              name: { first: "name", where: "meta.type == 'person'" },
              sold: { count: true, where: "meta.type == 'auction'" },
            },
          },
        },
        conditions: "w.person != null && w.sold > 0",
      },
      { start: "w.start", person: "w.person", name: "w.name" },
    ),
    rowsOf: newUsers,
  },
  {
    name: "q11: bids of each bidder in a session, gap 10 s",
    rule: rowRule(
      "q11",
      { key: ["bidder"], windows: { w: { type: "session", gap: seconds(windowMs), aggregate: { n: "count" } } } },
      { bidder: "key.bidder", n: "w.n", start: "w.start", end: "w.end" },
    ),
    rowsOf: sessionCounts,
  },
  {
    name: "q12: bids of each bidder, each 10 s",
    rule: rowRule(
      "q12",
      { key: ["bidder"], windows: { w: { ...tumbling, aggregate: { n: "count" } } } },
      { bidder: "key.bidder", n: "w.n", start: "w.start" },
    ),
    rowsOf: tumblingCounts,
  },
];
