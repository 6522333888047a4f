"""What presses change in Redis, as scripts (Lua): atomic, and repeatable."""

from alerts.scripts import DIFFER

PRESS = (
    DIFFER
    + """
-- KEYS entry, differing, due
-- ARGV key, field, press, now, until ('': does not end), notice ('': asks for none)
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[3]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[5] ~= '' then redis.call('ZADD', KEYS[3], 'LT', ARGV[5], ARGV[1]) end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], ARGV[6] .. ':asked', 1) end
differ(KEYS[1], KEYS[2], ARGV[1], ARGV[4])
return 1
"""
)

COME_DUE = (
    DIFFER
    + """
-- KEYS entry, differing, due; ARGV key, now
local at = redis.call('ZSCORE', KEYS[3], ARGV[1])
if not at or tonumber(at) > tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
-- Who read it before saw what was still so then, and must not settle it.
redis.call('HINCRBY', KEYS[1], 'version', 1)
differ(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
return 1
"""
)

MUTE = """
-- KEYS mutes; ARGV queue, mute: begins with its order, so that texts compare
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and known >= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""

LIFT = """
-- KEYS muted notices of the queue, differing; ARGV now
local muted = redis.call('SMEMBERS', KEYS[1])
for _, key in ipairs(muted) do redis.call('ZADD', KEYS[2], 'NX', ARGV[1], key) end
redis.call('DEL', KEYS[1])
return #muted
"""
