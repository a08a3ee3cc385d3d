import type { RedisScript } from "../connection.ts";
import { appendLua } from "./shared-lua.ts";

/**
 * Rule 8 of docs/protocol.md.
 *
 *     KEYS  1 meta, 2 journal, 3 ledger, 4 outbox
 *     ARGV  1 owner, 2 lsn, 3 through, 4 number of journal entries, those entries, then the effects
 *     gives the new lsn, or -1: fenced, and nothing was changed
 *
 * The first write is HINCRBY, which a server out of memory refuses before anything is changed.
 */
export const advanceScript: RedisScript = {
  name: "advance",
  lua: `${appendLua}
if is_fenced(KEYS[1], ARGV[1], ARGV[2]) then return -1 end
local journal_end = 4 + tonumber(ARGV[4])

local lsn = redis.call('HINCRBY', KEYS[1], 'lsn', 1)
redis.call('HSET', KEYS[1], 'through', ARGV[3])
for at = 5, journal_end do redis.call('RPUSH', KEYS[2], ARGV[at]) end
append_effects(KEYS[3], KEYS[4], journal_end + 1)
return lsn
`,
};
