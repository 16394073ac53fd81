import { Script } from "../script.ts";

/**
 * Leases as a sorted set: one member per unit, scored by the microsecond at which it ends by itself.
 *
 * KEYS: the set. ARGV: verb, name of the hold, units, limit, lease (µs). The answer: whether it could be done, how many units
 * are free then, and how long (µs) the last lease still takes. `renew` and `release` can where the hold is still there.
 */
export const CONCURRENCY_SCRIPT = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local key, verb, hold, units = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local limit, lease = tonumber(ARGV[4]), tonumber(ARGV[5])

redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now))
local held = redis.call('ZCARD', key)
local done = 1
if verb == 'release' then
  for i = 1, units do done = math.min(done, redis.call('ZREM', key, hold .. ':' .. i)) end
elseif verb == 'renew' then
  local ends = string.format('%.0f', now + lease)
  for i = 1, units do done = math.min(done, redis.call('ZADD', key, 'XX', 'CH', ends, hold .. ':' .. i)) end
elseif held + units > limit then done = 0
elseif verb == 'take' then
  local ends = string.format('%.0f', now + lease)
  for i = 1, units do redis.call('ZADD', key, ends, hold .. ':' .. i) end
end
local used, empty = redis.call('ZCARD', key), 0
if used > 0 then empty = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2] - now end
if done == 1 and (verb == 'take' or verb == 'renew') then
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(empty / 1000) + 1))
end
if verb == 'peek' and done == 1 then used, empty = used + units, lease end
return string.format('%d %d %.0f', done, math.max(0, limit - used), empty)
`);
