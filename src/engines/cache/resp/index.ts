/** The Redis serialization protocol: requests in, answers out. */
export { flat } from "./flat.ts";
export { splitInline } from "./inline.ts";
export { type ProtocolVersion, Reply } from "./reply.ts";
export { ARGUMENT_OVERHEAD_BYTES, type ParserState, RequestParser } from "./request-parser.ts";
