"""Changes of lists as Redis scripts (Lua): each one atomic, each one repeatable."""

JOIN = """
-- KEYS outlooks, differing, list, members, waiting, then each entry
-- ARGV receiver, outlook before ('': none), after, list's key, cause, held, now,
-- then of each entry: key, of, version, queue, deadline, late
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
local joined, late = {}, 0
for i = 6, #KEYS do
  local entry, at = KEYS[i], 8 + (i - 6) * 6
  local key, of = ARGV[at], ARGV[at + 1]
  local alert = string.match(key, '^[^/]+')
  -- Changed meanwhile, or somebody posts it: it is sorted again.
  if redis.call('HGET', entry, 'version') == ARGV[at + 2]
      and redis.call('HEXISTS', entry, of .. 'ts') == 0
      and redis.call('HEXISTS', entry, of .. 'intent') == 0 then
    redis.call('HSET', entry, of .. 'listed_in', ARGV[4])
    redis.call('HINCRBY', entry, 'version', 1)  -- whoever has read it posts nothing
    redis.call('ZREM', KEYS[2], key)
    local known = redis.call('HGET', KEYS[4], alert)
    local is_new = redis.call('ZADD', KEYS[5], ARGV[at + 4], alert) == 1
    if not known then
      redis.call('HINCRBY', KEYS[3], 'n:' .. ARGV[at + 3], 1)
    elseif is_new then  -- another notice of it was in the list, and over
      redis.call('HINCRBY', KEYS[3], 'o:' .. string.match(known, '^%S+'), -1)
    end
    if is_new then redis.call('HSET', KEYS[4], alert, 'breached 0') end
    late = tonumber(ARGV[at + 5])
    joined[#joined + 1] = key
  end
end
if #joined > 0 then
  if redis.call('HSETNX', KEYS[3], 'began', ARGV[7]) == 1 then
    redis.call('HSET', KEYS[3], 'cause', ARGV[5], 'for', ARGV[1])
    if ARGV[6] == '1' then redis.call('HSET', KEYS[3], 'held', 1) end
  end
  redis.call('HSET', KEYS[3], 'late', string.format('%.0f', late))
  redis.call('HINCRBY', KEYS[3], 'version', 1)
  for i = 3, 5 do redis.call('PERSIST', KEYS[i]) end
  if redis.call('HEXISTS', KEYS[3], 'held') == 0 then
    redis.call('ZADD', KEYS[2], 'NX', ARGV[7], ARGV[4])
  end
end
return joined
"""

MARK = """
-- KEYS entry, differing, list, members, waiting
-- ARGV key, of, version, list's key, state, waits, deadline, late, at, now, life,
-- taken, what else is shown of it
local key = ARGV[1]
local alert = string.match(key, '^[^/]+')
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[3] then return 0 end
if redis.call('EXISTS', KEYS[3]) == 0 then  -- forgotten: it is told by itself
  redis.call('HDEL', KEYS[1], ARGV[2] .. 'listed_in')
  return 0
end
local function count(name, by) redis.call('HINCRBY', KEYS[3], name, by) end
local function most(name, value)
  if tonumber(redis.call('HGET', KEYS[3], name) or '-1') < tonumber(value) then
    redis.call('HSET', KEYS[3], name, value)
  end
end
local known = redis.call('HGET', KEYS[4], alert)
local said = ARGV[5] .. ' ' .. ARGV[12] .. ' ' .. ARGV[13]
if known ~= said then
  local was, had = string.match(known or '', '^(%S+) (%d)')
  count('taken', ARGV[12] - (had or 0))
  redis.call('HSET', KEYS[4], alert, said)
  if redis.call('ZREM', KEYS[5], alert) == 0 and was then count('o:' .. was, -1) end
  if ARGV[6] == '1' then
    redis.call('ZADD', KEYS[5], ARGV[7], alert)
    for i = 3, 5 do redis.call('PERSIST', KEYS[i]) end
  else
    count('o:' .. ARGV[5], 1)
    most('longest', ARGV[8])
    most('ended', ARGV[9])
    if redis.call('EXISTS', KEYS[5]) == 0 and ARGV[11] ~= '0' then
      redis.call('PEXPIRE', KEYS[4], 2 * ARGV[11])
    end
  end
  count('version', 1)
  if redis.call('HEXISTS', KEYS[3], 'held') == 0 then
    redis.call('ZADD', KEYS[2], 'NX', ARGV[10], ARGV[4])
  end
end
redis.call('ZREM', KEYS[2], key)
if ARGV[11] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[11]) end
return 1
"""

ADOPT = """
-- KEYS list, differing
-- ARGV its key, cause, now, receiver, channel, ts, shown
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'cause', ARGV[2], 'began', ARGV[3], 'for', ARGV[4],
  'version', 1, 'receiver', ARGV[4], 'channel', ARGV[5], 'ts', ARGV[6],
  'shown', ARGV[7])
redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
return 1
"""

TURN = """
-- KEYS outlooks, differing, then each list that takes nothing any more
-- ARGV receiver, outlook before, after, now, then the key of each list
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 3, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('HDEL', KEYS[i], 'held')
    redis.call('HINCRBY', KEYS[i], 'version', 1)
    redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[i + 2])
  end
end
return 1
"""

ABSORB = """
-- KEYS list, differing, then what the summary is kept in, receivers of summaries
-- ARGV list's key, receiver, longest, now, then name and number of each count
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
if tonumber(redis.call('HGET', KEYS[1], 'longest') or '0') < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'longest', ARGV[3])
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[1])
for i = 3, #KEYS - 1 do redis.call('DEL', KEYS[i]) end
return redis.call('SREM', KEYS[#KEYS], ARGV[2])
"""
