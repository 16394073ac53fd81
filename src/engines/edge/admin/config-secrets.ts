import { createHmac } from "node:crypto";
import type { EdgeConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";

const PREFIX = "redacted:";

/** Fields that a route sets on requests, and that may well hold a credential. */
const SECRET_FIELD = /auth|cookie|token|secret|key|pass|credential|sign|session/i;

/**
 * Hides the secrets of a configuration, and puts them back. Each is replaced by a name for it, wherever it stands: so a configuration
 * that was read, changed and written back keeps its secrets, even where its parts have moved. The names are made with `key`,
 * random bytes that stay here, since a secret that can be guessed could be confirmed otherwise.
 */
export class ConfigSecrets {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The configuration for others to see. */
  redacted(config: EdgeConfig): unknown {
    return mapSecrets(config, [], (secret) => this.#nameOf(secret));
  }

  /**
   * What a caller wrote, with the secrets of the configuration in force in the place of their names. Throws `EdgeError`
   * `INVALID_CONFIG` for a name that stands for none of them.
   */
  restored(written: unknown, current: EdgeConfig): unknown {
    const secrets = new Map<string, string>();
    mapSecrets(current, [], (secret) => {
      secrets.set(this.#nameOf(secret), secret);
      return secret;
    });
    return mapSecrets(written, [], (value, path) => {
      if (!value.startsWith(PREFIX)) return value;
      const secret = secrets.get(value);
      if (secret !== undefined) return secret;
      const place = placeOf(path);
      throw new EdgeError(
        "INVALID_CONFIG",
        `${place} stands for a secret that is not in force: write the secret`,
        {
          details: { place },
        },
      );
    });
  }

  #nameOf(secret: string): string {
    return PREFIX + createHmac("sha256", this.#key).update(secret).digest("base64url").slice(0, 22);
  }
}

type Path = readonly (string | number)[];

/** A copy in which each secret is what `replace` makes of it. Recursive: callers have bounded the depth. */
function mapSecrets(value: unknown, path: Path, replace: (secret: string, path: Path) => string): unknown {
  if (typeof value === "string") return isSecret(path) ? replace(value, path) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, at) => mapSecrets(item, [...path, at], replace));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapSecrets(item, [...path, key], replace)]),
  );
}

function isSecret(path: Path): boolean {
  const last = path.at(-1);
  const before = path.at(-2);
  if (before === "admin" && path.length === 2) return last === "token";
  if (before === "headers" && path[0] === "telemetry") return true;
  if (before === "affinity") return last === "secret";
  return before === "requestHeaders" && typeof last === "string" && SECRET_FIELD.test(last);
}

/** As in `listeners[0].routes[2].path`. */
function placeOf(path: Path): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}
