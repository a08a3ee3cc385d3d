import type { RedisScript } from "../connection.ts";
import { decodeLua } from "./shared-lua.ts";

/**
 * Takes a shard over and reads what it starts from, at one moment.
 *
 *     KEYS  1 meta, 2 journal, 3 segments, 4 documents
 *     ARGV  1 the new owner
 *     gives { lsn, checkpoint or false, through or false, { journal entry, … } }, JSON but for the lsn
 *
 * Removes segments that the checkpoint does not name, and documents that neither it nor the journal names. Reads and
 * decodes first: an error after the first write would leave half of it done.
 */
export const acquireScript: RedisScript = {
  name: "acquire",
  lua: `${decodeLua}
local checkpoint = redis.call('HGET', KEYS[1], 'checkpoint')
local through = redis.call('HGET', KEYS[1], 'through')
local journal = redis.call('LRANGE', KEYS[2], 0, -1)
local segments, documents = {}, {}
if checkpoint then
  local decoded = decode(checkpoint)
  for _, name in ipairs(decoded.segments) do segments[name] = true end
  documents[decoded.documents] = true
end
for _, text in ipairs(journal) do
  local entry = decode(text).entry
  if entry.kind == 'activation' then documents[entry.documents] = true end
end

redis.call('HSET', KEYS[1], 'owner', ARGV[1])
local lsn = redis.call('HINCRBY', KEYS[1], 'lsn', 1)
for _, name in ipairs(redis.call('HKEYS', KEYS[3])) do
  if not segments[name] then redis.call('HDEL', KEYS[3], name) end
end
for _, hash in ipairs(redis.call('HKEYS', KEYS[4])) do
  if not documents[hash] then redis.call('HDEL', KEYS[4], hash) end
end
return { lsn, checkpoint, through, journal }
`,
};
