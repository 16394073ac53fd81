import type { EdgeModel, ListenerModel } from "../../../design/edge-model.ts";
import type { PartModel, SystemModel } from "../../../design/model.ts";
import { listenersOf, type PlacedListener } from "../edge-routes.ts";
import { isPublic } from "../public-address.ts";
import type { Found, Rule } from "../rule.ts";
import { secretIn } from "../secret-text.ts";
import { listed } from "../wording.ts";

/** What others can read, reach or pretend. Pure: no value that may be a secret is ever shown. */

/** Plain text for everyone on the way. */
export const NO_TLS: Rule = {
  id: "security/tls",
  checks: "whether public addresses speak TLS",
  find: ({ model }) =>
    publicListeners(model).flatMap(({ listener, place, edge }): Found[] => {
      if (listener.kind === "udp" || listener.tls !== undefined || isOnlyRedirecting(listener)) return [];
      // Where the name is read from a TLS handshake, what passes is TLS already.
      if (listener.kind === "tcp" && listener.servers !== undefined) return [];
      const isBehind = listener.acceptProxy || (listener.kind === "http" && listener.trustedHops !== 0);
      return [
        {
          severity: isBehind || listener.kind === "tcp" ? "question" : "risk",
          place: `${place}.tls`,
          parts: [edge.name],
          title: isBehind
            ? `Who ends TLS before ${place}?`
            : listener.kind === "tcp"
              ? `Is what passes through ${place} encrypted?`
              : `${place} speaks plain text at ${listener.host}:${listener.port}`,
          reason: isBehind
            ? "It listens beyond this machine and believes a proxy in front of it; between the two everything passes as plain text."
            : `${place} listens beyond this machine, at ${listener.host}:${listener.port}${listener.kind === "tcp" ? ", and passes bytes on as they come" : ""}. What is not encrypted is read and changed by whoever is on the way, passwords too.`,
          mend: `In ${place}, write tls: { certificates: [{ certificate: "cert.pem", key: "key.pem" }] }, or host: "127.0.0.1" if nobody else is to reach it.`,
        },
      ];
    }),
};

/** A store that anyone may talk to. */
export const PUBLIC_STORE: Rule = {
  id: "security/public-store",
  checks: "whether a database or a cache can be reached from outside",
  find: ({ model }) =>
    publicListeners(model).flatMap(({ listener, place, edge }): Found[] => {
      if (listener.kind !== "tcp") return [];
      const named = [listener.to, ...(listener.servers ?? []).map(({ to }) => to)];
      const stores = model.parts
        .filter(({ kind, name }) => (kind === "database" || kind === "cache") && named.includes(name))
        .map(({ name }) => name);
      if (stores.length === 0) return [];
      return [
        {
          severity: "risk",
          place: `${place}.host`,
          parts: [edge.name, ...stores],
          title: `${listed(stores)} can be reached by everyone who reaches this machine`,
          reason: `${place} passes connections at ${listener.host}:${listener.port} to ${listed(stores)}: a password alone is between the data and whoever tries, without a limit on how often.`,
          mend: `In ${place}, write host: "127.0.0.1" or an address of an inner network; or tls: { clients: { authority: "people.pem", required: true }, … }.`,
        },
      ];
    }),
};

/** Clients who say themselves who they are. */
export const ANY_PROXY_BELIEVED: Rule = {
  id: "security/proxies",
  checks: "whether a public address believes whatever clients say of their address",
  find: ({ model }) =>
    publicListeners(model).flatMap(({ listener, place, edge }): Found[] => {
      if (listener.kind !== "http" || listener.trustedHops !== "all") return [];
      return [
        {
          severity: "risk",
          place: `${place}.trustedProxies`,
          parts: [edge.name],
          title: `Whoever asks ${place} may say that he is someone else`,
          reason:
            'With trustedProxies: "all" the first address in X-Forwarded-For is taken for the client\'s, and anyone can write that: limits by address, logs and ip-hash go by what he says.',
          mend: `In ${place}, write trustedProxies: 1, the number of proxies that stand in front of it.`,
        },
      ];
    }),
};

/** A certificate that nobody looks at. */
export const CERTIFICATE_NOT_CHECKED: Rule = {
  id: "security/certificates",
  checks: "whether certificates of services outside are checked",
  find: ({ model }) =>
    model.parts.flatMap((part): Found[] =>
      part.kind === "service" && part.upstream?.tls?.insecure
        ? [
            {
              severity: "risk",
              place: `${part.name}.upstream.tls.insecure`,
              parts: [part.name],
              title: `Anyone may pass for ${part.name}`,
              reason:
                "Its certificate is not checked: whoever is on the way can answer in its place and read all.",
              mend: `In ${part.name}.upstream.tls, write authority: "ca.pem" in place of insecure: true.`,
            },
          ]
        : [],
    ),
};

/** What is written in a design is read by everyone who has it. */
export const SECRETS: Rule = {
  id: "security/secrets",
  checks: "whether values of the environment and URLs look like secrets",
  find: ({ model }) =>
    model.parts.flatMap((part) => [
      ...environmentOf(part).flatMap(([name, value]) =>
        secretIn(name, value) ? [secretAt(part, `environment.${name}`, name)] : [],
      ),
      ...("url" in part && part.url !== undefined && secretIn("url", part.url)
        ? [secretAt(part, "url", `TRESTLE_${part.name.toUpperCase().replaceAll("-", "_")}_URL`)]
        : []),
      ...(part.kind === "edge" && part.admin?.token !== undefined
        ? [secretAt(part, "admin.token", "ADMIN_TOKEN")]
        : []),
    ]),
};

function secretAt(part: PartModel, option: string, variable: string): Found {
  return {
    severity: "question",
    place: `${part.name}.${option}`,
    parts: [part.name],
    title: `Is the secret in ${part.name}.${option} written in the design?`,
    reason:
      "The value looks like a secret. What stands in the file is in every copy of the repository, for ever, and each run keeps the design with its record.",
    mend:
      option === "url"
        ? `Take it out, and set ${variable} in the environment of trestle.`
        : option === "admin.token"
          ? `Leave admin.token out of ${part.name}: one is made up, and kept in the state for the owner alone.`
          : `In ${part.name}.environment, write ${variable}: process.env.${variable} ?? "", and set it outside.`,
  };
}

function environmentOf(part: PartModel): readonly (readonly [string, string])[] {
  return part.kind === "service" || part.kind === "task" ? Object.entries(part.environment) : [];
}

interface OfEdge extends PlacedListener {
  readonly edge: EdgeModel;
}

function publicListeners({ parts }: SystemModel): readonly OfEdge[] {
  return parts.flatMap((edge) =>
    edge.kind !== "edge" || edge.url !== undefined
      ? []
      : listenersOf(edge)
          .filter(({ listener }) => isPublic(listener.host))
          .map((placed) => ({ ...placed, edge })),
  );
}

/** Whether it only sends clients on to where TLS is spoken. */
function isOnlyRedirecting(listener: ListenerModel): boolean {
  return (
    listener.kind === "http" && listener.routes.every(({ redirect }) => redirect?.to.startsWith("https://"))
  );
}
