/**
 * Two fixed windows, stored as `current previous window`; the previous one counts by the share of it that the sliding window
 * still covers. A reward counts as what it takes from the sum of both.
 */
export const SLIDING_COUNTER_LUA = `
laws.counter = {
  read = function(tier, key)
    tier.key, tier.current, tier.previous, tier.index = key, 0, 0, math.floor(now / tier.window)
    tier.left = (tier.index + 1) * tier.window - now
    local text = redis.call('GET', key)
    if not text then return end
    local current, previous, index = string.match(text, '^(%S+) (%S+) (%S+)$')
    local passed = tier.index - tonumber(index)
    tier.isAhead = passed < 0
    if passed <= 0 then tier.current, tier.previous = tonumber(current), tonumber(previous)
    elseif passed == 1 then tier.previous = tonumber(current) end
  end,
  room = function(tier)
    return tier.limit - tier.current - tier.previous * tier.left / tier.window
  end,
  take = function(tier, units) tier.current = tier.current + units end,
  give = function(tier, units)
    local rest = math.max(0, units - tier.current)
    tier.current = math.max(0, tier.current - units)
    tier.previous = math.max(0, tier.previous - rest * tier.window / tier.left)
  end,
  wait = function(tier, units)
    if fits(laws.counter.room(tier), units, tier.limit) then return 0 end
    local free = tier.limit - units
    if tier.current <= free then
      return math.max(0, tier.left - tier.window * (free - tier.current) / tier.previous)
    end
    return tier.left + tier.window * (1 - free / tier.current)
  end,
  reset = function(tier)
    if tier.current > 0 then return tier.left + tier.window end
    if tier.previous > 0 then return tier.left end
    return 0
  end,
  write = function(tier, life)
    if tier.current <= 0 and tier.previous <= 0 then redis.call('DEL', tier.key) return end
    redis.call('SET', tier.key,
      string.format('%.17g %.17g %.0f', tier.current, tier.previous, tier.index), 'PX', life)
  end,
}
`;
