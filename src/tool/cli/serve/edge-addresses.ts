import { join } from "node:path";
import type { EdgeConfig, ListenerConfig } from "../../../engines/edge/index.ts";
import type { Address } from "./run-engine.ts";
import { urlHost } from "./url-host.ts";

/** Where an edge is reached; `ports` are those of its listeners, in their order. */
export function addressesOf(
  config: EdgeConfig,
  ports: readonly number[],
  adminPort: number | undefined,
): Address[] {
  const addresses = config.listeners.map((listener, at): Address => {
    const kind = schemeOf(listener);
    return { kind, url: `${kind}://${urlHost(listener.host)}:${ports[at] ?? listener.port}` };
  });
  if (config.admin && adminPort !== undefined) {
    addresses.push({
      kind: "admin",
      url: `http://${urlHost(config.admin.host ?? "127.0.0.1")}:${adminPort}`,
    });
  }
  return addresses;
}

function schemeOf(listener: ListenerConfig): string {
  if (listener.kind === "tcp" || listener.kind === "udp") return listener.kind;
  return listener.tls ? "https" : "http";
}

/** Commands to try: a request to the first address, if that speaks HTTP, and a look at the metrics. */
export function triesOf({ listeners }: EdgeConfig, addresses: readonly Address[]): string[] {
  const tries: string[] = [];
  const [listener] = listeners;
  if (listener && listener.kind !== "tcp" && listener.kind !== "udp") {
    const path = listener.routes.find((route) => !route.path.includes(":"))?.path.replace(/\*$/, "") ?? "/";
    const root = listener.tls?.local ? `--cacert ${join(listener.tls.local.folder, "root.pem")} ` : "";
    tries.push(`curl -i ${root}${addresses[0]?.url}${path}`);
  }
  const admin = addresses.find(({ kind }) => kind === "admin");
  if (admin) tries.push(`curl ${admin.url}/metrics`);
  return tries;
}
