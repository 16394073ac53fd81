import type {
  EdgeConfig,
  EndpointConfig,
  HttpListenerConfig,
  UpstreamConfig,
} from "../../engines/edge/config/index.ts";
import type { PartModel, ServiceModel, SystemModel } from "../design/model.ts";
import { cacheJob } from "./cache-job.ts";
import { EdgePart } from "./edge-part.ts";
import { environmentFor } from "./environment.ts";
import { RunError } from "./errors.ts";
import type { Part, PartHost } from "./part.ts";
import { ServicePart } from "./service-part.ts";
import { ExternalPart, SinglePart } from "./single-part.ts";
import { sqlJob } from "./sql-job.ts";
import { taskJob } from "./task-job.ts";

/** The edge that balances between services; it exists only where one service uses another. */
export const INTERNAL_EDGE = "internal-edge";

/** Makes the running parts of a checked design, in the order of the design: each one after whatever it needs. */
export async function assemble(model: SystemModel, host: PartHost): Promise<ReadonlyMap<string, Part>> {
  checkModel(model);
  const parts = new Map<string, Part>();
  const services = model.parts.filter((part) => part.kind === "service");
  const edges = () => [...parts.values()].filter((part) => part instanceof EdgePart);
  const onEndpoints = async () => {
    await Promise.all(edges().map((edge) => edge.apply()));
  };

  const inside = await internalListeners(model, host);
  const chosen = await chosenPorts(model, host);
  if (inside.size > 0) parts.set(INTERNAL_EDGE, edgePart(INTERNAL_EDGE, [], [...inside.values()]));
  for (const part of model.parts) parts.set(part.name, make(part));
  return parts;

  function make(part: PartModel): Part {
    if ("url" in part && part.url !== undefined) return new ExternalPart(part.kind, part.name, part.url);
    switch (part.kind) {
      case "cache":
        return new SinglePart("cache", [], cacheJob(part, host), host);
      case "database":
        return new SinglePart("database", [], sqlJob(part, host), host);
      case "task":
        return new SinglePart(
          "task",
          needsOf(part.uses),
          taskJob(part, host, () => environmentFor(part, parts, host.environment)),
          host,
        );
      case "service": {
        const listener = inside.get(part.name);
        return new ServicePart(
          {
            model: part,
            needs: needsOf(part.uses),
            environment: () => environmentFor(part, parts, host.environment),
            onEndpoints,
            ...(listener ? { url: `http://127.0.0.1:${listener.port}` } : {}),
          },
          host,
        );
      }
      case "edge":
        return edgePart(
          part.name,
          part.routes.map(({ to }) => to),
          [{ host: part.host, port: chosen.get(part.name) ?? part.port, routes: part.routes }],
        );
    }
  }

  function edgePart(
    name: string,
    needs: readonly string[],
    listeners: readonly HttpListenerConfig[],
  ): EdgePart {
    const upstreams = new Set(listeners.flatMap(({ routes }) => routes.map(({ to }) => to)));
    const first = listeners[0];
    if (!first) throw new RunError("NOT_POSSIBLE", `${name} listens nowhere`);
    const config = (): EdgeConfig => ({
      listeners,
      upstreams: Object.fromEntries(
        services.filter((one) => upstreams.has(one.name)).map((one) => [one.name, upstreamOf(one, parts)]),
      ),
    });
    return new EdgePart(
      { name, needs: [...new Set(needs)], host: first.host, port: first.port, config },
      host,
    );
  }

  /** Whoever uses a service reaches it through the internal edge, which therefore has to be up as well. */
  function needsOf(uses: Readonly<Record<string, string>>): readonly string[] {
    const names = [...new Set(Object.values(uses))];
    return names.some((name) => inside.has(name)) ? [...names, INTERNAL_EDGE] : names;
  }
}

/** What the language allows and this machinery does not. Said before anything is started. */
function checkModel({ parts }: SystemModel): void {
  const routed = new Set(
    parts.flatMap((part) =>
      part.kind === "edge" && part.url === undefined ? part.routes.map(({ to }) => to) : [],
    ),
  );
  for (const { kind, name, ...part } of parts) {
    if (name === INTERNAL_EDGE)
      throw new RunError("NOT_POSSIBLE", `${name} is a name of Trestle's own: choose another`);
    if (kind === "service" && "url" in part && part.url !== undefined && routed.has(name))
      endpointOf(name, part.url);
  }
}

/** One loopback listener for each service that others use, at a port that stays the same from run to run. */
async function internalListeners(
  model: SystemModel,
  host: PartHost,
): Promise<Map<string, HttpListenerConfig>> {
  const used = new Set(model.parts.flatMap((part) => ("uses" in part ? Object.values(part.uses) : [])));
  const listeners = new Map<string, HttpListenerConfig>();
  for (const part of model.parts) {
    if (part.kind !== "service" || part.url !== undefined || !used.has(part.name)) continue;
    const port = await host.ports.take(`${INTERNAL_EDGE}.${part.name}`);
    listeners.set(part.name, { host: "127.0.0.1", port, routes: [{ path: "/*", to: part.name }] });
  }
  return listeners;
}

/** For each edge that leaves its port open (0), one that stays the same from run to run. */
async function chosenPorts({ parts }: SystemModel, host: PartHost): Promise<ReadonlyMap<string, number>> {
  const chosen = new Map<string, number>();
  for (const part of parts) {
    if (part.kind !== "edge" || part.url !== undefined || part.port !== 0) continue;
    chosen.set(part.name, await host.ports.take(part.name));
  }
  return chosen;
}

function upstreamOf(service: ServiceModel, parts: ReadonlyMap<string, Part>): UpstreamConfig {
  const part = parts.get(service.name);
  const endpoints =
    part instanceof ServicePart ? part.endpoints : [endpointOf(service.name, service.url ?? "")];
  return { endpoints, ...(service.health === undefined ? {} : { health: { path: service.health } }) };
}

/** A service outside Trestle is one endpoint. */
function endpointOf(name: string, url: string): EndpointConfig {
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  if (protocol !== "http:" || !hostname) {
    throw new RunError(
      "NOT_POSSIBLE",
      `${name} has the url ${url}: the edge reaches services by http:// alone`,
    );
  }
  return { id: name, host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
}
