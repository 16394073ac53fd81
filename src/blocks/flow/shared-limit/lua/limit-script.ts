import { Script } from "../script.ts";
import { BUCKET_LUA } from "./bucket.ts";
import { FIXED_WINDOW_LUA } from "./fixed-window.ts";
import { SLIDING_COUNTER_LUA } from "./sliding-counter.ts";
import { SLIDING_LOG_LUA } from "./sliding-log.ts";

/** The laws that the scripts know; several kinds of rule may keep one law. */
export type LawName = "bucket" | "window" | "counter" | "log";

const LAWS: Readonly<Record<LawName, string>> = {
  bucket: BUCKET_LUA,
  window: FIXED_WINDOW_LUA,
  counter: SLIDING_COUNTER_LUA,
  log: SLIDING_LOG_LUA,
};

/**
 * Where a script has its time from: sets `now`, whole microseconds since the Unix epoch, and `LIFE_MS_MIN`, the shortest life
 * of a key. The server's own clock is the one that all processes share.
 */
export const SERVER_TIME_LUA = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local LIFE_MS_MIN = 1
`;

/**
 * The script that decides under some laws, for all keys and parameters: those are arguments, so that a server caches a few
 * scripts and no more.
 *
 * KEYS: one per tier. ARGV: verb, units, extra, place, then law, limit, window (µs), capacity and "1" for a queue, per tier.
 * `extra` is for `take` the most that may be granted instead, for `reserve` the longest wait (µs) and for `cancel` the moment
 * that was reserved; `place` is how long (µs) after it the key would have been as good as new. The answer is one string
 * of numbers, since the protocol cuts the fractions off others; their names stand in `answer.ts`.
 */
export function limitScript(laws: readonly LawName[], timeLua: string = SERVER_TIME_LUA): Script {
  const used = [...new Set(laws)].sort().map((name) => LAWS[name]);
  return new Script([BEGIN_LUA, timeLua, ...used, MAIN_LUA].join(""));
}

const BEGIN_LUA = `
-- For the rounding of fractions, relative to the limit, and less than a unit: whole units are counted exactly.
local TOLERANCE = 1e-9
local UNITS_MAX = 1e15
local LIFE_MS_MAX = 1e11
local verb, units, extra, place = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local laws = {}
local function whole(us) return math.ceil(us - 1e-6) end
local function slack(limit) return math.min(limit * TOLERANCE, 0.5) end
local function fits(room, wanted, limit) return wanted <= room + slack(limit) end
`;

const MAIN_LUA = `
local function write(tier)
  local life = math.ceil(tier.law.reset(tier) / 1000) + 1
  tier.law.write(tier, string.format('%.0f', math.min(math.max(life, LIFE_MS_MIN), LIFE_MS_MAX)))
end

local changes = verb == 'penalize' or verb == 'reward' or verb == 'cancel'
local tiers = {}
for i, key in ipairs(KEYS) do
  local at = 5 + (i - 1) * 5
  local tier = {
    law = laws[ARGV[at]],
    limit = tonumber(ARGV[at + 1]),
    window = tonumber(ARGV[at + 2]),
    capacity = tonumber(ARGV[at + 3]),
    paced = ARGV[at + 4] == '1',
  }
  tier.law.read(tier, key)
  if verb == 'penalize' then tier.law.take(tier, math.min(units, UNITS_MAX), 0)
  elseif verb == 'reward' then tier.law.give(tier, units)
  elseif verb == 'cancel' and now <= extra then tier.law.cancel(tier, units, extra, place) end
  if changes then
    write(tier)
    tier.law.read(tier, key)
  end
  tiers[i] = tier
end
-- Whoever changed a key is told whether it has a unit now.
if changes then units = 1 end

local allowed, delay, most, late = true, 0, extra, nil
for _, tier in ipairs(tiers) do
  local room = tier.law.room(tier)
  local has = fits(room, units, tier.capacity)
  if verb ~= 'reserve' then
    if not has then allowed = false end
    if tier.paced and not changes then delay = math.max(delay, tier.law.departure(tier, units)) end
    most = math.min(most, math.floor(room + slack(tier.capacity)))
  elseif fits(tier.capacity, units, tier.capacity) then
    delay = tier.law.departure(tier, units)
    late = math.max(delay - extra, tier.law.blocked(tier, units, delay))
    if late > 0 then allowed = false end
  else allowed = false end
end
local granted = units
if verb == 'take' then granted = math.max(units, most) end
delay = whole(delay)

local binding, remaining, reset, retry
for i, tier in ipairs(tiers) do
  local wait = 0
  if not allowed then
    if fits(tier.capacity, units, tier.capacity) then wait = late or tier.law.wait(tier, units)
    else wait = math.huge end
  elseif not changes then tier.law.take(tier, granted, delay) end
  -- What was written before the clock stepped back is written anew by a refusal too: it would hold until the clock has caught up.
  if not changes and verb ~= 'peek' and (allowed or tier.isAhead) then write(tier) end
  local left = math.floor(math.min(tier.law.room(tier), tier.capacity) + slack(tier.capacity))
  if left < 0 then left = 0 end
  if not binding or wait > retry or (wait == retry and left < remaining) then
    binding, remaining, retry = i, left, wait
    reset = math.max(0, whole(tier.law.reset(tier)))
  end
end
if retry == math.huge then retry = -1 else retry = whole(retry) end
if not allowed then granted, delay = 0, 0 end
local held = 0
if verb == 'reserve' and allowed then held = tiers[1].law.reset(tiers[1]) - delay end
return string.format('%d %.17g %d %.0f %.0f %.0f %.0f %.0f %.17g',
  allowed and 1 or 0, granted, binding, remaining, reset, retry, delay, now + delay, held)
`;
