import type { EdgeModel } from "../model.ts";
import type { CheckedPart } from "./walk.ts";

/** Checks what no part can know by itself: names and ports that two have, and routes that cannot be gone. */
export function checkTogether(parts: readonly CheckedPart[]): void {
  checkNames(parts);
  checkPorts(parts);
  checkRoutes(parts);
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

function checkPorts(parts: readonly CheckedPart[]): void {
  const edges: { model: EdgeModel; place: CheckedPart["place"] }[] = [];
  for (const { model, place } of parts) {
    if (model.kind !== "edge" || model.port === 0 || model.url !== undefined) continue;
    const other = edges.find((one) => one.model.port === model.port && overlap(one.model.host, model.host));
    edges.push({ model, place });
    if (!other) continue;
    place
      .at("port")
      .problem(
        `the edges ${other.model.name} and ${model.name} both listen on port ${model.port}`,
        `Give one of them another, such as port: ${model.port < 65_535 ? model.port + 1 : model.port - 1}.`,
      );
  }
}

/** Whether two addresses stand in each other's way on one port. */
function overlap(one: string, other: string): boolean {
  const all = ["0.0.0.0", "::"];
  const plain = (host: string) => (host === "localhost" ? "127.0.0.1" : host);
  return plain(one) === plain(other) || all.includes(one) || all.includes(other);
}

function checkRoutes(parts: readonly CheckedPart[]): void {
  const outside = new Map(
    parts.flatMap(({ model }) =>
      model.kind === "service" && model.url ? [[model.name, model.url] as const] : [],
    ),
  );
  for (const { model, place } of parts) {
    if (model.kind !== "edge" || model.url !== undefined) continue;
    model.routes.forEach((route, index) => {
      const url = outside.get(route.to);
      if (url === undefined || !URL.canParse(url)) return;
      const { protocol, pathname } = new URL(url);
      if (protocol === "http:" && pathname === "/") return;
      place
        .at("routes")
        .at(index)
        .at("to")
        .problem(
          `"${route.to}" stands outside Trestle, at a URL ${protocol === "http:" ? "with a path" : `that begins with ${protocol}//`}`,
          "An edge leads to http://HOST:PORT alone. Let a service of the system call it instead.",
        );
    });
  }
}
