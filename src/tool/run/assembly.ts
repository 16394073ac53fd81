import type { EdgeConfig, HttpListenerConfig, UpstreamConfig } from "../../engines/edge/config/index.ts";
import { fallbackOf, targetsOfEdge } from "../design/edge-targets.ts";
import type { PartModel, SystemModel } from "../design/model.ts";
import { cacheJob } from "./cache-job.ts";
import { edgeConfigOf, edgeTelemetry, urlsOf } from "./edge-config.ts";
import { EdgePart } from "./edge-part.ts";
import { environmentFor, type Program } from "./environment.ts";
import { RunError } from "./errors.ts";
import type { Part, PartHost } from "./part.ts";
import { ServicePart } from "./service-part.ts";
import { ExternalPart, SinglePart } from "./single-part.ts";
import { sqlJob } from "./sql-job.ts";
import { taskJob } from "./task-job.ts";
import { endpointAt, upstreamOf } from "./upstream-config.ts";

/** The edge that balances between services; it exists only where one service uses another. */
export const INTERNAL_EDGE = "internal-edge";

/** Makes the running parts of a checked design, in the order of the design: each one after whatever it needs. */
export async function assemble(model: SystemModel, host: PartHost): Promise<ReadonlyMap<string, Part>> {
  checkModel(model);
  const parts = new Map<string, Part>();
  const models = new Map(model.parts.map((part) => [part.name, part]));
  const edges = () => [...parts.values()].filter((part) => part instanceof EdgePart);
  const onEndpoints = async () => {
    await Promise.all(edges().map((edge) => edge.apply()));
  };

  const inside = await internalListeners(model, host);
  const chosen = await chosenPorts(model, host);
  if (inside.size > 0) {
    parts.set(
      INTERNAL_EDGE,
      edgePart(INTERNAL_EDGE, [], [...inside.keys()], { listeners: [...inside.values()] }),
    );
  }
  for (const part of model.parts) parts.set(part.name, make(part));
  return parts;

  function make(part: PartModel): Part {
    if ("url" in part && part.url !== undefined) return new ExternalPart(part.kind, part.name, part.url);
    switch (part.kind) {
      case "cache":
        return new SinglePart("cache", [], cacheJob(part, usersOf(part.name, model), host), host);
      case "database":
        return new SinglePart("database", [], sqlJob(part, host), host);
      case "task":
        return new SinglePart(
          "task",
          needsOf(part.uses),
          taskJob(part, host, () => environmentOf(part, part.name)),
          host,
        );
      case "service": {
        const listener = inside.get(part.name);
        return new ServicePart(
          {
            model: part,
            needs: needsOf(part.uses),
            environment: (replica) => environmentOf(part, replica),
            onEndpoints,
            ...(listener ? { url: `http://127.0.0.1:${listener.port}` } : {}),
          },
          host,
        );
      }
      case "edge": {
        const targets = targetsOfEdge(part);
        return edgePart(part.name, targets, targets, edgeConfigOf(part, chosen.get(part.name) ?? [], host));
      }
    }
  }

  function environmentOf(program: Program, replica: string): NodeJS.ProcessEnv {
    const { telemetry: target } = host;
    return environmentFor(program, parts, host.environment, target && { target, replica });
  }

  /** An edge that waits for some parts, and leads to some, and to their fallbacks. */
  function edgePart(
    name: string,
    needs: readonly string[],
    targets: readonly string[],
    settings: Omit<EdgeConfig, "upstreams">,
  ): EdgePart {
    const [first] = settings.listeners;
    if (!first) throw new RunError("NOT_POSSIBLE", `${name} listens nowhere`);
    const names = withFallbacks(targets, models);
    const telemetry = host.telemetry && edgeTelemetry(name, host.telemetry);
    const config = (): EdgeConfig => ({
      ...settings,
      ...(telemetry ? { telemetry } : {}),
      upstreams: Object.fromEntries(names.map((one) => [one, upstream(one)])),
    });
    // The internal one is reached at the URLs of the services that it leads to.
    const urls = name === INTERNAL_EDGE ? [] : urlsOf(settings);
    return new EdgePart({ name, needs, urls, port: first.port, config }, host);
  }

  /** How a part is reached now. */
  function upstream(name: string): UpstreamConfig {
    const part = parts.get(name);
    const found = models.get(name);
    const external = found && "url" in found ? found.url : undefined;
    const url = external ?? part?.url;
    if (found?.kind !== "service") {
      const endpoint = url === undefined ? undefined : endpointAt(name, url);
      return { endpoints: endpoint ? [endpoint] : [] };
    }
    if (part instanceof ServicePart) return upstreamOf(found, part.endpoints, host.designFolder);
    const endpoint = endpointAt(name, url ?? "");
    return upstreamOf(found, endpoint ? [endpoint] : [], host.designFolder);
  }

  /** Whoever uses a service reaches it through the internal edge, which therefore has to be up as well. */
  function needsOf(uses: Readonly<Record<string, string>>): readonly string[] {
    const names = [...new Set(Object.values(uses))];
    return names.some((name) => inside.has(name)) ? [...names, INTERNAL_EDGE] : names;
  }
}

/** The parts that use a part. */
function usersOf(name: string, { parts }: SystemModel): readonly string[] {
  return parts.flatMap((part) =>
    "uses" in part && Object.values(part.uses).includes(name) ? [part.name] : [],
  );
}

/** What the language allows and this machinery does not. Said before anything is started. */
function checkModel({ parts }: SystemModel): void {
  for (const { name } of parts) {
    if (name === INTERNAL_EDGE)
      throw new RunError("NOT_POSSIBLE", `${name} is a name of Trestle's own: choose another`);
  }
}

/** Parts, and the services that answer in the place of those that fail. */
function withFallbacks(names: readonly string[], models: ReadonlyMap<string, PartModel>): readonly string[] {
  const found = new Set(names);
  // A set that grows while it is gone through comes to what was added, too.
  for (const name of found) {
    const part = models.get(name);
    const fallback = part?.kind === "service" ? fallbackOf(part) : undefined;
    if (fallback !== undefined) found.add(fallback);
  }
  return [...found];
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

/** For each edge the ports of its listeners: where the design leaves one open (0), one that stays the same from run to run. */
async function chosenPorts(
  { parts }: SystemModel,
  host: PartHost,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const chosen = new Map<string, readonly number[]>();
  for (const part of parts) {
    if (part.kind !== "edge" || part.url !== undefined) continue;
    const ports: number[] = [];
    for (const [at, { port }] of part.listeners.entries()) {
      ports.push(port === 0 ? await host.ports.take(at === 0 ? part.name : `${part.name}.${at + 1}`) : port);
    }
    chosen.set(part.name, ports);
  }
  return chosen;
}
