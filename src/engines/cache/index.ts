/** A cache that speaks Redis's protocol, in one process. */
export { CACHE_ERRORS, CacheError, type CacheErrorCode } from "./errors.ts";
export {
  type CacheLimits,
  type CacheOptions,
  type CacheTelemetryOptions,
  DEFAULT_CACHE_LIMITS,
} from "./options.ts";
export { type RunningCache, startCache } from "./server/start.ts";
