import { Script } from "../script.ts";

/**
 * Leases as a sorted set: one member per unit, scored by the microsecond at which it ends by itself.
 *
 * KEYS: the set. ARGV: verb, name of the hold, units, limit, lease (µs). `take` answers whether it did, how many units are
 * free, when the set is empty again and when so many leases have ended that the take could succeed, in µs.
 * `renew` and `release` answer whether the hold was still there.
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
  held = redis.call('ZCARD', key)
elseif verb == 'renew' or (verb == 'take' and held + units <= limit) then
  local ends = string.format('%.0f', now + lease)
  for i = 1, units do
    local member = hold .. ':' .. i
    if verb == 'renew' and not redis.call('ZSCORE', key, member) then done = 0
    else redis.call('ZADD', key, ends, member) end
  end
  held = redis.call('ZCARD', key)
  if held > 0 then redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(lease / 1000) + 1)) end
else done = 0 end

local empty, free = 0, 0
if held > 0 then empty = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2] - now end
if done == 0 and units <= limit and held + units > limit then
  local last = held + units - limit - 1
  free = redis.call('ZRANGE', key, last, last, 'WITHSCORES')[2] - now
end
return string.format('%d %d %.0f %.0f', done, limit - held, empty, free)
`);
