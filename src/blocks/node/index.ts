/** Modules of Node itself, without what they load beside themselves. */
export { createServer, request } from "./http.ts";
