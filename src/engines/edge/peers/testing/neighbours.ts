import { join } from "node:path";
import type { TestFolder } from "../../tls/testing/test-authority.ts";
import { type PeerServer, startServer } from "./program.ts";

/** Starts HAProxy with what follows its `global` and `defaults`; resolves once it listens on the ports. */
export async function startHaproxy(
  folder: TestFolder,
  ports: readonly number[],
  sections: string,
): Promise<PeerServer> {
  const file = await folder.write(
    `haproxy-${ports[0]}.cfg`,
    `global
  nbthread 1
defaults
  mode http
  timeout connect 3s
  timeout client 20s
  timeout server 20s
${sections}
`,
  );
  return startServer("haproxy", ["-db", "-f", file], ports);
}

/** Starts nginx with what stands in its `http` block; resolves once it listens on the ports. */
export async function startNginx(
  folder: TestFolder,
  ports: readonly number[],
  http: string,
): Promise<PeerServer> {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path ${join(folder.path, name)};`,
  );
  const file = await folder.write(
    "nginx.conf",
    `daemon off;
master_process off;
pid ${join(folder.path, "nginx.pid")};
${process.getuid?.() === 0 ? "user root;" : ""}
events {}
http {
  access_log off;
${temporary.join("\n")}
${http}
}
`,
  );
  return startServer("nginx", ["-c", file, "-p", folder.path, "-e", "stderr"], ports);
}
