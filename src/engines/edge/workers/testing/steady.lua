-- wrk asks for the same thing at a steady rate, in requests per second: the argument after `--`. Requests have times at which
-- they are due, fixed beforehand, so that a slow answer does not slow the offer. At the end, a line of JSON says what came of it.

local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } trestle_time;
  int clock_gettime(int clock, trestle_time *time);
]])
local time = ffi.new("trestle_time")
local interval, due

function init(args)
  interval = 1 / tonumber(args[1])
end

function delay()
  ffi.C.clock_gettime(1, time)
  local now = tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
  due = (due or now) + interval
  return math.max(0, math.floor((due - now) * 1000 + 0.5))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"p99Ms":%.1f,"maxMs":%.1f}\n',
    summary.requests, e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(99) / 1000, latency.max / 1000))
end
