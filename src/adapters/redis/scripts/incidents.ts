import type { RedisScript } from "../connection.ts";

/** Names of KEYS, see `incidentKeys`, and the server's time in epoch milliseconds. */
const prelude = `
local seen, bodies, effects, attempts, pending, queued = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local finished, failed, leases, ordinal, incidents, recent = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Rule 10 of docs/protocol.md.
 *
 *     ARGV  1 most unfinished deliveries, 2 most incidents, 3 ms that an effect without deliveries is known, then for each
 *           notification: effect id, incident id or '', its JSON as read or '', its new JSON, number of deliveries, and for
 *           each of them: id, JSON
 *     gives {number of notifications dealt with, 'ok' | 'conflict' | 'full'}
 *
 * An effect seen before is passed over. Where an incident is not as it was read, it stops before that notification; the
 * caller reads again and goes on from there. So the rule for updating an incident stands in one place, in TypeScript.
 * The first write is a ZADD, which a server out of memory refuses before anything is changed.
 */
export const applyScript: RedisScript = {
  name: "incidents-apply",
  lua: `${prelude}
local done, at = 0, 4
while at <= #ARGV do
  local effect, incident, count = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 4])
  if not redis.call('ZSCORE', seen, effect) then
    if incident ~= '' and (redis.call('HGET', incidents, incident) or '') ~= ARGV[at + 2] then return {done, 'conflict'} end
    local unfinished = redis.call('ZCARD', pending) + redis.call('ZCARD', queued)
    if unfinished + count > tonumber(ARGV[1]) then return {done, 'full'} end
    redis.call('ZADD', seen, count > 0 and -count or now + ARGV[3], effect)
    for delivery = at + 5, at + 3 + 2 * count, 2 do
      redis.call('HSET', bodies, ARGV[delivery], ARGV[delivery + 1])
      redis.call('HSET', effects, ARGV[delivery], effect)
      redis.call('ZADD', pending, redis.call('INCR', ordinal), ARGV[delivery])
    end
    if incident ~= '' then
      redis.call('HSET', incidents, incident, ARGV[at + 3])
      redis.call('ZADD', recent, redis.call('INCR', ordinal), incident)
      if redis.call('ZCARD', recent) > tonumber(ARGV[2]) then
        redis.call('HDEL', incidents, redis.call('ZPOPMIN', recent)[1])
      end
    end
  end
  done = done + 1
  at = at + 5 + 2 * count
end
return {done, 'ok'}
`,
};

/**
 * Sweeps what is over, a bounded number of each kind, and gives the oldest pending deliveries.
 *
 *     ARGV  1 most deliveries, 2 most bytes of them (at least one is given), 3 most to sweep of each kind, 4 ms after which a
 *           queued delivery is pending again, 5 ms that an effect is known after its last delivery
 *     gives their JSON, in order
 */
export const pendingScript: RedisScript = {
  name: "incidents-pending",
  lua: `${prelude}
local function due(set) return redis.call('ZRANGEBYSCORE', set, '(0', now, 'LIMIT', 0, ARGV[3]) end
for _, id in ipairs(due(queued)) do
  local lease = redis.call('ZSCORE', leases, id)
  if lease and tonumber(lease) > now then
    redis.call('ZADD', queued, now + ARGV[4], id)
  else
    redis.call('ZREM', queued, id)
    redis.call('ZADD', pending, redis.call('INCR', ordinal), id)
  end
end
for _, id in ipairs(due(finished)) do
  redis.call('ZREM', finished, id)
  local effect = redis.call('HGET', effects, id)
  for _, hash in ipairs({bodies, effects, attempts, failed}) do redis.call('HDEL', hash, id) end
  if effect and redis.call('ZINCRBY', seen, 1, effect) == '0' then redis.call('ZADD', seen, now + ARGV[5], effect) end
end
for _, effect in ipairs(due(seen)) do redis.call('ZREM', seen, effect) end

local result, size = {}, 0
for _, id in ipairs(redis.call('ZRANGE', pending, 0, ARGV[1] - 1)) do
  local body = redis.call('HGET', bodies, id)
  size = size + #body
  if size > tonumber(ARGV[2]) and #result > 0 then break end
  result[#result + 1] = body
end
return result
`,
};

/** ARGV: 1 ms after which each is pending again, then the ids. */
export const queuedScript: RedisScript = {
  name: "incidents-queued",
  lua: `${prelude}
for at = 2, #ARGV do
  if redis.call('ZREM', pending, ARGV[at]) == 1 then redis.call('ZADD', queued, now + ARGV[1], ARGV[at]) end
end
return 0
`,
};

/** ARGV: 1 id, 2 ms of the lease. Gives {'claimed', attempt}, {'leased', ms left}, {'sent', 0} or {'failed', 0}. */
export const claimScript: RedisScript = {
  name: "incidents-claim",
  lua: `${prelude}
local id = ARGV[1]
if redis.call('HEXISTS', failed, id) == 1 then return {'failed', 0} end
if redis.call('HEXISTS', effects, id) == 0 or redis.call('ZSCORE', finished, id) then return {'sent', 0} end
local lease = redis.call('ZSCORE', leases, id)
if lease and tonumber(lease) > now then return {'leased', tonumber(lease) - now} end
redis.call('ZADD', leases, now + ARGV[2], id)
return {'claimed', redis.call('HINCRBY', attempts, id, 1)}
`,
};

/**
 * ARGV: 1 id, 2 'sent' or 'failed', 3 the reason, 4 ms that it is kept. Sent stays sent; failed and sent after all is sent.
 * The first write removes, so that a server out of memory takes this too: a send that can't be marked is one repeated.
 */
export const finishScript: RedisScript = {
  name: "incidents-finish",
  lua: `${prelude}
local id, state = ARGV[1], ARGV[2]
if redis.call('HEXISTS', effects, id) == 0 then return 0 end
local has_failed = redis.call('HEXISTS', failed, id) == 1
if redis.call('ZSCORE', finished, id) and (not has_failed or state == 'failed') then return 0 end
redis.call('ZREM', leases, id)
redis.call('ZREM', pending, id)
redis.call('ZREM', queued, id)
redis.call('ZREM', finished, id)
if state == 'failed' then redis.call('HSET', failed, id, ARGV[3]) else redis.call('HDEL', failed, id) end
redis.call('ZADD', finished, now + ARGV[4], id)
return 1
`,
};
