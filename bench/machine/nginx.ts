import { freePort } from "./free-port.ts";
import { type ServerProcess, startServer, versionOf } from "./server-process.ts";

/** The version of the nginx that is installed: `nginx 1.22.1`. Throws when there is none. */
export function nginxVersion(): string {
  return versionOf("nginx", ["-v"], /nginx\/([\d.]+)/, "nginx-light");
}

/** Starts nginx as a reverse proxy with one worker before the ports given. Throws when it is not installed. */
export async function startNginx(upstreamPorts: readonly number[]): Promise<ServerProcess> {
  const port = await freePort();
  return startNginxWith(port, (folder) => proxy(folder, port, upstreamPorts));
}

/** Starts nginx with what stands in its `http` block. */
export function startNginxWith(port: number, http: (folder: string) => string): Promise<ServerProcess> {
  return startServer({
    version: nginxVersion(),
    port,
    configuration: (folder) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
${http(folder)}
}
`,
    command: (folder, file) => ["nginx", "-c", file, "-p", folder, "-e", "stderr"],
    signal: "SIGQUIT",
  });
}

/**
 * What our edge does, in nginx's words: connections kept open on both sides, no access log. Answers are held in memory while the
 * client takes them, never on disk. Its buffers are nginx's own: larger ones cost it more for small answers.
 */
function proxy(_folder: string, port: number, upstreamPorts: readonly number[]): string {
  return `
  proxy_max_temp_file_size 0;
  upstream replicas {
    ${upstreamPorts.map((one) => `server 127.0.0.1:${one};`).join("\n    ")}
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Request-Id $request_id;
    }
  }`;
}
