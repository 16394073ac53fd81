/** Numbers as Redis reads, adds and writes them. */
export { addExtended, type Extended, formatExtended, parseExtended } from "./extended.ts";
export { addInt64, type Int64, multiplyInt64, parseInt64, toSafeNumber } from "./int64.ts";
