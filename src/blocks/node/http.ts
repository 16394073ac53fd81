/**
 * `node:http`, loaded by its name at run time. An `import` of it reads every export, and one of them (`WebSocket`) brings in all
 * of undici: 14 MB of resident memory that a supervisor has no use for.
 */
const http = process.getBuiltinModule("node:http");

export const { Agent, createServer, request } = http;
