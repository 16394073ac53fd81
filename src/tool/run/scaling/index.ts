/** Scaling running services by their load: loaded only where a design asks for it. */
export type { ScaledService } from "./scaled-service.ts";
export { ScalingLoop, type ScalingOptions, type ScalingTimes } from "./scaling-loop.ts";
