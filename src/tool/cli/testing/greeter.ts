import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, trestle } from "./spawned.ts";

/** A system in a folder of its own, that greets: an edge and a service in two replicas. Disposing stops and removes it. */
export interface Greeter extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** Writes a file of the system anew. */
  write(name: string, text: string): void;
}

/** Makes the system; `parts` is code that may add parts of its own and list them in `more`. */
export async function greeter({ parts = "" } = {}): Promise<Greeter> {
  const folder = mkdtempSync(join(tmpdir(), "trestle-greeter-"));
  const port = await freePort();
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("system.ts", systemText(port, parts));
  write("service.mjs", SERVICE);
  return {
    folder,
    port,
    url: `http://127.0.0.1:${port}/`,
    write,
    async [Symbol.asyncDispose]() {
      await trestle(folder, "down");
      rmSync(folder, { recursive: true });
    },
  };
}

function systemText(port: number, parts: string): string {
  return `import { edge, service, system, task } from "trestle";
const more: ReturnType<typeof task>[] = [];
${parts}
const hello = service("hello", {
  run: "./service.mjs",
  uses: Object.fromEntries(more.map((part) => [part.name, part])),
  replicas: 2,
  health: "/healthz",
});
const front = edge("front", { port: ${port}, routes: [{ path: "/*", to: hello }] });
export default system("greeter", { parts: [front] });
`;
}

const SERVICE = `import { createServer } from "node:http";
const server = createServer((request, response) => response.end(\`hello from \${process.pid}\\n\`));
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
`;
