import type { RedisScript } from "../connection.ts";
import { decodeLua } from "./shared-lua.ts";

/**
 * Takes a shard over and reads what it starts from, at one moment.
 *
 *     KEYS  1 meta, 2 journal, 3 segments
 *     ARGV  1 the new owner
 *     gives { lsn, checkpoint or false, through or false, { journal entry, … } }, JSON but for the lsn
 *
 * Removes segments that the checkpoint does not name. Reads and decodes first: an error after the first write would leave
 * half of it done.
 */
export const acquireScript: RedisScript = {
  name: "acquire",
  lua: `${decodeLua}
local checkpoint = redis.call('HGET', KEYS[1], 'checkpoint')
local through = redis.call('HGET', KEYS[1], 'through')
local journal = redis.call('LRANGE', KEYS[2], 0, -1)
local segments = {}
if checkpoint then
  for _, name in ipairs(decode(checkpoint).segments) do segments[name] = true end
end
for _, text in ipairs(journal) do decode(text) end

redis.call('HSET', KEYS[1], 'owner', ARGV[1])
local lsn = redis.call('HINCRBY', KEYS[1], 'lsn', 1)
for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do
  if not segments[name] then redis.call('HDEL', KEYS[3], name) end
end
return { lsn, checkpoint, through, journal }
`,
};
