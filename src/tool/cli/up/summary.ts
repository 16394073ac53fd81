import { dirname, join } from "node:path";
import type { RouteModel } from "../../design/edge-model.ts";
import type { SystemModel } from "../../design/model.ts";
import type { SystemSnapshot } from "../../run/index.ts";
import type { Paint } from "../paint.ts";
import { padEnd, widthOf } from "../text.ts";
import { duration } from "../words.ts";

/** What there is to say once a system is ready. */
export interface Summary {
  readonly tookMs: number;
  readonly urls: readonly { readonly part: string; readonly url: string }[];
  /** Commands to try now. */
  readonly tries: readonly string[];
  /** Where the console is, its key included; absent where there is none. */
  readonly console?: string;
}

/** Gathers where the parts are reached, and for each edge a request that its routes answer. */
export function summaryOf(
  model: SystemModel,
  snapshot: SystemSnapshot,
  tookMs: number,
  console?: string,
): Summary {
  const urls = snapshot.parts.flatMap(({ name, url, moreUrls = [] }) =>
    url === undefined ? [] : [url, ...moreUrls].map((one) => ({ part: name, url: one })),
  );
  const tries = model.parts.flatMap((part) => {
    const url = urls.find((one) => one.part === part.name)?.url;
    if (part.kind !== "edge" || url === undefined) return [];
    const [main] = part.listeners;
    const path = main?.kind === "http" ? pathToTry(main.routes) : undefined;
    if (path === undefined) return [];
    const root =
      main?.kind === "http" && main.tls?.local ? ["--cacert", rootOf(model, snapshot, part.name)] : [];
    return [["curl -i", ...root, new URL(path, url).href].join(" ")];
  });
  return { tookMs, urls, tries, ...(console === undefined ? {} : { console }) };
}

/** The shortest path that any GET may ask for. */
function pathToTry(routes: readonly RouteModel[]): string | undefined {
  const plain = routes.filter(
    ({ path, host, methods, headers, query }) =>
      !path.includes(":") &&
      !host &&
      !headers?.length &&
      !query?.length &&
      (methods?.includes("GET") ?? true),
  );
  const [route] = plain.sort((one, other) => one.path.length - other.path.length);
  return route?.path.replace(/\*$/, "");
}

/** What a client has to trust of an edge that makes its own certificates. */
function rootOf(model: SystemModel, snapshot: SystemSnapshot, edge: string): string {
  return join(dirname(snapshot.file), ".trestle", model.name, edge, "authority", "root.pem");
}

/** The summary as lines. `goesOn` says how the system is ended. */
export function summaryLines(
  { tookMs, urls, tries, console }: Summary,
  paint: Paint,
  goesOn: string,
): string[] {
  const rows = [
    ...urls.map(
      ({ part, url }, at) => [part === urls[at - 1]?.part ? "" : part, paint("cyan", url)] as const,
    ),
    ...tries.map((line, index) => [index === 0 ? "try" : "", line] as const),
    ["logs", "trestle logs -f"] as const,
    ...(console === undefined ? [] : [["console", paint("cyan", console)] as const]),
  ];
  const names = Math.max(...rows.map(([name]) => widthOf(name)));
  return [
    "",
    `${paint("green", "Ready")} in ${duration(tookMs)}.`,
    "",
    ...rows.map(([name, text]) => `  ${paint("dim", padEnd(name, names))}  ${text}`),
    "",
    goesOn,
  ];
}
