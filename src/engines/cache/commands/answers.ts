/** Errors in Redis's words, which clients match. */
export const ANSWERS = {
  syntax: "ERR syntax error",
  notInteger: "ERR value is not an integer or out of range",
  notFloat: "ERR value is not a valid float",
  noSuchKey: "ERR no such key",
  tooLong: "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
  databaseRange: "ERR DB index is out of range",
  wrongPassword: "WRONGPASS invalid username-password pair or user is disabled.",
} as const;
