import {
  fixedWindow,
  gcra,
  leakyMeter,
  leakyQueue,
  type Rule,
  slidingCounter,
  slidingLog,
  tiers,
  tokenBucket,
} from "../../rate-limit/rule.ts";

/** So long that nothing comes back during a test, and that the present is in its first window since 1970. */
export const ENDLESS_MS = 3e12;

/** One rule of each kind, of so many units and no more. */
export function endlessRules(limit: number): readonly Rule[] {
  const rate = { limit, windowMs: ENDLESS_MS };
  return [
    tokenBucket(rate),
    gcra(rate),
    leakyMeter(rate),
    leakyQueue({ ...rate, queue: limit - 1 }),
    fixedWindow(rate),
    slidingLog(rate),
    slidingCounter(rate),
    tiers(tokenBucket({ limit: 2 * limit, windowMs: ENDLESS_MS }), fixedWindow(rate), slidingLog(rate)),
  ];
}
