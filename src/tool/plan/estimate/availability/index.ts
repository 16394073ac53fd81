/** How available a design is: by class of requests, by part, and as a whole. Pure. */
export {
  availabilityOf,
  type ClassAvailability,
  type PartAvailability,
  type SystemAvailability,
} from "./availability.ts";
