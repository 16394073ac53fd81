import { EdgeError } from "../../errors.ts";
import { addressBytes } from "../../layer4/ip-address.ts";
import { isHostPattern } from "../certificate-names.ts";
import type { Network, PermittedNames } from "./certificate-maker.ts";

const DEFAULT_NAMES = ["localhost", "*.localhost", "127.0.0.1", "::1"];
const NAMES_MAX = 100;
/** Names that nobody can own (RFC 6761), so that one root serves designs with different ones. */
const RESERVED_DOMAINS = ["localhost", "test"];
const LOOPBACK: readonly Network[] = [
  { address: "127.0.0.0", prefixBits: 8 },
  { address: "::1", prefixBits: 128 },
];

/** The names that a local authority is asked to vouch for. Pure. */
export class LocalNames {
  /** All, as configured: names in lower case, and addresses. */
  readonly all: readonly string[];
  /** Host names without wildcards. */
  readonly exact: ReadonlySet<string>;
  readonly #parents = new Set<string>();

  /** Throws `EdgeError` `INVALID_CONFIG` for what is neither a host name nor an address. */
  constructor(names: readonly string[] = DEFAULT_NAMES) {
    if (names.length === 0 || names.length > NAMES_MAX) {
      throw new EdgeError("INVALID_CONFIG", `tls.local.names has to hold 1 to ${NAMES_MAX} names`);
    }
    this.all = [...new Set(names.map((name) => name.toLowerCase()))];
    const exact = new Set<string>();
    for (const name of this.all) {
      if (addressBytes(name)) continue;
      if (!isHostPattern(name)) {
        throw new EdgeError(
          "INVALID_CONFIG",
          `tls.local.names: ${name} is neither a host name, such as shop.localhost or *.shop.localhost, nor an address`,
        );
      }
      if (name.startsWith("*.")) this.#parents.add(name.slice(2));
      else exact.add(name);
    }
    this.exact = exact;
  }

  /** Whether a wildcard stands for this name. */
  covers(name: string): boolean {
    const dot = name.indexOf(".");
    return dot > 0 && this.#parents.has(name.slice(dot + 1));
  }

  /** What a root that is made for them is constrained to. */
  get permitted(): PermittedNames {
    const domains = new Set(RESERVED_DOMAINS);
    const networks = [...LOOPBACK];
    for (const name of this.all) {
      const bytes = addressBytes(name);
      if (bytes && !isIn(bytes, networks)) networks.push({ address: name, prefixBits: bytes.length * 8 });
      const domain = name.startsWith("*.") ? name.slice(2) : name;
      if (!bytes && !isUnder(domain, [...domains])) domains.add(domain);
    }
    return { domains: [...domains], networks };
  }

  /** The names that a root with these constraints may not vouch for. */
  beyond({ domains, networks }: PermittedNames): string[] {
    return this.all.filter((name) => {
      const bytes = addressBytes(name);
      return bytes ? !isIn(bytes, networks) : !isUnder(name.startsWith("*.") ? name.slice(2) : name, domains);
    });
  }
}

function isUnder(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

function isIn(bytes: Uint8Array, networks: readonly Network[]): boolean {
  return networks.some(({ address, prefixBits }) => {
    const base = addressBytes(address);
    if (base?.length !== bytes.length) return false;
    for (let bit = 0; bit < prefixBits; bit++) {
      const at = bit >> 3;
      if ((((base[at] ?? 0) ^ (bytes[at] ?? 0)) << (bit & 7)) & 0x80) return false;
    }
    return true;
  });
}
