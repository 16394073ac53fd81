/** How requests flow through a design at a load. */
export { utilisationsOf } from "./capacity.ts";
export type { ClassFlow, Flow, PartFlow } from "./flow.ts";
export { flowOf } from "./flow-of.ts";
