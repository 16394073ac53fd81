import type { IncomingMessage } from "node:http";
import type { EdgeConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";
import { METRICS_CONTENT_TYPES, metricsFormatFor, renderMetrics } from "../observe/prometheus-text.ts";
import { AdminError } from "./admin-errors.ts";
import type { ConfigSecrets } from "./config-secrets.ts";
import type { ConfigVersions } from "./config-version.ts";
import type { EdgeControl } from "./edge-control.ts";
import { endpointList, endpointsOf, noUpstream, withEndpoints } from "./endpoint-list.ts";
import { jsonBody } from "./json-body.ts";

/** What the resources are made of. */
export interface Administered {
  readonly control: EdgeControl;
  readonly secrets: ConfigSecrets;
  readonly versions: ConfigVersions;
}

/** An answer to be sent: JSON, or text of another type. */
export interface AdminReply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler = (of: Administered, request: IncomingMessage, name: string) => AdminReply | Promise<AdminReply>;

/** What stands at one path, with the methods that it has; HEAD comes with GET. */
export interface Resource {
  /** Answers without a token. */
  readonly isOpen?: true;
  readonly methods: { readonly [Method in "GET" | "PUT" | "POST"]?: Handler };
}

/** By path; `*` stands for one segment, the name of an upstream. */
const RESOURCES: readonly (readonly [path: string, resource: Resource])[] = [
  ["/health", { isOpen: true, methods: { GET: health } }],
  ["/metrics", { isOpen: true, methods: { GET: metrics } }],
  ["/config", { methods: { GET: readConfig, PUT: writeConfig } }],
  ["/clusters", { methods: { GET: clusters } }],
  ["/clusters/*", { methods: { GET: cluster } }],
  ["/clusters/*/endpoints", { methods: { GET: readEndpoints, PUT: writeEndpoints } }],
  ["/drain", { methods: { POST: drain } }],
];

/** The resource at a target's path, and the name in it; undefined when there is none. */
export function resourceAt(
  target: string,
): { readonly resource: Resource; readonly name: string } | undefined {
  const [path = ""] = target.split("?", 1);
  const segments = path.split("/");
  for (const [pattern, resource] of RESOURCES) {
    const wanted = pattern.split("/");
    if (wanted.length !== segments.length) continue;
    if (!wanted.every((segment, at) => segment === "*" || segment === segments[at])) continue;
    const name = decoded(segments[wanted.indexOf("*")] ?? "");
    return name === undefined ? undefined : { resource, name };
  }
  return undefined;
}

function health({ control }: Administered): AdminReply {
  const state = control.state();
  return { status: state === "serving" ? 200 : 503, body: { state } };
}

async function metrics({ control }: Administered, { headers }: IncomingMessage): Promise<AdminReply> {
  const format = metricsFormatFor(headers.accept);
  const body = renderMetrics(await control.metrics(), format);
  return { status: 200, body, headers: { "Content-Type": METRICS_CONTENT_TYPES[format], Vary: "Accept" } };
}

function readConfig({ control, secrets, versions }: Administered): AdminReply {
  const config = control.config();
  return { status: 200, body: asObject(secrets.redacted(config)), headers: { ETag: versions.tagOf(config) } };
}

async function writeConfig(of: Administered, request: IncomingMessage): Promise<AdminReply> {
  const written = await jsonBody(request);
  // What it says is checked by the edge, whose check takes nothing for granted.
  return change(of, request, (current) => asObject(of.secrets.restored(written, current)) as EdgeConfig);
}

async function clusters({ control }: Administered): Promise<AdminReply> {
  return { status: 200, body: { data: await control.clusters() } };
}

async function cluster({ control }: Administered, _: IncomingMessage, name: string): Promise<AdminReply> {
  const found = (await control.clusters()).find((one) => one.name === name);
  if (!found) throw noUpstream(name);
  return { status: 200, body: found };
}

function readEndpoints({ control, versions }: Administered, _: IncomingMessage, name: string): AdminReply {
  const config = control.config();
  const endpoints = endpointsOf(config, name);
  return { status: 200, body: { endpoints }, headers: { ETag: versions.tagOf(config) } };
}

async function writeEndpoints(of: Administered, request: IncomingMessage, name: string): Promise<AdminReply> {
  const body = await jsonBody(request);
  return change(of, request, (current) => withEndpoints(current, name, endpointList(body, name)));
}

function drain({ control }: Administered): AdminReply {
  control.drain();
  return { status: 202, body: { state: "draining" } };
}

/** Changes the configuration; the check of `If-Match` belongs to the change, so that no other can come between the two. */
async function change(
  { control, versions }: Administered,
  { headers }: IncomingMessage,
  next: (current: EdgeConfig) => EdgeConfig,
): Promise<AdminReply> {
  let tag = "";
  const { drained } = await control.update((current) => {
    versions.requireMatch(headers["if-match"], current);
    const changed = next(current);
    tag = versions.tagOf(changed);
    return changed;
  });
  return { status: 200, body: { drained }, headers: { ETag: tag } };
}

function asObject(value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new EdgeError("INVALID_CONFIG", "config has to be an object with listeners and upstreams", {
    details: { place: "config" },
  });
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The methods of a resource, as `Allow` tells them. */
export function allowOf({ methods }: Resource): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .join(", ");
}

/** What a resource does for a method. Throws `AdminError` `METHOD_NOT_ALLOWED` when it has none. */
export function handlerOf(resource: Resource, method: string | undefined): Handler {
  const { GET, PUT, POST } = resource.methods;
  const handler =
    method === "GET" || method === "HEAD"
      ? GET
      : method === "PUT"
        ? PUT
        : method === "POST"
          ? POST
          : undefined;
  if (handler) return handler;
  const allow = allowOf(resource);
  throw new AdminError("METHOD_NOT_ALLOWED", `only ${allow} can be done here`, { headers: { Allow: allow } });
}
