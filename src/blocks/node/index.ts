/** Modules of Node itself, without what they load beside themselves. */
export { Agent, createServer, request } from "./http.ts";
