import type { ReportExprError } from "../expr/context.ts";
import type { Match } from "../pattern/match.ts";
import type { PatternSink } from "../pattern/pattern-sink.ts";
import type { Shard } from "./shard.ts";

/** Where a matcher's findings go while one event or one deadline is taken. */
export interface CollectingSink extends PatternSink {
  readonly matches: Match[];
}

export function collectingSink(shard: Shard, report: ReportExprError): CollectingSink {
  const matches: Match[] = [];
  return {
    matches,
    match: (found) => {
      matches.push(found);
    },
    error: report,
    shed: (count) => {
      shard.stats.partialMatchesShed += count;
    },
  };
}
