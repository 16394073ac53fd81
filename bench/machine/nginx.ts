import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

/** nginx as a reverse proxy with one worker, in front of processes on this machine. */
export interface Nginx {
  readonly version: string;
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** The version of the nginx that is installed: `nginx 1.22.1`. Throws when there is none. */
export function nginxVersion(): string {
  const said = spawnSync("nginx", ["-v"], { encoding: "utf8", env: withSystemPrograms() });
  const version = /nginx\/([\d.]+)/.exec(said.stderr ?? "")?.[1];
  if (version === undefined) throw new Error("nginx is not installed; `apt-get install nginx-light`");
  return `nginx ${version}`;
}

/** Starts nginx before the ports given. Throws when it is not installed. */
export async function startNginx(upstreamPorts: readonly number[]): Promise<Nginx> {
  const version = nginxVersion();
  const folder = mkdtempSync(join(tmpdir(), "trestle-nginx-"));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  writeFileSync(file, configuration(folder, port, upstreamPorts));
  const nginx = spawn("nginx", ["-c", file, "-p", folder, "-e", "stderr"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: withSystemPrograms(),
  });
  const ended = once(nginx, "exit");
  const close = async () => {
    nginx.kill("SIGQUIT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; !(await isOpen(port)); attempt++) {
    if (attempt > 100 || nginx.exitCode !== null || nginx.pid === undefined) {
      await close();
      throw new Error("nginx did not begin to listen");
    }
    await sleep(50);
  }
  return { version, url: `http://127.0.0.1:${port}`, pid: nginx.pid ?? 0, close };
}

/** Debian installs nginx where only root's path leads. */
function withSystemPrograms(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` };
}

/** What our edge does, in nginx's words: one process, connections kept open on both sides, no access log. */
function configuration(folder: string, port: number, upstreamPorts: readonly number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
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
  }
}
`;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
