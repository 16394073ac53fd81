/** What the service is told through its environment. */
export interface Settings {
  /** Where to listen; 0 lets the system choose. */
  readonly port: number;
  /** The address to listen on; loopback unless the environment says otherwise. */
  readonly host: string;
  /** `postgres://…` */
  readonly linksUrl: string;
  /** `redis://…` */
  readonly hotUrl: string;
  /** The origin of short URLs, such as `https://sho.rt`; without one, the one that the request came to. */
  readonly publicUrl?: string;
  /** Without one, whoever reaches the service may use its API. */
  readonly apiToken?: string;
  /** Links that each client may make, per replica; 0 for no limit. */
  readonly createsPerMinute: number;
}

/** Far more than people make, and less than a script needs to fill a disk unnoticed. */
const CREATES_PER_MINUTE = 1_200;

/**
 * Reads `PORT`, `LINKS_URL`, `HOT_URL`, and what may be left out: `HOST` (127.0.0.1), `PUBLIC_URL`, `API_TOKEN`,
 * `CREATES_PER_MINUTE` (1,200).
 *
 * @throws Error that names the variable and what it should hold.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const port = Number(environment.PORT);
  if (!environment.PORT || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error("PORT must be a port number, such as 3000");
  }
  const publicUrl = environment.PUBLIC_URL;
  const apiToken = environment.API_TOKEN;
  return {
    port,
    host: environment.HOST || "127.0.0.1",
    linksUrl: urlIn(environment, "LINKS_URL", ["postgres:", "postgresql:"]),
    hotUrl: urlIn(environment, "HOT_URL", ["redis:", "rediss:"]),
    createsPerMinute: countIn(environment, "CREATES_PER_MINUTE", CREATES_PER_MINUTE),
    ...(publicUrl ? { publicUrl: originIn(publicUrl) } : {}),
    ...(apiToken ? { apiToken } : {}),
  };
}

function urlIn(environment: NodeJS.ProcessEnv, name: string, protocols: readonly string[]): string {
  const value = environment[name];
  // The value holds a password: it is never part of a message.
  if (!value || !URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(`${name} must be a URL that starts with ${protocols[0]}//`);
  }
  return value;
}

function countIn(environment: NodeJS.ProcessEnv, name: string, byDefault: number): number {
  const value = environment[name];
  if (!value) return byDefault;
  if (!/^\d{1,9}$/.test(value))
    throw new Error(`${name} must be a whole number of 0 or more, such as ${byDefault}`);
  return Number(value);
}

function originIn(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search || url.hash) {
    throw new Error("PUBLIC_URL must be an origin without a path, such as https://sho.rt");
  }
  return url.origin;
}
