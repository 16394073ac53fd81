/**
 * Every take of the last window, as a list: first the sum of all, then `time units` in the order of time. One key, so that
 * nothing can lose its companion. A take appends, and drops from the front what has left the window; only a refusal walks,
 * over as many takes as have to leave first.
 *
 * A key has at most two entries per unit of its limit; beyond them a take joins the last one. While a place is held ahead, a
 * take is refused. Rewards undo the oldest takes first, as the local log does.
 */
export const SLIDING_LOG_LUA = `
local function entry(text)
  local at, units = string.match(text, '^(%S+) (%S+)$')
  return tonumber(at), tonumber(units)
end

-- Calls visit(at, units, position) from the oldest entry that counts on, until it answers true.
local function each(tier, visit)
  local from = tier.dropped + 1
  while from <= tier.length do
    local texts = redis.call('LRANGE', tier.key, from, from + 63)
    if #texts == 0 then return end
    for i, text in ipairs(texts) do
      local at, units = entry(text)
      if visit(at, units, from + i - 1) then return end
    end
    from = from + #texts
  end
end

-- Takes units out of an entry.
local function reduce(tier, position, at, had, units)
  redis.call('LSET', tier.key, position, string.format('%.0f %.17g', at, had - units))
  tier.sum = tier.sum - units
end

-- Drops the newest entries that hold nothing any more.
local function trim(tier)
  tier.last = 0
  while tier.length > tier.dropped do
    local at, had = entry(redis.call('LINDEX', tier.key, -1))
    tier.last, tier.lastUnits = at, had
    if had > 0 then return end
    redis.call('RPOP', tier.key)
    tier.last, tier.length = 0, tier.length - 1
  end
  tier.sum = 0
end

laws.log = {
  read = function(tier, key)
    tier.key, tier.sum, tier.dropped, tier.last, tier.added, tier.joins = key, 0, 0, 0, nil, nil
    tier.length = math.max(0, redis.call('LLEN', key) - 1)
    if tier.length == 0 then return end
    local sum, dropped = tonumber(redis.call('LINDEX', key, 0)), 0
    each(tier, function(at, units, position)
      if at + tier.window > now then return true end
      dropped, sum = position, sum - units
    end)
    tier.dropped = dropped
    if dropped == tier.length then return end
    tier.sum = sum
    tier.last, tier.lastUnits = entry(redis.call('LINDEX', key, -1))
  end,
  room = function(tier)
    if tier.last > now then return -math.huge end
    return tier.limit - tier.sum
  end,
  take = function(tier, units, delay)
    local at = math.max(now + delay, tier.last)
    tier.sum = tier.sum + units
    tier.joins = at == tier.last or tier.length - tier.dropped >= 2 * math.ceil(tier.limit)
    if tier.joins then units = units + tier.lastUnits end
    tier.last, tier.added = at, string.format('%.0f %.17g', at, units)
  end,
  give = function(tier, left)
    each(tier, function(at, had, position)
      if had > left then
        reduce(tier, position, at, had, left)
        return true
      end
      tier.dropped, tier.sum, left = position, tier.sum - had, left - had
    end)
    trim(tier)
  end,
  wait = function(tier, units)
    local from, sum = math.max(now, tier.last), tier.sum
    local free = from
    each(tier, function(at, had)
      local leaves = at + tier.window
      if leaves > from then
        if fits(tier.limit, sum + units, tier.limit) then return true end
        free = leaves
      end
      sum = sum - had
    end)
    return free - now
  end,
  departure = function(tier, units) return laws.log.wait(tier, units) end,
  blocked = function(tier, units, delay)
    if tier.length - tier.dropped < 2 * math.ceil(tier.limit) then return 0 end
    if now + delay <= math.max(now, tier.last) then return 0 end
    local first = 0
    each(tier, function(at) first = at return true end)
    return first + tier.window - now
  end,
  reset = function(tier)
    if tier.last == 0 then return 0 end
    return tier.last + tier.window - now
  end,
  cancel = function(tier, units, due)
    each(tier, function(at, had, position)
      if at < due then return end
      if (at == due) then reduce(tier, position, at, had, math.min(had, units)) end
      return true
    end)
    trim(tier)
  end,
  write = function(tier, life)
    if tier.last == 0 then redis.call('DEL', tier.key) return end
    if tier.joins then redis.call('LSET', tier.key, -1, tier.added) end
    if tier.length > 0 then redis.call('LTRIM', tier.key, tier.dropped + 1, -1) end
    if tier.added and not tier.joins then redis.call('RPUSH', tier.key, tier.added) end
    redis.call('LPUSH', tier.key, string.format('%.17g', tier.sum))
    redis.call('PEXPIRE', tier.key, life)
  end,
}
`;
