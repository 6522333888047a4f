"""The ledger's changes as Redis scripts (Lua): each one atomic, each one repeatable."""

WANT = """
-- KEYS entry, differing; ARGV key, field, noticed_at, offset, value, opens, life
local known = redis.call('HGET', KEYS[1], ARGV[2])
if known then
  local noticed_at, offset = string.match(known, '^(%d+) (%d+) ')
  noticed_at, offset = tonumber(noticed_at), tonumber(offset)
  local new = tonumber(ARGV[3])
  -- The earliest copy of a fact counts (alerts.alert).
  if noticed_at < new or (noticed_at == new and offset <= tonumber(ARGV[4])) then
    return 0
  end
elseif ARGV[6] == '0' and redis.call('EXISTS', KEYS[1]) == 0 then
  return 0  -- of a cycle that never breached
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5])
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[7])
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return 1
"""

SETTLE = """
-- KEYS entry, differing; ARGV key, version
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return 0 end
return redis.call('ZREM', KEYS[2], ARGV[1])
"""

BEGIN = """
-- KEYS entry, lease; ARGV owner, version, receiver, channel, now, life
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end
if redis.call('HEXISTS', KEYS[1], 'ts') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'receiver', ARGV[3], 'channel', ARGV[4], 'intent', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 1
"""

RECORD = """
-- KEYS entry, differing; ARGV key, version, ts, shown, done, life
redis.call('HSET', KEYS[1], 'ts', ARGV[3], 'shown', ARGV[4])
redis.call('HDEL', KEYS[1], 'intent')
redis.call('PEXPIRE', KEYS[1], ARGV[6])
if ARGV[5] == '1' and redis.call('HGET', KEYS[1], 'version') == ARGV[2] then
  redis.call('ZREM', KEYS[2], ARGV[1])
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
