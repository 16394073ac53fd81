/** Errors with stable codes, and the two questions asked of anything thrown. */
export { CodedError, codeOf, type ErrorRow, messageOf } from "./coded-error.ts";
