import { generateKeyPair, type KeyObject, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { LocalAuthorityConfig } from "../../config/index.ts";
import { type Certificate, certificateOf } from "../certificate.ts";
import { isHostName } from "../certificate-names.ts";
import { makeCertificate } from "./certificate-maker.ts";
import { LocalNames } from "./local-names.ts";
import { openRoot, type Root } from "./root.ts";

const DAY_MS = 86_400_000;
/** Of certificates for servers; browsers refuse those of more than 398 days. */
const LIFE_MS = 30 * DAY_MS;
/** With so much left a new one is made. */
const RENEWAL_MS = 10 * DAY_MS;
/** Machines whose clocks are a little behind are to take them at once. */
const BACKDATE_MS = 3_600_000;
/** No name of a machine: where such a one stands without being among the alternative names, OpenSSL holds it against the root. */
const COMMON_NAME = "Trestle development certificate";
/** Names under wildcards that are known at once; the one that was asked for longest ago is forgotten. */
const KNOWN_MAX = 256;

/**
 * Opens the authority of a folder, and makes it when it is missing. Throws `EdgeError` `INVALID_CONFIG` when the folder cannot be used,
 * when what is in it is not an authority, or when that may not vouch for the names.
 */
export async function openLocalAuthority(
  config: LocalAuthorityConfig,
  clock: Clock,
): Promise<LocalAuthority> {
  const names = new LocalNames(config.names);
  const root = await openRoot(config.folder, names, clock);
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return new LocalAuthority(root, names, privateKey, clock);
}

/**
 * Makes certificates for names of this machine when somebody asks for them, and keeps them in memory: each lives for 30 days and is
 * made anew when 10 are left. A name under a wildcard gets a certificate of its own, since no client takes `*.localhost`.
 */
export class LocalAuthority {
  readonly #root: Root;
  readonly #names: LocalNames;
  readonly #key: KeyObject;
  readonly #clock: Clock;
  /** By name; the standing one by the empty name. In the order of their last use. */
  readonly #known = new Map<string, Known>();

  /** Use `openLocalAuthority`. */
  constructor(root: Root, names: LocalNames, key: KeyObject, clock: Clock) {
    this.#root = root;
    this.#names = names;
    this.#key = key;
    this.#clock = clock;
  }

  /** In PEM: what clients have to trust. */
  get rootText(): string {
    return this.#root.certificate.toString();
  }

  /** For clients that ask for no name: it has all that are configured, addresses too. */
  standing(): Promise<Certificate> {
    return this.#remembered("", this.#names.all);
  }

  /** For a client that asks for this name; undefined when it is not among the configured. */
  certificateFor(serverName: string): Promise<Certificate | undefined> {
    const name = serverName.toLowerCase();
    if (this.#names.exact.has(name)) return this.standing();
    if (!isHostName(name) || !this.#names.covers(name)) return Promise.resolve(undefined);
    return this.#remembered(name, [name]);
  }

  #remembered(key: string, names: readonly string[]): Promise<Certificate> {
    const nowMs = this.#clock.wallMs();
    const known = this.#known.get(key);
    this.#known.delete(key);
    const fresh =
      known && known.renewAtMs > nowMs && known.fromMs <= nowMs ? known : this.#made(names, nowMs);
    this.#known.set(key, fresh);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break;
      if (oldest !== "") this.#known.delete(oldest);
    }
    if (fresh !== known) {
      // A failure is not remembered: the next client has it tried again.
      fresh.certificate.catch(() => {
        if (this.#known.get(key) === fresh) this.#known.delete(key);
      });
    }
    return fresh.certificate;
  }

  #made(names: readonly string[], nowMs: number): Known {
    const certificate = this.#make(names, nowMs);
    return { certificate, fromMs: nowMs - BACKDATE_MS, renewAtMs: nowMs + LIFE_MS - RENEWAL_MS };
  }

  async #make(names: readonly string[], nowMs: number): Promise<Certificate> {
    const { certificate, key } = this.#root;
    const text = await makeCertificate({
      commonName: COMMON_NAME,
      names,
      usage: "server",
      key: this.#key,
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: Math.min(nowMs + LIFE_MS, Date.parse(certificate.validTo)),
      issuer: { certificate, key },
    });
    return certificateOf([new X509Certificate(text)], this.#key);
  }
}

interface Known {
  readonly certificate: Promise<Certificate>;
  readonly fromMs: number;
  readonly renewAtMs: number;
}
