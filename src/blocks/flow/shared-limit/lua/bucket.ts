/**
 * Token bucket, GCRA, leaky meter and leaky queue: one law, a level that drains evenly. Stored as `level time`: the level in
 * units is small, so that it keeps its digits, where a theoretical arrival time in microseconds since 1970 would lose them.
 *
 * A reservation raises the level above the capacity. Cancelling one gives back all but what would leave later takers, who
 * keep their moments, without cover. A queue, whose places are moments, gives back its last place only.
 *
 * A server's clock that steps back stops the draining for one decision and no longer: `time` follows it.
 */
export const BUCKET_LUA = `
laws.bucket = {
  read = function(tier, key)
    tier.key, tier.rate, tier.level = key, tier.limit / tier.window, 0
    local text = redis.call('GET', key)
    if not text then return end
    local level, at = string.match(text, '^(%S+) (%S+)$')
    tier.isAhead = tonumber(at) > now
    tier.level = math.max(0, tonumber(level) - math.max(0, now - tonumber(at)) * tier.rate)
  end,
  room = function(tier) return tier.capacity - tier.level end,
  take = function(tier, units) tier.level = tier.level + units end,
  give = function(tier, units) tier.level = math.max(0, tier.level - units) end,
  wait = function(tier, units)
    if fits(tier.capacity, tier.level + units, tier.capacity) then return 0 end
    return (tier.level + units - tier.capacity) / tier.rate
  end,
  departure = function(tier, units)
    if tier.paced then return tier.level / tier.rate end
    return laws.bucket.wait(tier, units)
  end,
  blocked = function(tier, units)
    return tier.paced and laws.bucket.wait(tier, units) or 0
  end,
  reset = function(tier) return tier.level / tier.rate end,
  cancel = function(tier, units, at, place)
    local since = tier.level - (at - now + place) * tier.rate
    if since < -tier.capacity * TOLERANCE then return end
    if tier.paced then
      if since <= tier.capacity * TOLERANCE then tier.level = math.max(0, tier.level - units) end
      return
    end
    tier.level = math.max(0, tier.level - math.max(0, math.min(units, tier.capacity - since)))
  end,
  write = function(tier, life)
    if tier.level <= 0 then redis.call('DEL', tier.key) return end
    redis.call('SET', tier.key, string.format('%.17g %.0f', tier.level, now), 'PX', life)
  end,
}
`;
