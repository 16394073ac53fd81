/** `trestle plan --sweep`: a plan at each of several values of a setting. Pure. */

export { type Knee, kneeOf } from "./knee.ts";
export { type Sweep, type SweepPoint, type SweptRequirement, sweep } from "./sweep.ts";
