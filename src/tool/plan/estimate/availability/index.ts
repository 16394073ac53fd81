/** How available a design is: by class of requests, by part, and as a whole. Pure. */
export { availabilityOf } from "./availability.ts";
export type { ClassAvailability, PartAvailability, SystemAvailability } from "./system-availability.ts";
