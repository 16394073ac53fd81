/** A checked design made ready for a plan: its requests with their rates and ways, and its parts, each field with its source. Pure. */
export { type ResolveOptions, resolveSystem } from "./resolve.ts";
