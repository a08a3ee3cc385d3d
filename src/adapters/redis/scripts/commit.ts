import type { RedisScript } from "../connection.ts";
import { appendLua, decodeLua } from "./shared-lua.ts";

/**
 * Rule 9 of docs/protocol.md.
 *
 *     KEYS  1 meta, 2 journal, 3 ledger, 4 outbox, 5 archive, 6 segments, 7 documents, 8 document contents, 9 contents
 *     ARGV  1 owner, 2 lsn, 3 through, 4 checkpoint, 5 its ordinal, 6 hash of its documents, 7 least ordinal of the ledger,
 *           8 greatest length of the archive, 9 number of segments, their names, number of journal entries, those entries,
 *           then the effects
 *     gives the new lsn; -1: fenced; or the name of what the checkpoint names and the store lacks, as "segment s1".
 *           In the last two cases nothing was changed
 *
 * Reads and decodes first: an error after the first write would leave half of it done. The first write is HINCRBY, which a
 * server out of memory refuses before anything is changed. The archive is trimmed by whole blocks of its stream ("~"), so
 * it may hold somewhat more.
 */
export const commitScript: RedisScript = {
  name: "commit",
  lua: `${decodeLua}${appendLua}
if is_fenced(KEYS[1], ARGV[1], ARGV[2]) then return -1 end
local ordinal, documents = tonumber(ARGV[5]), ARGV[6]
local segments_end = 9 + tonumber(ARGV[9])
local journal_first = segments_end + 2
local journal_end = segments_end + 1 + tonumber(ARGV[segments_end + 1])

local named = {}
for at = 10, segments_end do
  if redis.call('HEXISTS', KEYS[6], ARGV[at]) == 0 then return 'segment ' .. ARGV[at] end
  named[ARGV[at]] = true
end
if redis.call('HEXISTS', KEYS[7], documents) == 0 then return 'documents ' .. documents end
local contents = redis.call('HGET', KEYS[8], documents)
for _, name in ipairs(contents and decode(contents) or {}) do
  if redis.call('HEXISTS', KEYS[9], name) == 0 then return 'content ' .. name end
end

local before = redis.call('HGET', KEYS[1], 'checkpoint')
local replaced = before and decode(before).documents
local journal = redis.call('LRANGE', KEYS[2], 0, -1)
for at = journal_first, journal_end do journal[#journal + 1] = ARGV[at] end
local archived = 0
for at, text in ipairs(journal) do
  local stored = decode(text)
  if stored.ordinal <= ordinal then archived = at
  elseif stored.entry.kind == 'activation' and stored.entry.documents == replaced then replaced = false end
end
if replaced == documents then replaced = false end
local needless = {}
if replaced then
  local needed = {}
  local lists = redis.call('HGETALL', KEYS[8])
  for at = 1, #lists, 2 do
    if lists[at] ~= replaced then
      for _, name in ipairs(decode(lists[at + 1])) do needed[name] = true end
    end
  end
  for _, name in ipairs(redis.call('HKEYS', KEYS[9])) do
    if not needed[name] then needless[#needless + 1] = name end
  end
end

local lsn = redis.call('HINCRBY', KEYS[1], 'lsn', 1)
redis.call('HSET', KEYS[1], 'through', ARGV[3], 'checkpoint', ARGV[4])
for at = journal_first, journal_end do redis.call('RPUSH', KEYS[2], ARGV[at]) end
for at = 1, archived do redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[8], '*', 'e', journal[at]) end
if archived > 0 then redis.call('LTRIM', KEYS[2], archived, -1) end
append_effects(KEYS[3], KEYS[4], journal_end + 1)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[7])
for _, name in ipairs(redis.call('HKEYS', KEYS[6])) do
  if not named[name] then redis.call('HDEL', KEYS[6], name) end
end
if replaced then
  redis.call('HDEL', KEYS[7], replaced)
  redis.call('HDEL', KEYS[8], replaced)
  for _, name in ipairs(needless) do redis.call('HDEL', KEYS[9], name) end
end
return lsn
`,
};
