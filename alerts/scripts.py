"""The ledger's changes as Redis scripts (Lua): each one atomic, each one repeatable."""

WANT = """
-- KEYS entry, differing; ARGV key, field, noticed_at, offset, value, opens
local known = redis.call('HGET', KEYS[1], ARGV[2])
if known then
  -- The earliest copy of a fact counts (alerts.alert): that of the lowest offset.
  if tonumber(string.match(known, '^%d+ (%d+) ')) <= tonumber(ARGV[4]) then
    return 0
  end
elseif ARGV[6] == '0' and redis.call('EXISTS', KEYS[1]) == 0 then
  return 0  -- of a cycle that never breached
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5])
redis.call('HINCRBY', KEYS[1], 'version', 1)
-- Whoever settles or records it next says how long it is to live.
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return 1
"""

SETTLE = """
-- KEYS entry, differing; ARGV key, version, life (0: for ever)
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 0 end
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return redis.call('ZREM', KEYS[2], ARGV[1])
"""

BEGIN = """
-- KEYS entry, lease; ARGV owner, version, receiver, channel, now
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
if redis.call('HEXISTS', KEYS[1], 'ts') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'receiver', ARGV[3], 'channel', ARGV[4], 'intent', ARGV[5])
return 1
"""

RECORD = """
-- KEYS entry, differing, lease; ARGV key, version, ts, shown, done, life, owner, now
-- A process that was stopped meanwhile may know nothing of another's message.
local known = redis.call('HGET', KEYS[1], 'ts')
if known and known ~= ARGV[3] and redis.call('GET', KEYS[3]) ~= ARGV[7] then
  redis.call('HSETNX', KEYS[1], 'doubt', ARGV[8])
  return 0
end
redis.call('HSET', KEYS[1], 'ts', ARGV[3], 'shown', ARGV[4])
redis.call('HDEL', KEYS[1], 'intent')
if ARGV[5] == '1' and redis.call('HGET', KEYS[1], 'version') == ARGV[2] then
  redis.call('ZREM', KEYS[2], ARGV[1])
  if ARGV[6] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
end
return 1
"""

FORGET_INTENT = """
-- KEYS entry, lease; ARGV owner, doubt ('': it surely did not happen)
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then redis.call('HSETNX', KEYS[1], 'doubt', ARGV[2]) end
return redis.call('HDEL', KEYS[1], 'intent', 'receiver', 'channel')
"""

EXTEND = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
