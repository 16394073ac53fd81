/** Errors with stable codes, the two questions asked of anything thrown, and the word that was probably meant. */
export { CodedError, codeOf, type ErrorRow, messageOf } from "./coded-error.ts";
export { nearest } from "./nearest.ts";
