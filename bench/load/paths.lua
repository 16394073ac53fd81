-- wrk asks for the paths of a file, in their order, from a place of its own for each thread.
--
-- Arguments after `--`: the file (a path per line), a number of requests per second for each thread, 0 for as many as it
-- can, and `even` or `poisson`: whether requests come at even intervals or as those of many people do, at random. At a
-- rate, requests have times at which they are due, fixed beforehand, so that a slow answer does not slow the offer: the
-- next free connection makes up for it. wrk's clock for that counts whole milliseconds.

local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } trestle_time;
  int clock_gettime(int clock, trestle_time *time);
]])
local time = ffi.new("trestle_time")
local function now()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local requests, at, interval, due = {}, 0, 0, nil

function init(args)
  local made = {}
  for path in io.lines(args[1]) do
    local request = made[path]
    if not request then
      request = wrk.format("GET", path)
      made[path] = request
    end
    requests[#requests + 1] = request
  end
  at = math.floor(#requests * 0.37 * number) % #requests
  local rate = tonumber(args[2])
  if rate > 0 then
    interval = 1 / rate
    local random = args[3] == "poisson"
    math.randomseed(number + 1)
    -- wrk calls delay() only if it is there.
    function delay()
      local present = now()
      due = (due or present) + (random and -math.log(1 - math.random()) * interval or interval)
      return math.max(0, math.floor((due - present) * 1000 + 0.5))
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"durationUs":%d,"failed":%d,"p50Us":%d,"p90Us":%d,"p99Us":%d,"p999Us":%d,"maxUs":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max))
end
