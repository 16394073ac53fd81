import type { EdgeModel } from "../edge-model.ts";
import { targetsOf } from "../edge-targets.ts";
import type { Place } from "./place.ts";
import type { CheckedPart } from "./walk.ts";

/** Checks what no part can know by itself: names and ports that two have, and ways that cannot be gone. */
export function checkTogether(parts: readonly CheckedPart[]): void {
  checkNames(parts);
  checkPorts(parts);
  checkTargets(parts);
}

/** Replicas can only follow a load that is observed. Called when nothing is. */
export function checkScaling(parts: readonly CheckedPart[]): void {
  for (const { model, place } of parts) {
    if (model.kind !== "service" || !model.scaling) continue;
    place
      .at("replicas")
      .problem(
        "without telemetry nothing tells when there are too few or too many",
        "Write a number, or take telemetry: false out of the system.",
      );
  }
}

function checkNames(parts: readonly CheckedPart[]): void {
  const first = new Map<string, CheckedPart>();
  for (const one of parts) {
    const { name, kind, site } = one.part;
    if (typeof name !== "string") continue;
    const other = first.get(name);
    if (!other) {
      first.set(name, one);
      continue;
    }
    const line =
      other.part.site && other.part.site.file === site?.file ? ` on line ${other.part.site.line}` : "";
    one.place
      .argument(0)
      .problem(
        `two parts are called "${name}": this ${kind} and the ${other.part.kind}${line}`,
        "Give one of them another name.",
      );
  }
}

/** An address that an edge takes. */
interface Taken {
  readonly edge: string;
  readonly host: string;
  readonly port: number;
  readonly datagrams: boolean;
  readonly place: Place;
}

function checkPorts(parts: readonly CheckedPart[]): void {
  const before: Taken[] = [];
  for (const { model, place } of parts) {
    if (model.kind !== "edge" || model.url !== undefined) continue;
    for (const one of takenBy(model, place)) {
      const other = before.find(
        ({ host, port, datagrams }) =>
          port === one.port && datagrams === one.datagrams && overlap(host, one.host),
      );
      before.push(one);
      if (!other) continue;
      const who =
        other.edge === one.edge
          ? `two addresses of ${one.edge}`
          : `the edges ${other.edge} and ${one.edge} both`;
      one.place.problem(
        `${who} listen on port ${one.port}`,
        `Give one of them another, such as port: ${one.port < 65_535 ? one.port + 1 : one.port - 1}.`,
      );
    }
  }
}

function takenBy({ name, listeners, admin }: EdgeModel, place: Place): Taken[] {
  const taken = listeners.map(({ host, port, kind }, at) => ({
    edge: name,
    host,
    port,
    datagrams: kind === "udp",
    place:
      at === 0
        ? place.at("port")
        : place
            .at("listeners")
            .at(at - 1)
            .at("port"),
  }));
  if (admin)
    taken.push({
      edge: name,
      host: "127.0.0.1",
      port: admin.port,
      datagrams: false,
      place: place.at("admin"),
    });
  return taken.filter(({ port }) => port !== 0);
}

/** Whether two addresses stand in each other's way on one port. */
function overlap(one: string, other: string): boolean {
  const all = ["0.0.0.0", "::"];
  const plain = (host: string) => (host === "localhost" ? "127.0.0.1" : host);
  return plain(one) === plain(other) || all.includes(one) || all.includes(other);
}

function checkTargets(parts: readonly CheckedPart[]): void {
  const urls = new Map(
    parts.flatMap(({ model }) =>
      model.kind === "service" && model.url ? [[model.name, model.url] as const] : [],
    ),
  );
  for (const { model, place } of parts) {
    if (model.kind === "edge" && model.url === undefined) checkEdge(model, place, urls);
  }
}

/** What an edge leads to by HTTP cannot have a path in its URL: the edge passes paths on as they come. */
function checkEdge(model: EdgeModel, place: Place, urls: ReadonlyMap<string, string>): void {
  const reported = new Set<string>();
  model.listeners.forEach((listener, index) => {
    if (listener.kind !== "http") return;
    const here = index === 0 ? place : place.at("listeners").at(index - 1);
    listener.routes.forEach((route, at) => {
      for (const name of targetsOf(route)) {
        const url = urls.get(name);
        if (!url || !URL.canParse(url) || new URL(url).pathname === "/" || reported.has(name)) continue;
        reported.add(name);
        here
          .at("routes")
          .at(at)
          .at(route.mirror?.to === name ? "mirror" : "to")
          .problem(
            `"${name}" stands outside Trestle, at a URL with a path`,
            "An edge leads to http://HOST:PORT or https://HOST:PORT alone. Let a route's rewrite add the path.",
          );
      }
    });
  });
}
