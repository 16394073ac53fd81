/**
 * Fixed windows, stored as `count window`. A count above the limit is what penalties and reservations took of the windows
 * to come: each window works off `limit` of it.
 *
 * A reservation that does not fit into what a window has left begins the next one, and what it left is lost.
 */
export const FIXED_WINDOW_LUA = `
laws.window = {
  read = function(tier, key)
    tier.key, tier.count, tier.index = key, 0, math.floor(now / tier.window)
    local text = redis.call('GET', key)
    if not text then return end
    local count, index = string.match(text, '^(%S+) (%S+)$')
    tier.isAhead = tonumber(index) > tier.index
    tier.count = math.max(0, tonumber(count) - math.max(0, tier.index - tonumber(index)) * tier.limit)
  end,
  room = function(tier) return tier.limit - tier.count end,
  take = function(tier, units, delay)
    local ahead = math.floor((now + delay) / tier.window + TOLERANCE) - tier.index
    tier.count = math.max(tier.count, ahead * tier.limit) + units
  end,
  give = function(tier, units) tier.count = math.max(0, tier.count - units) end,
  wait = function(tier, units)
    if fits(tier.limit - tier.count, units, tier.limit) then return 0 end
    local ahead = math.ceil((tier.count + units) / tier.limit - 1 - TOLERANCE)
    return (tier.index + ahead) * tier.window - now
  end,
  departure = function(tier, units) return laws.window.wait(tier, units) end,
  blocked = function() return 0 end,
  reset = function(tier)
    return (tier.index + math.ceil(tier.count / tier.limit - TOLERANCE)) * tier.window - now
  end,
  cancel = function(tier, units, at)
    local ahead = math.floor(at / tier.window + TOLERANCE) - tier.index
    local last = tier.count > ahead * tier.limit and fits((ahead + 1) * tier.limit, tier.count, tier.limit)
    if ahead >= 0 and last then tier.count = math.max(0, tier.count - units) end
  end,
  write = function(tier, life)
    if tier.count <= 0 then redis.call('DEL', tier.key) return end
    redis.call('SET', tier.key, string.format('%.17g %.0f', tier.count, tier.index), 'PX', life)
  end,
}
`;
