"""The ledger's changes as Redis scripts (Lua): each one atomic, each one repeatable.

`of` is what the fields of a notice begin with: '' for the first.
"""

DIFFER = """
local function differ(entry, list, key, since)  -- all notices of an alert
  redis.call('ZADD', list, 'NX', since, key)
  for _, name in ipairs(redis.call('HKEYS', entry)) do
    local notice = string.match(name, '^(.+):asked$')
    if notice then redis.call('ZADD', list, 'NX', since, key .. '/' .. notice) end
  end
end
"""

WANT = (
    DIFFER
    + """
-- KEYS entry, differing, read
-- ARGV key, field, noticed_at, offset, value, opens, partition ('': none), from, again,
-- notice ('': none but the first)
if ARGV[7] ~= '' then
  local read = tonumber(redis.call('HGET', KEYS[3], ARGV[7]) or '0')
  if read < tonumber(ARGV[8]) then return -1 end  -- what lay between is lost
end
local function told(changed)  -- the very last: an error before it leaves the place
  if ARGV[7] ~= '' then
    local read = tonumber(redis.call('HGET', KEYS[3], ARGV[7]) or '0')
    if read <= tonumber(ARGV[4]) then
      redis.call('HSET', KEYS[3], ARGV[7], string.format('%.0f', ARGV[4] + 1))
    end
  end
  return changed
end
local known = redis.call('HGET', KEYS[1], ARGV[2])
if known then
  -- The earliest copy of a fact counts (alerts.alert): that of the lowest offset.
  if tonumber(string.match(known, '^%d+ (%d+) ')) <= tonumber(ARGV[4]) then
    return told(0)
  end
elseif redis.call('EXISTS', KEYS[1]) == 0 then
  if ARGV[6] == '0' then return told(0) end  -- of a cycle that never breached
  if ARGV[9] == '1' then redis.call('HSET', KEYS[1], 'lost', ARGV[3]) end
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5])
if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'partition', ARGV[7]) end
if ARGV[10] ~= '' and redis.call('HSETNX', KEYS[1], ARGV[10] .. ':asked', 1) == 1
    and ARGV[9] == '1' then
  redis.call('HSET', KEYS[1], ARGV[10] .. ':lost', ARGV[3])
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
-- Whoever settles or records it next says how long it is to live.
redis.call('PERSIST', KEYS[1])
differ(KEYS[1], KEYS[2], ARGV[1], ARGV[3])
return told(1)
"""
)

ADVANCE = """
-- KEYS read; ARGV partition, from, to
local read = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if read < tonumber(ARGV[2]) then return -1 end
if read < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 0
"""

BEGIN_AT = """
-- KEYS read; ARGV partition, where it was ('': unknown), where it goes on
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

SETTLE = """
-- KEYS entry, differing; ARGV key, version, life (0: for ever)
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 0 end
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return redis.call('ZREM', KEYS[2], ARGV[1])
"""

BEGIN = """
-- KEYS entry, lease
-- ARGV of, owner, version, receiver, channel, now, doubt ('': none), asks ('': none)
local of = ARGV[1]
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[3] then return 0 end
if redis.call('HEXISTS', KEYS[1], of .. 'ts') == 1 then return 0 end
redis.call('HSET', KEYS[1], of .. 'receiver', ARGV[4], of .. 'channel', ARGV[5],
  of .. 'intent', ARGV[6])
if ARGV[7] ~= '' then redis.call('HSETNX', KEYS[1], of .. 'doubt', ARGV[7]) end
if ARGV[8] ~= '' then redis.call('HSETNX', KEYS[1], ARGV[8] .. ':asked', 1) end
return 1
"""

RECORD = """
-- KEYS entry, differing, lease
-- ARGV key, version, ts, shown, done, life, owner, now, receiver, channel, of,
-- asks ('': none), righted
local of = ARGV[11]
local is_latest = redis.call('HGET', KEYS[1], 'version') == ARGV[2]
-- A process that was stopped meanwhile may know nothing of another's message.
local known = redis.call('HGET', KEYS[1], of .. 'ts')
if known and known ~= ARGV[3] and redis.call('GET', KEYS[3]) ~= ARGV[7] then
  redis.call('HSETNX', KEYS[1], of .. 'doubt', ARGV[8])
  redis.call('HSET', KEYS[1], of .. 'righted', '')
  redis.call('HINCRBY', KEYS[1], 'version', 1)  -- its holder knows nothing of ours
  redis.call('PERSIST', KEYS[1])
  redis.call('ZADD', KEYS[2], 'NX', ARGV[8], ARGV[1])
  return 0
end
redis.call('HSET', KEYS[1], of .. 'ts', ARGV[3], of .. 'shown', ARGV[4],
  of .. 'shown_at', ARGV[8])
if ARGV[13] == '1' and is_latest then
  redis.call('HSET', KEYS[1], of .. 'righted', ARGV[4])
end
if ARGV[10] ~= '' then  -- found, and the ledger had forgotten where it was posted
  redis.call('HSETNX', KEYS[1], of .. 'receiver', ARGV[9])
  redis.call('HSETNX', KEYS[1], of .. 'channel', ARGV[10])
end
redis.call('HDEL', KEYS[1], of .. 'intent', of .. 'lost')
if ARGV[12] ~= '' and redis.call('HSETNX', KEYS[1], ARGV[12] .. ':asked', 1) == 1 then
  redis.call('HSET', KEYS[1], ARGV[12] .. ':lost', ARGV[8])  -- look before posting
  redis.call('ZADD', KEYS[2], 'NX', ARGV[8], ARGV[1] .. '/' .. ARGV[12])
end
if ARGV[5] == '1' and is_latest then
  redis.call('ZREM', KEYS[2], ARGV[1])
  if ARGV[6] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
end
return 1
"""

FORGOTTEN = """
-- KEYS entry, differing; ARGV key, of, what is shown, now
local known = redis.call('HGET', KEYS[1], ARGV[2] .. 'shown')
if not known or known == ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2] .. 'shown', '')
redis.call('HINCRBY', KEYS[1], 'version', 1)  -- whoever has read it may not settle it
redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[1])
return 1
"""

JOIN = """
-- KEYS guest, host, differing, lease of the guest
-- ARGV guest, its version, host, its version, owner, now, notice that may call for it
if redis.call('GET', KEYS[4]) ~= ARGV[5] then return 0 end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
if redis.call('HGET', KEYS[2], 'version') ~= ARGV[4] then return 0 end
if redis.call('HEXISTS', KEYS[1], 'ts') == 1 then return 0 end
local place = redis.call('HMGET', KEYS[2], 'ts', 'channel', 'receiver')
if not place[1] then return 0 end
redis.call('HSET', KEYS[1], 'host', ARGV[3], 'ts', place[1], 'channel', place[2],
  'receiver', place[3], ARGV[7] .. ':asked', 1)
redis.call('HDEL', KEYS[1], 'intent', 'lost')
redis.call('HSET', KEYS[2], 'g:' .. ARGV[1], 1)
redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('PERSIST', KEYS[2])
redis.call('ZADD', KEYS[3], 'NX', ARGV[6], ARGV[3])
redis.call('ZADD', KEYS[3], 'NX', ARGV[6], ARGV[1] .. '/' .. ARGV[7])
return 1
"""

GIVE_TO_HOST = """
-- KEYS guest, host, differing; ARGV guest, its version, host, shown, life, now
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 then  -- forgotten: it needs a message of its own
  redis.call('HDEL', KEYS[1], 'host', 'ts', 'channel', 'receiver', 'shown')
  return 0
end
redis.call('HSET', KEYS[1], 'shown', ARGV[4])
if ARGV[5] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[5]) end
redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('PERSIST', KEYS[2])
redis.call('ZADD', KEYS[3], 'NX', ARGV[6], ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
"""

FORGET_INTENT = """
-- KEYS entry, lease
-- ARGV of, owner, doubt ('': it surely did not happen), whether nobody could look
local of = ARGV[1]
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
if ARGV[3] ~= '' then redis.call('HSETNX', KEYS[1], of .. 'doubt', ARGV[3]) end
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], of .. 'righted', '') end
redis.call('HDEL', KEYS[1], of .. 'intent', of .. 'lost', of .. 'receiver',
  of .. 'channel')
if of == '' then redis.call('HDEL', KEYS[1], 'broken:asked') end
return 1
"""

ASK = """
-- KEYS entry, differing; ARGV key, of, now: a notice more is wanted
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[1], ARGV[2] .. 'asked', 1) == 0 then return 0 end
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return 1
"""

FORGET_REPEATS = """
-- KEYS repeats; ARGV score, keys...
for at = 2, #ARGV do
  if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[at])) == tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
return 1
"""

EXTEND = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
