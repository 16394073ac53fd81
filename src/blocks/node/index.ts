/** Modules of Node itself, without what they load beside themselves. */
export { Agent, createServer, request, ServerResponse } from "./http.ts";
