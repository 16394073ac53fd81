import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../machine/free-port.ts";
import { startNginxWith } from "../machine/nginx.ts";
import type { ServerProcess } from "../machine/server-process.ts";

/** What is asked for: its path, and the bytes of the answer's body. */
export const ANSWERS = [
  { path: "/small", what: "100 B", bytes: 100, connections: 64 },
  { path: "/files/middle", what: "10 KB", bytes: 10_000, connections: 64 },
  { path: "/files/large", what: "1 MB", bytes: 1_000_000, connections: 16 },
] as const;

/** The server that all contenders stand before: the quickest that there is, so that it is not what is measured. */
export async function startOrigin(): Promise<ServerProcess & { readonly port: number }> {
  const port = await freePort();
  const origin = await startNginxWith(port, (folder) => {
    mkdirSync(join(folder, "files"));
    for (const { path, bytes } of ANSWERS)
      if (path.startsWith("/files/")) writeFileSync(join(folder, path), Buffer.alloc(bytes, "x"));
    return `
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /small { return 200 "${"x".repeat(100)}"; }
    location = /healthz { return 200 "ok"; }
    location /files/ { root ${folder}; }
  }`;
  });
  return { ...origin, port };
}
