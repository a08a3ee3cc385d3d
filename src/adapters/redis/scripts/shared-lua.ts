/**
 * JSON that Tocsin wrote itself, or a reply with the code DAMAGED. A script decodes all that it must before its first write:
 * Redis undoes nothing.
 */
export const decodeLua = `
local function decode(text)
  local is_json, value = pcall(cjson.decode, text)
  if not is_json or type(value) ~= 'table' then error(redis.error_reply('DAMAGED no JSON object')) end
  return value
end
`;

/**
 * Lua functions of the writes. Effects lie in ARGV from `first`, three values each: ordinal, id, JSON.
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
