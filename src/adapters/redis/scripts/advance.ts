import type { RedisScript } from "../connection.ts";

/**
 * Lua functions that `advance` and `commit` share. Effects lie in ARGV from `first`, three values each: ordinal, id, JSON.
 * ZADD NX says whether the id is new to the ledger; only then does the effect go to the outbox. The server names the
 * entries of the outbox by its clock, so that after a failover no name is used for another effect.
 */
export const appendLua = `
local function is_fenced(meta, owner, lsn)
  local now = redis.call('HMGET', meta, 'owner', 'lsn')
  return now[1] ~= owner or now[2] ~= lsn
end
local function append_effects(ledger, outbox, first)
  for at = first, #ARGV, 3 do
    if redis.call('ZADD', ledger, 'NX', ARGV[at], ARGV[at + 1]) == 1 then
      redis.call('XADD', outbox, '*', 'e', ARGV[at + 2])
    end
  end
end
`;

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
